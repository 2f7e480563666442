/** How many jobs fit a query. A component that shows it is drawn again only when the number is another one. */
import { useQuery } from '@tanstack/react-query';
import type { JobList } from '../../../api/job-list-contract.ts';
import type { Query } from '../reads.ts';
import { readQuery, usePace } from '../use-read.ts';

const EVERY_MS = 15_000;

export const totalQuery = (query: Query) => readQuery('/jobs', { query: { ...query, limit: 1 } });

/** Whether a reading is one of these: of a single line, made for its total. */
export const isTotal = ([path, , query]: readonly unknown[]): boolean =>
  path === '/jobs' && typeof query === 'object' && query !== null && Reflect.get(query, 'limit') === 1;

/** @param query null where nothing can fit. @returns null while it is not known. */
export function useTotal(query: Query | null): number | null {
  const refetchInterval = usePace({ everyMs: EVERY_MS });
  const { data } = useQuery({
    ...totalQuery(query ?? {}),
    select: ({ total }: JobList) => total,
    refetchInterval,
    enabled: query !== null,
  });
  return query === null ? 0 : (data ?? null);
}
