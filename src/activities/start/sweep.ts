/** Refuses a start while an unknown application of the job is alive on any cluster. */
import { isTerminal, LIVE_STATES, type ApplicationReport } from '../../clients/yarn/replies.ts';
import { SluiceError, isCode } from '../../domain/errors/errors.ts';
import { unclosed, type Fence } from '../../domain/lock/fence.ts';
import { identityOfTags, jobTagOf } from '../../domain/identity/yarn-tags.ts';
import type { Dependencies } from '../dependencies/dependencies.ts';

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
 * cluster is a warning, unless the job is placed there or has an open start there.
 * @throws SluiceError `ForeignInstance` that names the application, its user and its cluster.
 */
export async function sweep(
  deps: Dependencies,
  { job, legacyNames, places, known, knownStart, fence }: Sweep,
): Promise<string[]> {
  const counting = new Set([...places, ...unclosed(fence).map(({ cluster }) => cluster)]);
  const warnings = await Promise.all(
    [...deps.clusters.values()].map(async ({ name, yarn }) => {
      const live = await yarn.applications({ states: [...LIVE_STATES] }).catch((error: unknown) => {
        if (!counting.has(name) && isCode(error, 'ClusterUnreachable')) return null;
        throw error;
      });
      if (!live) return [`cluster ${name} does not answer; nothing of ${job} was ever left open there`];
      const isKnown = ({ id, tags }: ApplicationReport): boolean =>
        known.includes(id) || (knownStart !== undefined && identityOfTags(tags).flinkJobId === knownStart);
      const stranger = live.find((app) => isOf(app, job, legacyNames) && !isKnown(app));
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

/** Whether an application is alive and belongs to this job, by its tag or by its name. */
export const isOf = (app: ApplicationReport, job: string, legacyNames: readonly string[]): boolean =>
  !isTerminal(app.state) && (app.tags.includes(jobTagOf(job)) || [job, ...legacyNames].includes(app.name));
