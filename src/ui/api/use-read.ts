/** Hooks that read the API. Their results go into a `Panel`, which shows every state of them. */
import { queryOptions, useInfiniteQuery, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useVisible } from '../state/visible.ts';
import { read } from './client.ts';
import { useDown, useIsSignedOut } from './connection.ts';
import type { Given, Query, ReadPath, Reads } from './reads.ts';

/** How often a page asks again while no stream tells it what changes. */
const WITHOUT_STREAM_MS = 10_000;
/** A list that has grown long is asked for less often. */
const LONG_LIST_MS = 60_000;
const MANY_PAGES = 5;
const DEFAULT_LIMIT = 100;

interface Options {
  /** Asks again this often, while the tab is visible. */
  readonly everyMs?: number;
  /** A stream tells of changes: while it is lost, the reading asks by itself. */
  readonly isStreamed?: boolean;
  readonly enabled?: boolean;
}

export const readQuery = <P extends ReadPath>(path: P, given: Given<P>) =>
  queryOptions({
    queryKey: [path, given.params ?? {}, given.query ?? {}] as const,
    queryFn: ({ signal }) => read(path, given, signal),
  });

export function useRead<P extends ReadPath>(path: P, given: Given<P>, options: Options = {}): UseQueryResult<Reads[P]> {
  const refetchInterval = usePace(options);
  return useQuery({ ...readQuery(path, given), refetchInterval, enabled: options.enabled ?? true });
}

/** Paths whose answers are lists. */
type ListPath = { [P in ReadPath]: Reads[P] extends { nextCursor: string | null } ? P : never }[ReadPath];

/** The place of a list in the cache, for whoever changes it by a stream. */
export const listKey = <P extends ListPath>(path: P, { params, query }: Given<P>, limit = DEFAULT_LIMIT) =>
  [path, params ?? {}, query ?? {}, 'list', limit] as const;

interface ListOptions extends Options {
  readonly limit?: number;
  /** The length of the pages after the first one. */
  readonly nextLimit?: number;
  /** A stream keeps the list as it is: coming back to it reads nothing again. */
  readonly isKept?: boolean;
}

/** Reads a list page by page; `fetchNextPage` asks for more. */
export function useList<P extends ListPath>(path: P, given: Given<P>, options: ListOptions = {}) {
  const { limit = DEFAULT_LIMIT, nextLimit = limit, isKept = false, enabled = true } = options;
  const pace = usePace(options);
  return useInfiniteQuery({
    queryKey: listKey(path, given, limit),
    queryFn: ({ pageParam, signal }) => {
      const part = pageParam === null ? { limit } : { limit: nextLimit, cursor: pageParam };
      const query: Query = { ...given.query, ...part };
      return read(path, { ...given, query }, signal);
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last: Reads[P]) => (last as { nextCursor: string | null }).nextCursor, // as `ListPath` says
    refetchInterval: ({ state }) => {
      const isLong = (state.data?.pages.length ?? 0) > MANY_PAGES;
      return pace === false ? false : isLong ? Math.max(pace, LONG_LIST_MS) : pace;
    },
    enabled,
    ...(isKept ? { staleTime: Infinity, refetchOnWindowFocus: false } : {}),
    placeholderData: (old) => old, // the rows of before stay while a search is under way
  });
}

/** How often a reading is made again by itself; false for never. */
export function usePace({ everyMs, isStreamed = false }: Pick<Options, 'everyMs' | 'isStreamed'>): number | false {
  const isVisible = useVisible();
  const [down, isSignedOut] = [useDown(), useIsSignedOut()];
  if (!isVisible || isSignedOut) return false;
  const withoutStream = isStreamed && down.stream !== undefined ? WITHOUT_STREAM_MS : Infinity;
  const pace = Math.min(everyMs ?? Infinity, withoutStream);
  return pace === Infinity ? false : pace;
}
