/** The parts of a scenario: its releases, its steps, and its circumstances. */
import type { OperationKind } from '../../src/domain/lifecycle.ts';
import type { Behaviour } from '../world/witness.ts';
import type { EffectName, FaultName } from './faults.ts';

/** Releases that can be asked for. Absent: the release does not exist. */
export const releases: Readonly<
  Record<string, { behaviour: Behaviour; lines?: Readonly<Record<string, string>> } | null>
> = {
  'clicks/1.0.0': { behaviour: 'healthy' },
  'clicks/1.1.0': { behaviour: 'healthy' },
  'clicks/1.2.0-b': { behaviour: 'healthy', lines: { placement: '{cluster: yarn-b, backups: [yarn-a]}' } },
  'clicks/main-throws': { behaviour: 'failsInMain' },
  'clicks/no-checkpoint': { behaviour: 'neverCheckpoints' },
  'clicks/fails-late': { behaviour: 'failsAfterCheckpoint' },
  'clicks/exits': { behaviour: 'applicationFails' },
  'clicks/own-storage': { behaviour: 'checkpointsElsewhere' },
  'clicks/own-retention': { behaviour: 'deletesCheckpoints' },
  // A program without checkpoints proves its health by running for a minute.
  'clicks/no-state': {
    behaviour: 'neverCheckpoints',
    lines: {
      flink: '{version: "1.20.1", config: {execution.checkpointing.timeout: 5s, metrics.scope.jm: "clicks/no-state"}}',
      upgrade: '{timeouts: {savepoint: 65s, stop: 10s, start: 10s}, verify: {timeout: 90s}}',
    },
  },
  'clicks/no-queue': { behaviour: 'healthy', lines: { yarn: '{queue: nowhere}' } },
  'clicks/none': null,
  'evil/1.0.0': { behaviour: 'healthy' },
};

/** The setting that every hotfix sets here, so that what runs can be told from outside. */
export const HOTFIXED = 'flink.config.metrics.scope.tm';
/** A value with which main() throws. */
export const BROKEN_HOTFIX = 'hot-broken';

/** A `from` that stands for the path of the oldest savepoint that is there when it is asked for. */
export const OLDEST = 'oldest-savepoint';

export interface Ask {
  readonly do: 'ask';
  readonly sluice: number;
  readonly door: 'signal' | 'update';
  readonly kind: OperationKind;
  readonly payload: Readonly<Record<string, unknown>>;
  /** `new`: an id of its own; `none`: left to Sluice; `again`: the last ask once more; `reused`: its id with another payload. */
  readonly id: 'new' | 'none' | 'again' | 'reused';
}

export type Step =
  | Ask
  | { readonly do: 'junk'; readonly sluice: number; readonly kind: OperationKind; readonly what: number }
  /** Somebody asks what an operation would do. */
  | {
      readonly do: 'plan';
      readonly sluice: number;
      readonly kind: OperationKind;
      readonly payload: Readonly<Record<string, unknown>>;
    }
  /** A message to the operation that runs: the newest one that was asked for, or one that never was. */
  | { readonly do: 'cancel'; readonly sluice: number; readonly door: 'signal' | 'update'; readonly known: boolean }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'fault'; readonly name: FaultName; readonly how: number }
  | { readonly do: 'heal' }
  /** Another project publishes a release with a deployment file for the job, and wants it to deploy itself. */
  | { readonly do: 'takeover' }
  /** Somebody starts the program by hand. */
  | { readonly do: 'stranger'; readonly cluster: string }
  | { readonly do: 'worker'; readonly sluice: number; readonly how: 'kill' | 'pause' | 'shutdown'; readonly ms: number }
  /** The same befalls it exactly before or after an effect on the outside: the next one of this kind. */
  | {
      readonly do: 'catch';
      readonly sluice: number;
      readonly when: 'before' | 'after';
      readonly effect: EffectName;
      readonly how: 'kill' | 'pause' | 'shutdown';
      readonly ms: number;
    }
  | {
      readonly do: 'workflow';
      readonly sluice: number;
      readonly how: 'terminate' | 'reset' | 'cancel';
      readonly back: number;
    };

