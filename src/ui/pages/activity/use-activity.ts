/**
 * The operations of all jobs as they are and as they go on: the stream tells which jobs have one in progress. A row that is
 * known changes in place; where one begins or ends the list is read again.
 */
import { useQueryClient, type InfiniteData } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import type { JobItem } from '../../../api/job-list-contract.ts';
import { useStream } from '../../api/live.ts';
import { pathOf, type Query, type Reads } from '../../api/reads.ts';
import { listKey, useList } from '../../api/use-read.ts';
import { useGathered } from '../../state/use-gathered.ts';
import { withOperation } from './with-operation.ts';

type Data = InfiniteData<Reads['/operations'], string | null>;

const LIMIT = 100;
/** A list of more pages is read again only when the person asks for it, since each page is a request. */
const MOST_PAGES = 2;

export function useActivity(query: Query) {
  const client = useQueryClient();
  const given = { query };
  const key = listKey('/operations', given, LIMIT);
  const list = useList('/operations', given, { limit: LIMIT, isStreamed: true });
  const [hasNews, setNews] = useState(false);
  const { fetchNextPage } = list;
  const again = useGathered(() => {
    void client.invalidateQueries({ queryKey: ['/stats/operations'] });
    const count = client.getQueryData<Data>(key)?.pages.length ?? 0;
    if (count > MOST_PAGES) setNews(true);
    else void client.invalidateQueries({ queryKey: key });
  });
  const { environment, cluster, owner } = query;
  useStream(pathOf('/events', {}, { operation: 'any', environment, cluster, owner }), ({ type, data }) => {
    const told = type === 'job' ? (data as JobItem).operation : null; // as the API streams it
    const known = client.getQueryData<Data>(key);
    const next = told && known ? withOperation(known, told) : null;
    if (next) client.setQueryData(key, next);
    else again();
  });
  const more = useCallback(() => void fetchNextPage({ cancelRefetch: false }), [fetchNextPage]);
  const showNews = (): void => {
    setNews(false);
    void client.resetQueries({ queryKey: key });
    scrollTo({ top: 0 });
  };
  return { list, more, hasNews, showNews };
}
