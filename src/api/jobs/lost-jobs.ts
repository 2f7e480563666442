/** Jobs that S3 knows and no workflow does: theirs was lost with its database, and `recover` makes another. */
import type { Jobs } from './jobs.ts';
import type { RecordStore } from '../../records/record-store.ts';

/** By name. */
export async function lostJobs(jobs: Jobs, records: RecordStore): Promise<string[]> {
  const [open, started] = await Promise.all([jobs.index(), records.startedJobs()]);
  const known = new Set(open.map(({ name }) => name));
  return started.filter((name) => !known.has(name));
}
