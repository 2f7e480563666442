/** Finds jobs with records in S3 and no workflow: their workflow was lost with its database, and `recover` makes another. */
import type { Jobs } from './jobs.ts';
import type { RecordStore } from '../../records/record-store.ts';

/** Names of the lost jobs, in order. */
export async function lostJobs(jobs: Jobs, records: RecordStore): Promise<string[]> {
  const [open, started] = await Promise.all([jobs.index(), records.startedJobs()]);
  const names = new Set(open.map(({ name }) => name));
  return started.filter((name) => !names.has(name));
}
