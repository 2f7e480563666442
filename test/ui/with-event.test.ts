/** The stream of all jobs, and a list that is on the screen. */
import { describe, expect, test } from 'vitest';
import type { JobItem, JobList } from '../../src/api/job-list-contract.ts';
import { withEvent } from '../../src/ui/pages/jobs/with-event.ts';

const item = (name: string, change: Partial<JobItem> = {}): JobItem =>
  ({ name, state: 'running', health: 'healthy', ...change }) as JobItem; // as far as these tests look
const page = (...names: string[]): JobList => ({
  items: names.map((name) => item(name)),
  nextCursor: null,
  total: 3,
  asOf: '',
  since: '',
});
const data = { pages: [page('a', 'b'), page('c')], pageParams: [null, 'b'] };
const namesOf = ({ pages }: typeof data) => pages.map(({ items }) => items.map(({ name }) => name));

describe('an event', () => {
  test('of a row changes that row and no other page', () => {
    const told = item('c', { release: 'clicks/2.0.0' });
    const { data: next, isWhole } = withEvent(data, 'job', told);
    expect([next.pages[0], next.pages[1]?.items[0], isWhole]).toEqual([data.pages[0], told, true]);
    expect(next.pages[0]).toBe(data.pages[0]);
  });

  test('that changes a state asks for the list again, whose counts have changed', () => {
    expect(withEvent(data, 'job', item('a', { state: 'failed' })).isWhole).toBe(false);
    expect(withEvent(data, 'job', item('a', { health: 'degraded' })).isWhole).toBe(false);
  });

  test('takes a row away', () => {
    const { data: next, isWhole } = withEvent(data, 'gone', item('b'));
    expect([namesOf(next), isWhole]).toEqual([[['a'], ['c']], false]);
  });

  test('of a job that is not there changes nothing by itself', () => {
    expect(withEvent(data, 'job', item('new'))).toEqual({ data, isWhole: false });
    expect(withEvent(data, 'gone', item('other'))).toEqual({ data, isWhole: true });
    expect(withEvent(data, 'reset', item(''))).toEqual({ data, isWhole: false });
  });
});