export const pass = (ms: number): Step => ({ do: 'pass', ms });
/** A person deploys a release. */
export const deploy = (release: string): Ask => ({
  do: 'ask',
  sluice: 0,
  door: 'update',
  kind: 'deploy',
  payload: { release },
  id: 'new',
});
export const firstDeploy = deploy('clicks/1.0.0');
export const fault = (name: FaultName, how = 0): Step => ({ do: 'fault', name, how });

/** A client is held while its workflow is terminated, and submits beside what somebody has started by hand meanwhile. */
export const heldClient: readonly Step[] = [
  fault('launcherIsHeld'),
  {
    do: 'ask',
    sluice: 0,
    door: 'update',
    kind: 'deploy',
    id: 'new',
    payload: { release: 'clicks/1.0.0', launcher: 'shell-runner' },
  },
  pass(3_000),
  { do: 'workflow', sluice: 0, how: 'terminate', back: 0 },
  { do: 'stranger', cluster: 'yarn-a' },
  pass(65_000),
  fault('launcherGoesOn'),
  pass(20_000),
];

export interface Scenario {
  readonly seed: number;
  readonly installations: number;
  readonly evictions: number;
  readonly suggestAfter: number;
  /** How long YARN takes from one state of an application to the next. */
  readonly yarnTakesMs: number;
  /** Whether the clusters are watched. */
  readonly watched: boolean;
  /** Whether the clusters give turns, one a minute. */
  readonly turns: boolean;
  /** Whether the releases are watched. */
  readonly releasesWatched: boolean;
  /** How long restore points are kept beyond the newest, as a deployment file says it; null: longer than a scenario is. */
  readonly keep: string | null;
  /** Whether Sluice restarts what fails. */
  readonly restarts: boolean;
  /** Whether the JVMs of the job keep a lease, by which an instance that nobody reaches can be known to be dead. */
  readonly leased: boolean;
  /** Whether Flink's adaptive scheduler runs the job, so that a hotfix of its parallelism is rescaled in place. */
  readonly adaptive: boolean;
  /** Whether the deployment files want a warm handover. */
  readonly warm: boolean;
  readonly steps: readonly Step[];
}

/** The budget of restarts in each deployment file that lets Sluice restart. */
export const RESTARTS = { most: 3, minutes: 10 } as const;

const POLICY = `{maxAttempts: ${RESTARTS.most}, window: ${RESTARTS.minutes}m, backoff: {initial: 1s, max: 30s}}`;

/** Each release is known by a setting, so that what runs can be told from outside; waits are as short as is allowed. */
export const deploymentLines = (
  release: string,
  { keep, restarts, leased, adaptive, warm }: Pick<Scenario, 'keep' | 'restarts' | 'leased' | 'adaptive' | 'warm'>,
): Record<string, string> => ({
  flink: `{version: "1.20.1", config: {execution.checkpointing.interval: 1s, execution.checkpointing.timeout: 5s, metrics.scope.jm: "${release}"${adaptive ? ', jobmanager.scheduler: adaptive' : ''}}}`,
  ...(adaptive
    ? { job: '{jar: clicks.jar, entryClass: com.example.Clicks, parallelism: 2}', taskManager: '{slots: 4}' }
    : {}),
  placement: '{cluster: yarn-a, backups: [yarn-b]}',
  upgrade: `{timeouts: {savepoint: 65s, stop: 10s, start: 10s}, verify: {timeout: 10s}, handover: ${warm ? 'auto' : 'never'}}`,
  recovery: `{restart: ${restarts ? POLICY : '{enabled: false}'}, failover: {mode: ${leased ? 'automatic' : 'manual'}}}`,
  ...(keep === null ? {} : { savepoints: `{keep: {count: 1, maxAge: ${keep}}}` }),
});

/** The circumstances of a scenario that says nothing else. */
export const plain: Omit<Scenario, 'steps'> = {
  seed: 1,
  installations: 1,
  evictions: 0,
  suggestAfter: 4_096,
  yarnTakesMs: 0,
  watched: false,
  turns: false,
  releasesWatched: false,
  keep: null,
  restarts: false,
  leased: false,
  adaptive: false,
  warm: false,
};
