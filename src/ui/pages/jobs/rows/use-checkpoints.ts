/** When the newest checkpoints of the jobs in sight completed. No event tells of a checkpoint, since every job has one each minute. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { JobItem } from '../../../../api/job-list-contract.ts';
import { useRead } from '../../../api/use-read.ts';

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
  const { data } = useRead('/jobs', { query }, { everyMs: EVERY_MS, enabled: names !== '' });
  const checkpoints = useMemo(
    () => new Map(data?.items.map(({ name, checkpointAt }) => [name, checkpointAt ?? null])),
    [data],
  );
  return { onShown, checkpoints };
}
