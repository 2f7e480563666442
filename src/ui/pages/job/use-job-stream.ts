/** Puts each change of a job into the cache, where the page reads it. */
import { useQueryClient } from '@tanstack/react-query';
import { useStream } from '../../api/live.ts';
import { pathOf } from '../../api/reads.ts';
import { readQuery } from '../../api/use-read.ts';
import type { JobBody } from '../../../api/contract.ts';

export function useJobStream(job: string): void {
  const client = useQueryClient();
  useStream(pathOf('/jobs/{job}/events', { job }), ({ type, data }) => {
    const { queryKey } = readQuery('/jobs/{job}', { params: { job } });
    if (type === 'job')
      client.setQueryData(queryKey, data as JobBody); // as the API streams it
    else void client.invalidateQueries({ queryKey });
  });
}
