/** The table of events in docs/notifications.md. */
import { entryOf, eventKinds } from '../../src/domain/notification/events.ts';
import { code, table, withPrinted } from './markdown.ts';

const eventsTable = (): string =>
  table(
    ['event', 'severity', 'means', 'its end is told'],
    eventKinds.map((kind) => {
      const { severity, meaning, manyEnded, isUsual } = entryOf(kind);
      const told = isUsual ? meaning : `${meaning} Told only by routes that name it in ${code('events')}.`;
      return [code(kind), severity, told, manyEnded === undefined ? '' : 'yes'];
    }),
  );

export const withEvents = (document: string): string =>
  withPrinted('docs/notifications.md', document, 'src/domain/notification/events.ts', eventsTable());
