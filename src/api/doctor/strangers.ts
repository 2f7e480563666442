/** Finds live applications that Sluice does not know: those that have the name or tags of a job, and Flink jobs of others. */
import { LIVE_STATES, type ApplicationReport } from '../../clients/yarn/replies.ts';
import type { YarnClient } from '../../clients/yarn/yarn.ts';
import { inTurns } from '../../concurrency/in-turns.ts';
import { JobName } from '../../domain/identity/job-name.ts';
import { identityOfTags, isLauncher, isWarmUp, SLUICE_TAG } from '../../domain/identity/yarn-tags.ts';
import { unclosed, type Start } from '../../domain/lock/fence.ts';
import type { RecordStore } from '../../records/record-store.ts';
import type { StrangerItem } from '../cluster-contract.ts';
import type { JobItem } from '../job-list-contract.ts';

/** A start that is not closed, and may have an application. */
export interface Open {
  readonly job: string;
  readonly start: Start;
}

export interface Live {
  readonly cluster: string;
  readonly report: ApplicationReport;
}

export interface Stranger extends Live {
  /** The job that it looks like; null for one with tags of Sluice alone, and for a Flink job of somebody else. */
  readonly job: string | null;
  /** The mark that it has of the job, or of Sluice; null for a Flink job of somebody else. */
  readonly by: 'tags' | 'name' | null;
}

/** Tells whether an application is that of a start, or was submitted by its launcher under the start's Flink job id. */
export const isOf = ({ start }: Open, { report, cluster }: Live): boolean =>
  start.cluster === cluster &&
  (start.applicationId === report.id || identityOfTags(report.tags).flinkJobId === start.flinkJobId);

const FLINK_TYPE = 'Apache Flink';

/** @param started names of jobs that were ever started. */
export function strangersAmong(
  live: readonly Live[],
  open: readonly Open[],
  started: ReadonlySet<string>,
): readonly Stranger[] {
  return live.flatMap((app): Stranger[] => {
    const { name, tags, type } = app.report;
    if (isLauncher(app.report) || isWarmUp(app.report) || open.some((one) => isOf(one, app))) return [];
    const tagged = identityOfTags(tags).job;
    if (tagged !== null || tags.includes(SLUICE_TAG)) return [{ ...app, job: tagged, by: 'tags' }];
    if (started.has(name)) return [{ ...app, job: name, by: 'name' }];
    return type === FLINK_TYPE ? [{ ...app, job: null, by: null }] : [];
  });
}

const ASK_MS = 4_000;
const MOST_SHOWN = 200;

/** Applications that the index of jobs knows as running. */
const known = (items: readonly JobItem[]): ReadonlySet<string> =>
  new Set(items.flatMap(({ deployment }) => (deployment?.ended === null ? [deployment.applicationId] : [])));

/**
 * The strangers of one cluster, newest first. Fences are read only for applications that no job of the index runs, because
 * a cluster may have thousands.
 */
export async function readStrangers(
  { records, jobs }: { readonly records: RecordStore; readonly jobs: readonly JobItem[] },
  yarn: Pick<YarnClient, 'name' | 'applications'>,
): Promise<StrangerItem[]> {
  const applications = await yarn.applications({ states: [...LIVE_STATES] }, { deadlineMs: ASK_MS });
  const ids = known(jobs);
  const live = applications.filter(({ id }) => !ids.has(id)).map((report) => ({ cluster: yarn.name, report }));
  // YARN lets an application have any name, also one that makes no key.
  const names = new Set(
    live
      .map(({ report: { name, tags } }) => identityOfTags(tags).job ?? name)
      .filter((name) => JobName.safeParse(name).success),
  );
  const fences = (await inTurns([...names], (job) => records.fence(job))).filter((fence) => fence !== null);
  const open = fences.flatMap((fence) => unclosed(fence).map((start) => ({ job: fence.job, start })));
  return strangersAmong(live, open, new Set(fences.map(({ job }) => job)))
    .map(itemOf)
    .sort((a, b) => ((a.startedAt ?? '') < (b.startedAt ?? '') ? 1 : -1))
    .slice(0, MOST_SHOWN);
}

const itemOf = ({ report, job, by }: Stranger): StrangerItem => ({
  application: report.id,
  ...{ name: report.name, user: report.user, queue: report.queue, state: report.state, type: report.type },
  startedAt: report.startedAt === null ? null : new Date(report.startedAt).toISOString(),
  ...{ job, by },
});
