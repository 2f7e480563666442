/** Payloads that no operation may accept. */
import { nested, undecodable } from './simulation/messages.ts';

/** An absent payload is missing here, because most kinds of operations need none. */
export const junk: readonly unknown[] = [
  7,
  'text',
  [],
  { release: 3 },
  { undecodable: 'says so itself' },
  { release: 'clicks/1.0.0', nonsense: 1 },
  { id: '../up', release: 'clicks/1.0.0' },
  undecodable,
  nested,
  { actor: 'sluice', release: 'clicks/1.0.0' },
  { via: 'schedule', release: 'clicks/1.0.0' },
  { actor: '\u202eecila', release: 'clicks/1.0.0' },
];
