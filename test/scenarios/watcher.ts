/** Sluice's own watchers of the clusters, workflow and activity, on a simulated Temporal; facts come late and twice. */
import { asyncLocalStorage } from '@temporalio/activity';
import type { BelievedJob, WatchedJobs, WatchSettings } from '../../src/activities/dependencies/watch-settings.ts';
import { watchSettings } from '../../src/activities/dependencies/watch-settings.ts';
import {
  releaseWatchSettings,
  type ReleasedJobs,
  type ReleaseWatchSettings,
} from '../../src/activities/dependencies/release-watch-settings.ts';
import { SluiceError } from '../../src/domain/errors/errors.ts';
import { releaseWatchIdOf, watchIdOf, workflowIdOf } from '../../src/domain/identity/workflow-ids.ts';
import type { JobView } from '../../src/domain/job/job-memory.ts';
import type { OperationRecord } from '../../src/domain/operation/operation.ts';
import { payloadConverter } from '../../src/temporal/payload-converter.ts';
import {
  CLUSTER_WATCH_WORKFLOW,
  FLINK_JOB_WORKFLOW,
  historyQuery,
  jobQuery,
  observedSignal,
  operationSignals,
  RELEASE_WATCH_WORKFLOW,
  searchAttributes,
} from '../../src/workflows/messages.ts';
import type { VirtualClock } from './simulation/clock.ts';
import type { SeededRandom } from './simulation/random.ts';
import type { Run } from './simulation/run.ts';
import { NoWorker, WorkflowNotFound } from './simulation/messages.ts';
import type { SimulatedTemporal } from './simulation/server.ts';
import type { World } from '../world/world.ts';

/** The settings for people, with rarer rounds and more frequent turns, because a scenario is some minutes long. */
export const scenarioWatch: WatchSettings = {
  ...watchSettings,
  everyMs: 6_000,
  sameJobEveryMs: 6_000,
  goneAfterMs: 60_000,
  sweepEveryMs: 60_000,
  signsEveryMs: 3_000,
  visibilityLagMs: 5_000,
  turnAfterMs: 200_000,
};

/** The watch of every cluster, by every Sluice. */
export function watchClusters({
  sluices,
  world,
}: {
  readonly sluices: ReadonlyMap<string, SimulatedTemporal>;
  readonly world: World;
}): void {
  for (const temporal of sluices.values()) {
    for (const cluster of world.clusters.keys()) {
      temporal.startIfAbsent(watchIdOf(cluster), CLUSTER_WATCH_WORKFLOW, { cluster });
    }
  }
}

/** The watch of the releases, which looks rarely, because each look reads the catalogue over the slow network. */
export const scenarioReleaseWatch: ReleaseWatchSettings = {
  ...releaseWatchSettings,
  everyMs: 15_000,
  turnAfterMs: 200_000,
};

/** The watch of the releases, by every Sluice. */
export function watchReleases({
  sluices,
  world,
}: {
  readonly sluices: ReadonlyMap<string, SimulatedTemporal>;
  readonly world: World;
}): void {
  const { bucket } = world.s3;
  for (const temporal of sluices.values())
    temporal.startIfAbsent(releaseWatchIdOf(bucket), RELEASE_WATCH_WORKFLOW, { bucket });
}

/** The jobs on a simulated Temporal, as `createReleasedJobs` talks to those of a real one. */
export function releasedJobs(
  temporal: () => SimulatedTemporal,
  { travel }: Pick<Surroundings, 'travel'>,
): ReleasedJobs {
  return {
    async see(job) {
      await travel();
      const id = workflowIdOf(job);
      const seen = asyncLocalStorage.exit(() => {
        if (!temporal().runs(id).at(-1)?.isOpen) return null;
        try {
          // The types of the answers of those queries.
          const operations = temporal().query(id, historyQuery.name) as OperationRecord[];
          return { operations, view: temporal().query(id, jobQuery.name) as JobView };
        } catch (error) {
          if (!(error instanceof NoWorker)) throw error;
          throw new SluiceError('TemporalUnavailable', error.message, { cause: error });
        }
      });
      await travel();
      return seen;
    },
    async deploy(job, request) {
      await travel();
      asyncLocalStorage.exit(() => {
        temporal().signalWithStart(
          workflowIdOf(job),
          FLINK_JOB_WORKFLOW,
          { job },
          operationSignals.deploy.name,
          request,
        );
      });
    },
  };
}

interface Surroundings {
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  /** The way to Temporal and back. */
  readonly travel: () => Promise<void>;
}

/** The workflows of the jobs on a simulated Temporal, as `createWatchedJobs` talks to those of a real one. */
export function watchedJobs(temporal: () => SimulatedTemporal, { clock, random, travel }: Surroundings): WatchedJobs {
  const ifThere = <T>(ask: () => T): T | null => {
    try {
      // The server and other workers act outside of every activity.
      return asyncLocalStorage.exit(ask);
    } catch (error) {
      if (error instanceof WorkflowNotFound || error instanceof NoWorker) return null;
      throw error;
    }
  };
  const far = async <T>(ask: () => T): Promise<T | null> => {
    await travel();
    const answer = ifThere(ask);
    await travel();
    return answer;
  };
  return {
    async tell(job, fact) {
      const tell = (): void => temporal().signal(workflowIdOf(job), observedSignal.name, fact);
      await far(tell);
      if (random.chance(0.2)) clock.after(random.below(60_000), () => void ifThere(tell));
    },
    async believedOn(cluster) {
      const open = await far(() => temporal().open());
      return (open ?? []).flatMap((run): BelievedJob[] => {
        const state = attribute(run, searchAttributes.state.name);
        const job = attribute(run, searchAttributes.job.name);
        if (attribute(run, searchAttributes.cluster.name) !== cluster || job === null) return [];
        return state === 'running' || state === 'unreachable' ? [{ job, state, runSince: run.identity.startedAt }] : [];
      });
    },
    async lastStarted(job) {
      // The type of that query's answer.
      const view = await far(() => temporal().query(workflowIdOf(job), jobQuery.name) as JobView);
      return view?.deployment ?? null;
    },
    async writeDown() {
      // The simulation hears every heartbeat at once.
      await travel();
    },
  };
}

function attribute({ searchAttributes: given }: Run, name: string): string | null {
  const payload = given[name];
  const value: unknown = payload && payloadConverter.fromPayload(payload);
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first : null;
}
