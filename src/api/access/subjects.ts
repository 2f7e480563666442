/** Finds the owner of a job: as it runs, as its fence binds it, or as the release declares it that deploys it first. */
import type { Subject } from '../../domain/access/decide.ts';
import { parseDeploymentFile } from '../../domain/deployment-file/parse.ts';
import { parseReleaseName } from '../../domain/release/release.ts';
import type { RecordStore } from '../../records/record-store.ts';
import { readRelease, readReleaseText } from '../../releases/read.ts';
import type { Jobs } from '../jobs/jobs.ts';

const unknown = (job: string): Subject => ({ job, environment: null, team: null });

/** @returns a subject without owner for a job that does not exist. */
export async function subjectOf(
  { jobs, records }: { readonly jobs: Pick<Jobs, 'index'>; readonly records: RecordStore },
  job: string,
): Promise<Subject> {
  const running = (await jobs.index()).find(({ name }) => name === job);
  if (running?.environment != null) return { job, environment: running.environment, team: running.owner };
  const bound = (await records.fence(job))?.ownership;
  return bound ? { job, environment: bound.environment, team: bound.team } : unknown(job);
}

/** The owner that a release declares for a job that does not exist yet. */
export async function declaredSubject(records: RecordStore, job: string, release: unknown): Promise<Subject> {
  const parsed = typeof release === 'string' ? parseReleaseName(release) : null;
  const found = parsed && (await readRelease(records.bucket, parsed.project, parsed.version));
  const entry = found?.files.find((one) => one.kind === 'deployment' && one.job === job);
  const text = found && entry ? await readReleaseText(records.bucket, found, entry) : null;
  const file = text === null ? null : parseDeploymentFile(text);
  return file?.ok === true ? { job, environment: file.file.environment, team: file.file.owner.team } : unknown(job);
}
