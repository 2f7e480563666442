/** The table of rooms in ARCHITECTURE.md: what each folder of src/ holds, and what it may import. */
import rooms from '../rooms.json' with { type: 'json' };
import { code, table, withPrinted } from './markdown.ts';

const path = (room: string): string => code(room.endsWith('.ts') ? `src/${room}` : `src/${room}/`);

const roomsTable = (): string =>
  table(
    ['room', 'what belongs there', 'may import'],
    rooms.map(({ room, holds, imports }) => [path(room), holds, imports.map(code).join(', ') || 'nothing of `src/`']),
  );

export const withRooms = (document: string): string =>
  withPrinted('ARCHITECTURE.md', document, 'docs/rooms.json', roomsTable());
