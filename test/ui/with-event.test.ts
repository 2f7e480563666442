/**
 * The stream of all jobs, and a list that is on the screen.
 *
 * Seen to fail: with a row that keeps its place when its state is another one; with a release that was taken for a job.
 */
import { describe, expect, test } from 'vitest';
import type { JobItem, JobList } from '../../src/api/job-list-contract.ts';
import { withEvent } from '../../src/ui/pages/jobs/with-event.ts';

const item = (name: string, change: Partial<JobItem> = {}): JobItem =>
  ({ name, state: 'running', health: 'healthy', deployment: null, ...change }) as JobItem; // as far as these tests look
const page = (nextCursor: string | null, ...names: string[]): JobList => ({
  items: names.map((name) => item(name)),
  nextCursor,
  total: 3,
  asOf: '',
  since: '',
});
const data = { pages: [page('b', 'a', 'b'), page(null, 'd', 'f')], pageParams: [null, 'b'] };
const reversed = { pages: [page('d', 'f', 'd'), page(null, 'b', 'a')], pageParams: [null, 'd'] };
const namesIn = (told: typeof data | null) => told?.pages.map(({ items }) => items.map(({ name }) => name));

describe('an event', () => {
  test('of a row changes that row and no other page', () => {
    const told = item('d', { release: 'clicks/2.0.0', checkpointAt: null });
    const next = withEvent(data, 'job', told, 'name');
    expect([next?.pages[0], next?.pages[1]?.items[0]]).toEqual([data.pages[0], told]);
    expect(next?.pages[0]).toBe(data.pages[0]);
  });

  test('that is about no job changes nothing', () => {
    const release = item('clicks/2.0.0'); // of the same stream
    expect(withEvent(data, 'release', release, 'name')).toBe(data);
  });

  test('leaves what only lists know, while the instance is the same', () => {
    const deployment = { applicationId: 'application_1_0001' } as JobItem['deployment'];
    const known = { ...data, pages: [{ ...page(null), items: [item('a', { deployment, checkpointAt: 'then' })] }] };
    const same = withEvent(known, 'job', item('a', { deployment, state: 'failed' }), 'name');
    expect(same?.pages[0]?.items[0]).toMatchObject({ state: 'failed', checkpointAt: 'then' });
    const other = withEvent(known, 'job', item('a'), 'name');
    expect(other?.pages[0]?.items[0]?.checkpointAt).toBeUndefined();
  });

  test.each([
    {
      sort: 'name',
      told: item('c'),
      expected: [
        ['a', 'b'],
        ['c', 'd', 'f'],
      ],
    },
    {
      sort: 'name',
      told: item('g'),
      expected: [
        ['a', 'b'],
        ['d', 'f', 'g'],
      ],
    },
    { sort: 'state', told: item('f', { state: 'failed' }), expected: [['f', 'a', 'b'], ['d']] },
    { sort: '-state', told: item('f', { state: 'failed' }), from: reversed, expected: [['d'], ['b', 'a', 'f']] },
  ])('puts $told.name at its place by $sort', ({ sort, told, from = data, expected }) => {
    expect(namesIn(withEvent(from, 'job', told, sort))).toEqual(expected);
  });

  test('of a job beyond the pages that were read changes nothing', () => {
    const begun = { pages: [page('b', 'a', 'b')], pageParams: [null] };
    expect(withEvent(begun, 'job', item('c'), 'name')).toBe(begun);
    expect(withEvent(begun, 'gone', item('c'), 'name')).toBe(begun);
  });

  test('takes a row away, and a reset asks for the list again', () => {
    expect(namesIn(withEvent(data, 'gone', item('b'), 'name'))).toEqual([['a'], ['d', 'f']]);
    expect(withEvent(data, 'reset', item(''), 'name')).toBeNull();
  });
});
