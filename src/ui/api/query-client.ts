/** Keeps what was read: old data stays on the screen while it is asked for again, and when nothing answers. */
import { QueryClient } from '@tanstack/react-query';
import { isLost } from './problems.ts';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      gcTime: 10 * 60_000,
      // Nothing here depends on what the browser thinks of the network.
      networkMode: 'always',
      retry: (count, failure) => count < 1 && isLost(failure),
      retryDelay: 500,
    },
    mutations: { networkMode: 'always', retry: false },
  },
});
