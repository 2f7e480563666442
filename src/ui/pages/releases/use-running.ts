/** The jobs of a release as they are now: one request for many of them, whatever the release has. */
import { useQueries } from '@tanstack/react-query';
import type { JobItem } from '../../../api/job-list-contract.ts';
import { readQuery, usePace } from '../../api/use-read.ts';

const EVERY_MS = 10_000;
/** The API takes 4,000 characters of names, and a name has 63 at most. */
const MOST_NAMES = 50;

interface Running {
  /** Null for a job that was never deployed; undefined while it is not known. */
  readonly job: JobItem | null | undefined;
  readonly error: unknown;
}

export function useRunning(names: readonly string[]): (name: string) => Running {
  const refetchInterval = usePace({ everyMs: EVERY_MS });
  const parts = Array.from({ length: Math.ceil(names.length / MOST_NAMES) }, (_, place) =>
    names.slice(place * MOST_NAMES, (place + 1) * MOST_NAMES),
  );
  const answers = useQueries({
    queries: parts.map((jobs) => ({
      ...readQuery('/jobs', { query: { jobs, limit: MOST_NAMES } }),
      refetchInterval,
    })),
  });
  return (name) => {
    const answer = answers[parts.findIndex((part) => part.includes(name))];
    const items = answer?.data?.items;
    return { job: items && (items.find((item) => item.name === name) ?? null), error: answer?.error };
  };
}
