/** The list of jobs as it is and as it changes: one row for one event, and the list again where more has changed. */
import { useQueryClient, type InfiniteData } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { JobItem, JobList } from '../../../api/job-list-contract.ts';
import type { StreamEvent } from '../../api/events.ts';
import { useStream } from '../../api/live.ts';
import { pathOf } from '../../api/reads.ts';
import { listKey, useList } from '../../api/use-read.ts';
import { withEvent } from './with-event.ts';

/** Filters that have a menu: the name in the address, and that of the API. */
export const facets = [
  { name: 'state', facet: 'state', title: 'State' },
  { name: 'health', facet: 'health', title: 'Health' },
  { name: 'env', facet: 'environment', title: 'Environment' },
  { name: 'cluster', facet: 'cluster', title: 'Cluster' },
  { name: 'owner', facet: 'owner', title: 'Owner' },
] as const;

const LIMIT = 100;
/** Changes that come together are read together. */
const GATHER_MS = 1_500;

export type Filter = Readonly<Record<'q' | 'state' | 'health' | 'env' | 'cluster' | 'owner' | 'sort', string>>;

export const filterOf = (get: (name: string) => string): Filter => ({
  q: get('q'),
  state: get('state'),
  health: get('health'),
  env: get('env'),
  cluster: get('cluster'),
  owner: get('owner'),
  sort: get('sort'),
});

export function useJobs({ env, sort, ...filter }: Filter) {
  const client = useQueryClient();
  const fits = { ...filter, environment: env };
  const given = { query: { ...fits, sort, facets: facets.map(({ facet }) => facet) } };
  const key = listKey('/jobs', given, LIMIT);
  const list = useList('/jobs', given, { limit: LIMIT, isStreamed: true });
  const { fetchNextPage, isPlaceholderData, data } = list;
  const again = useGathered(() => void client.invalidateQueries({ queryKey: key }));
  const hear = (event: StreamEvent): void => {
    const known = client.getQueryData<InfiniteData<JobList>>(key);
    if (!known) return;
    const { data: next, isWhole } = withEvent(known, event.type, event.data as JobItem); // as the API streams it
    client.setQueryData(key, next);
    if (!isWhole) again();
  };
  const since = useFirst(JSON.stringify(key), isPlaceholderData ? undefined : data?.pages[0]?.since);
  useStream(since === null ? null : pathOf('/events', {}, { ...fits, since }), hear);
  const more = useCallback(() => void fetchNextPage({ cancelRefetch: false }), [fetchNextPage]);
  return { list, more };
}

/** The first value for a key, so that a stream goes on where it is when the list is read again. */
function useFirst(key: string, value: string | undefined): string | null {
  const [first, setFirst] = useState<{ readonly key: string; readonly value: string } | null>(null);
  if (value !== undefined && first?.key !== key) setFirst({ key, value });
  return first?.key === key ? first.value : null;
}

function useGathered(act: () => void): () => void {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(act, GATHER_MS);
  };
}
