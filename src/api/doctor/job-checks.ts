/** Checks that jobs, their records and the applications on YARN agree. */
import { LIVE_STATES } from '../../clients/yarn/replies.ts';
import { broken, fine, warning, type CheckName, type Finding } from '../checkups.ts';
import { eachByItself } from '../../concurrency/each-by-itself.ts';
import { unclosed } from '../../domain/lock/fence.ts';
import { stagingPrefix, STAGING_ROOT, startOfStagedKey } from '../../domain/identity/storage-keys.ts';
import { isLauncher } from '../../domain/identity/yarn-tags.ts';
import type { JobGateway, JobSummary } from '../../temporal/jobs/job-gateway.ts';
import type { RecordStore } from '../../records/record-store.ts';
import type { AskedYarn } from './cluster-setup.ts';
import { isOf, strangersAmong, type Live, type Open } from './strangers.ts';

const ASK_MS = 8_000;
/** A staging folder is made before its start is in the fence, and is deleted some time after the start is closed. */
const STAGED_LONG_AGO_MS = 3_600_000;
/** The most findings of one check: a reader begins with these. */
const MOST = 50;

interface World {
  readonly records: RecordStore;
  readonly jobs: readonly JobSummary[];
  readonly clusters: ReadonlyMap<string, AskedYarn>;
}

export async function checkJobs({ records, jobs, clusters }: World): Promise<Finding[]> {
  const started = await records.startedJobs();
  // `checkRecords` names a fence that cannot be read.
  const { values: fences } = await records.fences();
  const open = fences.flatMap((fence) => unclosed(fence).map((start) => ({ job: fence.job, start })));
  const answers = await Promise.all(
    [...clusters].map(async ([cluster, yarn]) => {
      const live = await yarn.applications({ states: [...LIVE_STATES] }, { deadlineMs: ASK_MS }).catch(() => null);
      return { cluster, live };
    }),
  );
  const silent = new Set(answers.flatMap(({ cluster, live }) => (live ? [] : [cluster])));
  const live = answers.flatMap(({ cluster, live: reports }) => (reports ?? []).map((report) => ({ cluster, report })));
  return [
    ...summed('lostJobs', lost(started, jobs), `${started.length} jobs in S3`),
    ...summed('orphans', orphans(live, open, started), `${live.length} live applications were looked at`),
    ...summed('launchers', launchers(live, open), 'no launcher is left over'),
    ...summed('disagreements', disagreements(jobs, open, live, silent), `${jobs.length} jobs have a workflow`),
    ...summed('unclosedStarts', unclosedStarts(jobs, open, live, silent), `${open.length} starts are open`),
    ...summed('staging', await staged(records, open), 'no folder is left over'),
  ];
}

/** Asks for the tasks of each workflow, because Temporal's visibility shows failing ones only if it is told to. */
export async function checkWorkflows(
  gateway: Pick<JobGateway, 'whyTasksFail'>,
  jobs: readonly JobSummary[],
): Promise<readonly Finding[]> {
  const { results, failed } = await eachByItself(jobs, async ({ name }) => ({
    name,
    why: await gateway.whyTasksFail(name),
  }));
  const failing = results.flatMap(({ name, why }) => (why === null ? [] : [broken('workflows', name, why)]));
  const unknown = failed.map(({ item, error }) => warning('workflows', item.name, error.message));
  return summed('workflows', [...failing, ...unknown], `${jobs.length} workflows were looked at`);
}

const summed = (check: CheckName, findings: readonly Finding[], well: string): readonly Finding[] =>
  findings.length === 0 ? [fine(check, well)] : findings.slice(0, MOST);

function lost(started: readonly string[], jobs: readonly JobSummary[]): Finding[] {
  const names = new Set(jobs.map(({ name }) => name));
  return started
    .filter((job) => !names.has(job))
    .map((job) => broken('lostJobs', job, 'it has records in S3, and no open workflow'));
}

/** A Flink job of somebody else has nothing to do with Sluice. */
function orphans(live: readonly Live[], open: readonly Open[], started: readonly string[]): Finding[] {
  return strangersAmong(live, open, new Set(started)).flatMap(({ cluster, report, job, by }): Finding[] => {
    if (by === null) return [];
    const whose =
      job === null ? 'it has tags of Sluice and no job' : `it has the ${by} of ${job}, which does not know it`;
    return [broken('orphans', report.id, `${whose}: user ${report.user}, cluster ${cluster}, ${report.state}`)];
  });
}

function launchers(live: readonly Live[], open: readonly Open[]): Finding[] {
  return live
    .filter(({ report }) => isLauncher(report))
    .filter((app) => !open.some((one) => one.start.applicationId === app.report.id))
    .map(({ cluster, report }) =>
      broken('launchers', report.id, `user ${report.user}, cluster ${cluster}, ${report.state}`),
    );
}

/** A job with an operation in progress is skipped, because the job, its records and YARN change one after the other. */
const isIdle = ({ operation }: JobSummary): boolean => operation === null;

function disagreements(
  jobs: readonly JobSummary[],
  open: readonly Open[],
  live: readonly Live[],
  silent: ReadonlySet<string>,
): Finding[] {
  return jobs.filter(isIdle).flatMap((job): Finding[] => {
    const starts = open.filter((one) => one.job === job.name);
    if (job.state === 'unreachable') return [warning('disagreements', job.name, 'it is unreachable')];
    if (job.state !== 'running' || starts.some(({ start }) => silent.has(start.cluster))) return [];
    if (starts.length === 0) return [broken('disagreements', job.name, 'it says that it runs, but has no open start')];
    if (starts.some((one) => live.some((app) => isOf(one, app)))) return [];
    const ids = starts.map(({ start }) => start.applicationId).join(', ');
    return [broken('disagreements', job.name, `it says that it runs, but ${ids} is not alive`)];
  });
}

function unclosedStarts(
  jobs: readonly JobSummary[],
  open: readonly Open[],
  live: readonly Live[],
  silent: ReadonlySet<string>,
): Finding[] {
  const idle = new Map(jobs.filter(isIdle).map(({ name, state }) => [name, state]));
  return open.flatMap((one): Finding[] => {
    const { job, start } = one;
    const state = idle.get(job);
    if (state === undefined || state === 'running' || state === 'unreachable') return [];
    const lives = live.some((app) => isOf(one, app));
    const what = silent.has(start.cluster)
      ? `cluster ${start.cluster} does not answer`
      : `application ${start.applicationId} ${lives ? 'is alive' : 'is not alive'}`;
    const detail = `start ${start.startKey} (epoch ${start.epoch}) is open while the job is ${state}; ${what}`;
    return [lives ? broken('unclosedStarts', job, detail) : warning('unclosedStarts', job, detail)];
  });
}

async function staged({ bucket }: RecordStore, open: readonly Open[]): Promise<Finding[]> {
  const used = new Set(open.map(({ job, start }) => stagingPrefix(job, start.flinkJobId)));
  const left = new Map<string, number>();
  for await (const entry of bucket.list(STAGING_ROOT)) {
    if (entry.kind !== 'object' || Date.now() - entry.lastModified < STAGED_LONG_AGO_MS) continue;
    const start = startOfStagedKey(entry.key);
    const folder = start === null ? STAGING_ROOT : stagingPrefix(start.job, start.flinkJobId);
    if (!used.has(folder)) left.set(folder, (left.get(folder) ?? 0) + 1);
  }
  return [...left].map(([folder, files]) => warning('staging', folder, `${files} files of a start that is closed`));
}
