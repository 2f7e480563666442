/** Puts what a stream tells into the pages of a list, each job at its place in the order. Pure. */
import type { JobItem, JobList } from '../../../api/job-list-contract.ts';
import { orderOf } from '../../../domain/job/list/order.ts';

interface Pages {
  readonly pages: JobList[];
  readonly pageParams: unknown[];
}

/** Whether one comes before the other. @param sort as in the query, `-` for descending. */
function comesBefore(one: JobItem, other: JobItem, sort: string): boolean {
  const { placeOf, compare } = orderOf(sort);
  return compare(placeOf(one), placeOf(other)) < 0;
}

/**
 * Changes the pages for one event, or returns null where the list must be read again.
 * @param type `job`, `gone` or `reset`, as `/events` has them.
 */
export function withEvent<T extends Pages>(data: T, type: string, told: JobItem, sort: string): T | null {
  if (type === 'reset') return null;
  const before = data.pages.flatMap(({ items }) => items).find(({ name }) => name === told.name);
  if (type === 'gone') return before ? without(data, before) : data;
  // A stream tells of releases too, and of whatever a newer API adds.
  if (type !== 'job') return data;
  const item = before ? { ...told, ...knownOnlyToLists(before, told) } : told;
  if (before && isAtItsPlace(data, before, item, sort)) return replaced(data, before, item);
  return inserted(before ? without(data, before) : data, item, sort);
}

/** Facts of its watcher are in lists alone; an event of the same instance leaves them as they are. */
const knownOnlyToLists = (before: JobItem, told: JobItem): Partial<JobItem> =>
  before.deployment?.applicationId === told.deployment?.applicationId
    ? { checkpointAt: told.checkpointAt ?? before.checkpointAt ?? null }
    : {};

const change = <T extends Pages>(data: T, of: (page: JobList) => JobItem[]): T => ({
  ...data,
  pages: data.pages.map((page) => {
    const items = of(page);
    return items === page.items ? page : { ...page, items };
  }),
});

const without = <T extends Pages>(data: T, gone: JobItem): T =>
  change(data, ({ items }) => (items.includes(gone) ? items.filter((item) => item !== gone) : items));

const replaced = <T extends Pages>(data: T, before: JobItem, item: JobItem): T =>
  change(data, ({ items }) => (items.includes(before) ? items.map((one) => (one === before ? item : one)) : items));

function isAtItsPlace({ pages }: Pages, before: JobItem, item: JobItem, sort: string): boolean {
  const all = pages.flatMap(({ items }) => items);
  const place = all.indexOf(before);
  const [last, next] = [all[place - 1], all[place + 1]];
  return (last === undefined || comesBefore(last, item, sort)) && (next === undefined || comesBefore(item, next, sort));
}

/** A place beyond the pages that were read is none yet. */
function inserted<T extends Pages>(data: T, item: JobItem, sort: string): T {
  const at = data.pages.findIndex(({ items, nextCursor }) => {
    const last = items.at(-1);
    return nextCursor === null || (last !== undefined && comesBefore(item, last, sort));
  });
  if (at < 0) return data;
  const target = data.pages[at];
  return change(data, (page) => {
    if (page !== target) return page.items;
    const place = page.items.findIndex((one) => comesBefore(item, one, sort));
    return place < 0 ? [...page.items, item] : page.items.toSpliced(place, 0, item);
  });
}
