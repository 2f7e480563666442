/** Puts what a stream tells into the pages of a list. Pure. */
import type { JobItem, JobList } from '../../../api/job-list-contract.ts';

interface Pages {
  readonly pages: JobList[];
  readonly pageParams: unknown[];
}

interface Changed<T> {
  readonly data: T;
  /** Whether that is all: a job that comes, goes or moves also changes counts and places. */
  readonly isWhole: boolean;
}

/** @param type `job`, `gone` or `reset`, as `/events` has them. */
export function withEvent<T extends Pages>(data: T, type: string, told: JobItem): Changed<T> {
  if (type === 'reset') return { data, isWhole: false };
  const before = data.pages.flatMap(({ items }) => items).find(({ name }) => name === told.name);
  if (!before) return { data, isWhole: type === 'gone' };
  const change = (items: JobItem[]): JobItem[] =>
    type === 'gone'
      ? items.filter(({ name }) => name !== told.name)
      : items.map((item) => (item.name === told.name ? told : item));
  const pages = data.pages.map((page) => (page.items.includes(before) ? { ...page, items: change(page.items) } : page));
  const isSame = type === 'job' && before.state === told.state && before.health === told.health;
  return { data: { ...data, pages }, isWhole: isSame };
}
