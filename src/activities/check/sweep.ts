/** Refuses a start while an unknown application of the job is alive on any cluster. */
import { isTerminal, LIVE_STATES, type ApplicationReport } from '../../clients/yarn/replies.ts';
import { SluiceError, isCode } from '../../domain/errors/errors.ts';
import { givenUpIn, unclosed, type Fence, type Start } from '../../domain/lock/fence.ts';
import { identityOfTags, jobTagOf } from '../../domain/identity/yarn-tags.ts';
import { isReplaced } from '../../domain/lock/gate.ts';
import { readGates } from '../../records/gates.ts';
import { riskOf } from '../../domain/lock/give-up.ts';
import type { Dependencies } from '../dependencies/dependencies.ts';
import { endReturned, givenUpStartOf } from '../end/give-up.ts';

interface Sweep {
  readonly job: string;
  /** Names that the job had before. */
  readonly legacyNames: readonly string[];
  /** Clusters whose silence counts, beside those where the job has an open start. */
  readonly places: readonly (string | undefined)[];
  /** Known applications: the one that is to be replaced, or is being started. */
  readonly known: readonly (string | undefined)[];
  /** The fence as it was read just now. */
  readonly fence: Fence;
  /** Flink job id of a start whose application is known, under whatever id. */
  readonly knownStart: string | undefined;
}

/**
 * Looks for applications of the job by tag, by application name, and by the names that the job had before. A silent
 * cluster is a warning, unless the job is placed there and gave nothing up there, or has an open start there: otherwise
 * a cluster that is gone would keep a job from every other one.
 * @throws SluiceError `ForeignInstance` that names the application, its user and its cluster.
 */
export async function sweep(
  deps: Dependencies,
  { job, legacyNames, places, known, knownStart, fence }: Sweep,
): Promise<string[]> {
  // A person has accepted what may live on a cluster where an instance was given up.
  const accepted = new Set(givenUpIn(fence).map(({ cluster }) => cluster));
  const counting = new Set([
    ...places.filter((place) => place !== undefined && !accepted.has(place)),
    ...unclosed(fence).map(({ cluster }) => cluster),
  ]);
  const warnings = await Promise.all(
    [...deps.clusters.values()].map(async ({ name, yarn }) => {
      const live = await yarn.applications({ states: [...LIVE_STATES] }).catch((error: unknown) => {
        if (!counting.has(name) && isCode(error, 'ClusterUnreachable')) return null;
        throw error;
      });
      if (!live) return [whatMayHide(fence, name)];
      const isKnown = ({ id, tags }: ApplicationReport): boolean =>
        known.includes(id) || (knownStart !== undefined && identityOfTags(tags).flinkJobId === knownStart);
      const strangers = live.filter((app) => isOf(app, job, legacyNames) && !isKnown(app));
      const left = await Promise.all(strangers.map((app) => endIfGivenUp(deps, fence, app)));
      const stranger = left.find((app) => app !== null);
      if (!stranger) return [];
      const { id, user, state, startedAt } = stranger;
      const since = startedAt === null ? '' : ` since ${new Date(startedAt).toISOString()}`;
      throw new SluiceError(
        'ForeignInstance',
        `application ${id} of user ${user} on cluster ${name} is ${state}${since} and carries the name or tag of ${job}; nothing was started`,
      );
    }),
  );
  return warnings.flat();
}

/** Warns of a cluster that is silent: nothing of the job is left there, but for what a person gave up. */
function whatMayHide(fence: Fence, cluster: string): string {
  const risks = givenUpIn(fence).filter((instance) => instance.cluster === cluster);
  const may = risks.length === 0 ? `nothing of ${fence.job} was left open there` : risks.map(riskOf).join('; ');
  return `cluster ${cluster} does not answer; ${may}`;
}

const isOverByLease = ({ closed }: Start): boolean =>
  closed?.givenUp?.deadAt !== undefined && Date.parse(closed.givenUp.deadAt) <= Date.now();

const ENDS_WITHIN_MS = 15_000;

/**
 * Ends an instance that was given up and lives. @returns the application while it may live on, and any other. Its lease says that
 * nothing of it runs any more, although YARN lists it, for instance because its node was lost.
 */
async function endIfGivenUp(
  deps: Dependencies,
  fence: Fence,
  app: ApplicationReport,
): Promise<ApplicationReport | null> {
  const start = givenUpStartOf(fence, app);
  if (!start) return (await isReplacedIn(deps, fence, app)) ? null : app;
  const doubt = await endReturned(deps, { job: fence.job, start, applicationId: app.id, deadlineMs: ENDS_WITHIN_MS });
  return doubt === null || isOverByLease(start) ? null : app;
}

/** Tells whether a standby has taken the place of an application whose start is still open: whoever settles the starts ends it. */
async function isReplacedIn({ s3 }: Dependencies, fence: Fence, app: ApplicationReport): Promise<boolean> {
  const start = unclosed(fence).find(({ applicationId }) => applicationId === app.id);
  return start !== undefined && isReplaced(await readGates(s3, fence.job), start);
}

/** Whether an application is alive and belongs to this job, by its tag or by its name. */
export const isOf = (app: ApplicationReport, job: string, legacyNames: readonly string[]): boolean =>
  !isTerminal(app.state) && (app.tags.includes(jobTagOf(job)) || [job, ...legacyNames].includes(app.name));
