/** The page that launches an operation again. */
import { expect, test } from 'vitest';
import { againPath } from '../../src/ui/parts/action/kinds.ts';

test.each([
  ['deploy', '/jobs/clicks-prod/launch?from=op-1'],
  ['rollback', '/jobs/clicks-prod/launch?from=op-1'],
  ['savepoint', null],
  ['kill', null],
  ['failover', null],
  ['toString', null],
])('what a %s asked for is launched again at %s', (kind, path) => {
  expect(againPath({ job: 'clicks-prod', id: 'op-1', kind })).toBe(path);
});
