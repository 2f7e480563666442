/**
 * The orders of a list of jobs.
 *
 * Seen to fail: with names that ascend in a descending order.
 */
import { describe, expect, test } from 'vitest';
import { orderOf, sortKeys } from '../../../../src/domain/job/list/order.ts';

const job = (name: string, change: object = {}) => ({
  name,
  state: 'running',
  health: 'healthy',
  environment: 'prod',
  cluster: 'yarn-a',
  owner: 'ads',
  release: 'clicks/1.0.0',
  stateSince: '2026-01-01T00:00:00Z',
  ...change,
});

function sorted(sort: string, ...jobs: ReturnType<typeof job>[]): string[] {
  const { placeOf, compare } = orderOf(sort);
  return jobs.toSorted((one, other) => compare(placeOf(one), placeOf(other))).map(({ name }) => name);
}

describe('jobs are in order', () => {
  const [a, b, c] = [job('a', { owner: 'z' }), job('b', { owner: null }), job('c', { owner: 'y' })];

  test.each([
    { sort: 'name', order: ['a', 'b', 'c'] },
    { sort: '-name', order: ['c', 'b', 'a'] },
    { sort: 'owner', order: ['b', 'c', 'a'] },
    { sort: '-owner', order: ['a', 'c', 'b'] },
    { sort: 'unheard-of', order: ['a', 'b', 'c'] },
  ])('by $sort', ({ sort, order }) => {
    expect(sorted(sort, c, a, b)).toEqual(order);
  });

  test('by name where the values are the same, the other way round in a descending order', () => {
    for (const key of sortKeys) {
      expect(sorted(key, job('b'), job('a'))).toEqual(['a', 'b']);
      expect(sorted(`-${key}`, job('a'), job('b'))).toEqual(['b', 'a']);
    }
  });

  test('and a job comes neither before nor after itself', () => {
    const { placeOf, compare } = orderOf('-since');
    const difference = compare(placeOf(a), placeOf({ ...a }));
    expect(difference < 0 || difference > 0).toBe(false);
  });
});
