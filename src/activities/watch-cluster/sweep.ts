/** Sweeps: from time to time the jobs are asked where they believe to run, and are told again what they have missed. */
import { signKey } from '../../domain/identity/storage-keys.ts';
import { isAlive, isSilent } from '../../domain/watch/health.ts';
import type { BelievedJob } from '../dependencies/watch-settings.ts';
import { repairSchedules } from './repair-schedules.ts';
import type { Watch } from './questions.ts';

/** The remains of the sweep before: when it began, and the jobs whose schedule it could not put right. */
export interface LastSweep {
  readonly sweptAt: number | null;
  readonly owed: readonly string[];
}

/** Compares what jobs believe with what is seen here. @returns the jobs that this sweep owes. */
export async function sweep(watch: Watch, { sweptAt, owed }: LastSweep): Promise<readonly string[]> {
  const { deps, cluster, applications, telling, complaints } = watch;
  const { missing } = applications;
  const { visibilityLagMs } = deps.watch;
  const began = Date.now();
  const believed = await deps.jobs.believedOn(cluster.name);
  const liveOf = applications.idsByJob();
  const unseen = believed.filter(({ job }) => !liveOf.has(job) && !missing.has(job));
  const ask = async ({ job }: BelievedJob): Promise<void> => {
    const started = await deps.jobs.lastStarted(job);
    if (started?.cluster === cluster.name) missing.add(started.applicationId, { job, ...started });
  };
  await complaints.each(unseen, { what: 'be asked what it started', nameOf: ({ job }) => job, act: ask });
  for (const job of believed) {
    const id = liveOf.get(job.job) ?? missing.idOf(job.job);
    if (id !== null && isDeaf(job, id, watch, sweptAt)) {
      telling.strikeOut(id);
      applications.askNow(id);
    }
  }
  const jobs = new Set(believed.map(({ job }) => job));
  await deleteSignsOfOthers(watch, jobs);
  for (const id of missing.nobodysSince(began - visibilityLagMs, jobs)) {
    missing.delete(id);
    telling.forget(id);
  }
  return await repairSchedules(watch, believed, { since: (sweptAt ?? 0) - visibilityLagMs, owed });
}

/** A sign of a job that neither runs nor believes to run here is deleted: it is written again if the job comes back. */
async function deleteSignsOfOthers(
  { deps, cluster, applications, complaints, signs }: Watch,
  believed: ReadonlySet<string>,
): Promise<void> {
  const here = applications.allByJob();
  const left = signs.unchangedFor(deps.watch.signsKeptMs).filter((job) => !here.has(job) && !believed.has(job));
  await complaints.each(left, {
    what: 'be deleted',
    nameOf: (job) => `the sign of life of ${job}`,
    act: (job) => deps.s3.remove(signKey(cluster.name, job)),
  });
}

/** A workflow run that began anew has heard nothing, and a run of an operation may have missed something. */
function isDeaf(
  { state, runSince }: BelievedJob,
  id: string,
  { deps, telling }: Watch,
  sweptAt: number | null,
): boolean {
  const { visibilityLagMs, echoMs } = deps.watch;
  const mark = telling.marks.get(id);
  if (mark === undefined) return false;
  const isNewRun = sweptAt !== null && runSince > sweptAt - visibilityLagMs;
  if (isNewRun && !(telling.sinceTold(id, runSince) < echoMs)) return true;
  return state === 'running' ? !isAlive(mark) : !isSilent(mark);
}
