/**
 * A lost cluster with two thousand jobs, in virtual time and with the times for people: the watcher finds it gone, and all jobs come up
 * on the other cluster, within the bounds of its turns at every moment and in the order of their labels, each by one failover of its own.
 *
 * Seen to fail: turns that are given beyond their bound, or beyond their rate; turns that are given in the order of names.
 */
import { expect, test } from 'vitest';
import { turnsIdOf, workflowIdOf } from '../../src/domain/identity/workflow-ids.ts';
import { timeLimits } from '../../src/domain/time-limits.ts';
import type { TurnAsk } from '../../src/domain/turns/messages.ts';
import {
  askTurnSignal,
  CLUSTER_TURNS_WORKFLOW,
  FLINK_JOB_WORKFLOW,
  leaveTurnSignal,
  operationSignals,
  turnLimitsSignal,
} from '../../src/workflows/messages.ts';
import { CLASSES, inClasses, Moves } from '../world/moves.ts';
import { openSandbox } from './bundle.ts';
import { faults } from './faults.ts';
import { payloadsOf } from './simulation/messages.ts';
import type { SimulatedTemporal } from './simulation/server.ts';
import { onStage, type Stage } from './stage.ts';
import type { Instance } from './instance.ts';
import { watchClusters } from './watcher.ts';

/** A smaller number serves whoever breaks a rule to see it found. */
const COUNT = Number(process.env['SLUICE_LOST_JOBS'] ?? 2_000);
const MINUTE_MS = 60_000;
/** The bounds that a cluster has by default. */
const BOUNDS = { maxParallel: 10, perMinute: 60 };
const { jobs, classOf, jobsOf } = inClasses(COUNT, 4);
/** A deploy reads the list of all files of its release, so a release has few jobs. */
const JOBS_IN_A_RELEASE = 50;

const TURNS = turnsIdOf('yarn-b');
/** A job that nobody deploys has the only turn until all others wait. */
const OCCUPANT = { job: 'occupant', operationId: 'o' };

/** The times for people, but for looks at jobs to which nothing happens. */
const watch = {
  ...{ everyMs: 20_000, sameJobEveryMs: 600_000, checkpointsEveryMs: 600_000, tracesEveryMs: 3_600_000 },
  adoptedEveryMs: 600_000,
  ...{ signsEveryMs: 10_000, goneAfterMs: timeLimits.goneAfter, turnAfterMs: timeLimits.watchTurn },
};

/** @returns the release of each job. */
function publish({ world }: Stage): ReadonlyMap<string, string> {
  const releases = new Map<string, string>();
  for (const [own, labels] of CLASSES.entries()) {
    const members = jobsOf(own);
    for (let first = 0; first < members.length; first += JOBS_IN_A_RELEASE) {
      const some = members.slice(first, first + JOBS_IN_A_RELEASE);
      const release = `clicks/${own}.${first}.0`;
      const placement = '{cluster: yarn-a, backups: [yarn-b]}';
      world.publish(release, some, { labels, placement, recovery: '{failover: {mode: automatic}}' });
      for (const job of some) releases.set(job, release);
    }
  }
  return releases;
}

const isOnBackup = ({ world }: Stage, { application }: Pick<Instance, 'application'>): boolean =>
  world.clusters.get('yarn-b')?.applications.has(application) === true;

/** Lets time pass until so many operations of a kind are recorded. */
async function recorded(stage: Stage, wanted: 'deploy' | 'failover'): Promise<void> {
  const { clock, truth } = stage;
  const count = (): number => truth.audit.filter(({ record }) => record.kind === wanted).length;
  for (let minute = 0; minute < 180 && count() < COUNT; minute += 1) await clock.advance(MINUTE_MS);
  expect(count()).toBe(COUNT);
}

async function deployAll(stage: Stage, temporal: SimulatedTemporal): Promise<void> {
  for (const [job, release] of publish(stage)) {
    const request = { id: 'first', actor: 'ci', release };
    temporal.signalWithStart(workflowIdOf(job), FLINK_JOB_WORKFLOW, { job }, operationSignals.deploy.name, request);
  }
  await recorded(stage, 'deploy');
}

/** The cluster answers no more, while its JVMs live on until they read in S3 that they were left. */
function lose(stage: Stage): void {
  faults.yarnAndItsNodesSilent(stage, 1);
  faults.signsAreLost(stage);
}

