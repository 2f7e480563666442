/** When the newest checkpoints of the jobs in sight completed. No event tells of a checkpoint, since every job has one each minute. */
import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { JobItem, JobList } from '../../../../api/job-list-contract.ts';
import { readQuery, usePace } from '../../../api/use-read.ts';

const EVERY_MS = 30_000;
/** A person who scrolls looks at no checkpoint. */
const REST_MS = 1_000;

export function useCheckpoints() {
  const [names, setNames] = useState('');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const onShown = useCallback((items: readonly JobItem[]) => {
    clearTimeout(timer.current);
    const shown = items.map(({ name }) => name).join(',');
    timer.current = setTimeout(() => setNames(shown), REST_MS);
  }, []);
  const count = names.split(',').length;
  const query = { jobs: names, limit: Math.max(2, Math.min(count, 100)) };
  const refetchInterval = usePace({ everyMs: EVERY_MS });
  const { data } = useQuery({
    ...readQuery('/jobs', { query }),
    select: checkpointsOf,
    refetchInterval,
    enabled: names !== '',
  });
  return { onShown, checkpoints: data ?? NONE };
}

type Checkpoints = Readonly<Record<string, string | null>>;

const NONE: Checkpoints = {};

const checkpointsOf = ({ items }: JobList): Checkpoints =>
  Object.fromEntries(items.map(({ name, checkpointAt }) => [name, checkpointAt ?? null]));
