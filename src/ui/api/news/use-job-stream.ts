/** Puts each change of a job into the cache, where pages read it, and reads anew what an operation has changed. */
import { useQueryClient } from '@tanstack/react-query';
import type { JobBody } from '../../../api/contract.ts';
import { useStream } from '../live.ts';
import { pathOf } from '../reads.ts';
import { readQuery } from '../use-read.ts';

export function useJobStream(job: string): void {
  const client = useQueryClient();
  useStream(pathOf('/jobs/{job}/events', { job }), ({ type, data }) => {
    const { queryKey } = readQuery('/jobs/{job}', { params: { job } });
    if (type !== 'job') {
      void client.invalidateQueries({ queryKey });
      return;
    }
    const before = client.getQueryData(queryKey);
    const told = data as JobBody; // as the API streams it
    // An answer that is on its way may be older than this.
    void client.cancelQueries({ queryKey });
    client.setQueryData(queryKey, told);
    if (!before || markOf(before) === markOf(told)) return;
    void client.invalidateQueries({
      predicate: (query) => query.queryKey[0] !== queryKey[0] && isOf(query.queryKey, job),
    });
  });
}

/** Changes when an operation begins or ends, which histories and lists of the job show. */
const markOf = ({ operation, lastOperation, deployment, savepoints }: JobBody): string =>
  [operation?.id, lastOperation?.id, deployment?.number, deployment?.ended?.at, savepoints[0]?.path].join(' ');

const isOf = ([, params]: readonly unknown[], job: string): boolean =>
  typeof params === 'object' && params !== null && Reflect.get(params, 'job') === job;