/** The other cluster gives its only turn to a job that keeps it, until all jobs wait. */
async function allWait({ clock, world }: Stage, temporal: SimulatedTemporal, act: () => void): Promise<void> {
  const limits = { ...BOUNDS, maxParallel: 1 };
  temporal.startIfAbsent(TURNS, CLUSTER_TURNS_WORKFLOW, { cluster: 'yarn-b', limits });
  temporal.startIfAbsent(workflowIdOf(OCCUPANT.job), FLINK_JOB_WORKFLOW, { job: OCCUPANT.job });
  temporal.signal(TURNS, askTurnSignal.name, { ...OCCUPANT, priority: 0, at: new Date().toISOString() });
  await clock.advance(MINUTE_MS);
  act();
  const asking = (): number => {
    const asks = temporal.runs(TURNS).flatMap(({ messages }) => payloadsOf(askTurnSignal.name, messages));
    return new Set(asks.map((ask) => (ask as TurnAsk).job)).size; // workflows sent them
  };
  for (let minute = 0; minute < 14 && asking() <= COUNT; minute += 1) await clock.advance(MINUTE_MS);
  expect([asking(), world.clusters.get('yarn-b')?.submissions]).toEqual([COUNT + 1, []]);
  temporal.signal(TURNS, turnLimitsSignal.name, BOUNDS);
  temporal.signal(TURNS, leaveTurnSignal.name, OCCUPANT);
}

/** The most submissions on the other cluster within a minute. */
function mostInAMinute(stage: Stage): number {
  const times = stage.truth.instances.filter((one) => isOnBackup(stage, one)).map(({ submittedAt }) => submittedAt);
  return Math.max(...times.map((at, index) => times.slice(index).filter((one) => one - at < MINUTE_MS).length));
}

/** Lists the ways in which a job has not moved once, from its newest checkpoint. */
function wrongWith(stage: Stage, job: string): unknown[] {
  const { truth } = stage;
  const [old, moved, ...others] = truth.of(job);
  const operations = truth.audit.filter(({ record }) => record.job === job).map(({ record }) => record);
  const said = operations.map(({ kind, via, outcome }) => `${kind} via ${via}: ${outcome ?? ''}`).join(', ');
  const facts = {
    'has two instances': moved !== undefined && others.length === 0,
    'lives on the other cluster alone': moved !== undefined && isOnBackup(stage, moved) && old?.goneAt !== null,
    'lives once': truth.live(job).length === 1 && truth.live(job)[0] === moved && moved?.others.length === 0,
    'goes on from its newest checkpoint': moved?.restoredFrom === old?.snapshots.at(-1)?.path,
    'has one failover': said === 'deploy via signal: succeeded, failover via supervisor: succeeded',
  };
  return Object.entries(facts).flatMap(([fact, holds]) => (holds ? [] : [`${job}: not "${fact}": ${said}`]));
}

test('all jobs of a lost cluster come up elsewhere, within its bounds and in order', async () => {
  const moves = new Moves({ ...BOUNDS, classOf });
  const options = { seed: 1, installations: ['one'], evictions: 0, leaseMs: timeLimits.lease, watch };
  await onStage({ sandbox: await openSandbox(), ...options }, async (stage) => {
    const { truth, world, sluices } = stage;
    const temporal = sluices.get('one')!;
    truth.onInstance.push((instance) => {
      if (isOnBackup(stage, instance)) moves.submitted(instance.job);
    });
    truth.onRecord.push(({ record }) => moves.ended(record.job));
    await deployAll(stage, temporal);
    watchClusters(stage);
    await allWait(stage, temporal, () => lose(stage));
    await recorded(stage, 'failover');
    expect(moves.broken).toEqual([]);
    expect(moves.most).toBe(BOUNDS.maxParallel);
    // Jobs that had their turn in the minute before, and are submitted in this one.
    expect(mostInAMinute(stage)).toBeLessThanOrEqual(BOUNDS.perMinute + BOUNDS.maxParallel);
    expect(jobs.flatMap((job) => wrongWith(stage, job))).toEqual([]);
    expect(world.overlaps).toEqual([]);
    expect(temporal.defects).toEqual([]);
  });
});
