/**
 * The changes that a listener missed: one for each job, and few.
 *
 * Seen to fail: without the bound, a listener that had missed many changes was told all of them at once, and cut off for it.
 */
import { expect, it } from 'vitest';
import { Deltas } from '../../../../src/api/jobs/index/deltas.ts';
import type { JobItem } from '../../../../src/api/job-list-contract.ts';

const item = (name: string, state: string): JobItem => ({ name, state }) as JobItem;

it('are one for each job, from what it was to what it is', () => {
  const deltas = new Deltas();
  const from = deltas.cursor;
  deltas.add('a', item('a', 'running'), item('a', 'deploying'));
  deltas.add('b', null, item('b', 'new'));
  deltas.add('a', item('a', 'deploying'), item('a', 'stopped'));
  expect(deltas.since(from)?.map(({ name, before, after }) => [name, before?.state, after?.state])).toEqual([
    ['b', undefined, 'new'],
    ['a', 'running', 'stopped'],
  ]);
  expect(deltas.since(deltas.cursor)).toEqual([]);
});

it('are not told when the list is quicker to read', () => {
  const deltas = new Deltas();
  const from = deltas.cursor;
  for (let one = 0; one <= 200; one += 1) deltas.add(`job-${one}`, null, item(`job-${one}`, 'new'));
  expect(deltas.since(from)).toBeNull();
});
