/**
 * The list of jobs as it is and as it changes: an event touches one row. Totals are read again after changes, since an event does
 * not tell whether its job was counted.
 */
import { useQueryClient, type InfiniteData } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import type { JobItem, JobList } from '../../../api/job-list-contract.ts';
import type { StreamEvent } from '../../api/events.ts';
import { useStream } from '../../api/live.ts';
import { pathOf, type Query } from '../../api/reads.ts';
import { listKey, useList } from '../../api/use-read.ts';
import { isTotal, totalQuery } from '../../api/news/use-total.ts';
import { useGathered } from '../../state/use-gathered.ts';
import { withEvent } from './with-event.ts';

const LIMIT = 100;
/** The pages after the first one come while a person scrolls. */
const NEXT_LIMIT = 200;

/** @param fits null where nothing can fit. */
export function useJobs(fits: Query | null, sort: string) {
  const client = useQueryClient();
  const given = { query: { ...fits, ...(sort === 'name' ? {} : { sort }) } };
  const key = listKey('/jobs', given, LIMIT);
  const enabled = fits !== null;
  const list = useList('/jobs', given, {
    limit: LIMIT,
    nextLimit: NEXT_LIMIT,
    isStreamed: true,
    isKept: true,
    enabled,
  });
  const { fetchNextPage, isPlaceholderData, data } = list;
  const count = useGathered(() => {
    void client.invalidateQueries({ predicate: ({ queryKey }) => isTotal(queryKey) });
    const counted = client.query({ ...totalQuery(fits ?? {}), staleTime: 0 });
    counted.then(
      ({ total }) => client.setQueryData<InfiniteData<JobList>>(key, (now) => now && withTotal(now, total)),
      () => undefined, // the bar says what does not answer
    );
  });
  const hear = ({ type, data: told }: StreamEvent): void => {
    const known = client.getQueryData<InfiniteData<JobList>>(key);
    if (!known) return;
    const next = withEvent(known, type, told as JobItem, sort); // as the API streams it
    if (next === null) void client.invalidateQueries({ queryKey: key });
    else client.setQueryData(key, next);
    count();
  };
  const since = useFirst(JSON.stringify(key), isPlaceholderData ? undefined : data?.pages[0]?.since);
  useStream(since === null || !enabled ? null : pathOf('/events', {}, { ...fits, since }), hear);
  const more = useCallback(() => void fetchNextPage({ cancelRefetch: false }), [fetchNextPage]);
  return { list, more };
}

/** The total of a list is that of its first page. */
const withTotal = (data: InfiniteData<JobList>, total: number): InfiniteData<JobList> => ({
  ...data,
  pages: data.pages.map((page, place) => (place === 0 && page.total !== total ? { ...page, total } : page)),
});

/** The first value for a key, so that a stream goes on where it is when the list is read again. */
function useFirst(key: string, value: string | undefined): string | null {
  const [first, setFirst] = useState<{ readonly key: string; readonly value: string } | null>(null);
  if (value !== undefined && first?.key !== key) setFirst({ key, value });
  return first?.key === key ? first.value : null;
}
