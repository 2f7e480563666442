/** The table of rooms in ARCHITECTURE.md: what each folder of src/ holds, and what it may import. */
import rooms from '../rooms.json' with { type: 'json' };
import { code, table } from './markdown.ts';

const BEGIN = '<!-- Printed from docs/rooms.json by docs/generate.ts: change it there. -->';
const END = '<!-- End of what is printed. -->';

const path = (room: string): string => code(room.endsWith('.ts') ? `src/${room}` : `src/${room}/`);

const roomsTable = (): string =>
  table(
    ['room', 'what belongs there', 'may import'],
    rooms.map(({ room, holds, imports }) => [path(room), holds, imports.map(code).join(', ') || 'nothing of `src/`']),
  );

/**
 * The document with today's table between its two marks.
 * @throws Error when a mark is missing: then nobody would notice that the table is gone.
 */
export function withRooms(document: string): string {
  const [head, rest, ...more] = document.split(BEGIN);
  const tail = rest?.split(END)[1];
  if (head === undefined || tail === undefined || more.length > 0) {
    throw new Error(`ARCHITECTURE.md must have "${BEGIN}" and "${END}" once each`);
  }
  return `${head}${BEGIN}\n\n${roomsTable()}\n\n${END}${tail}`;
}
