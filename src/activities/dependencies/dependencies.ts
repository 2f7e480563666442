/** The clients and settings that activities act with; `worker.ts` creates them once and hands them in. */
import type { FlinkClient } from '../../clients/flink/flink.ts';
import type { S3Client } from '../../clients/s3/s3.ts';
import type { YarnClient } from '../../clients/yarn/yarn.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import type { FlinkConfig } from '../../domain/flink-options/flink-config.ts';
import type { HolderId } from '../../domain/lock/fence.ts';
import { chooseLauncher, type LauncherChoice, type LauncherName } from '../../domain/identity/launcher-name.ts';
import type { PublicKeys, Signer } from '../../domain/operation/signature.ts';
import { keyInBucket, uriOf } from '../../domain/identity/storage-keys.ts';
import type { Launcher } from '../../launchers/launcher.ts';
import type { WarmUps } from '../../launchers/warm-up.ts';
import type { CampaignJobs, CampaignSettings } from './campaign-settings.ts';
import type { ReleasedJobs, ReleaseWatchSettings } from './release-watch-settings.ts';
import type { NotifierParts } from './notifier.ts';
import type { Schedules } from './schedules.ts';
import type { WatchedJobs, WatchSettings } from './watch-settings.ts';

export interface Cluster {
  readonly name: string;
  readonly yarn: YarnClient;
  /** The launchers that the cluster offers. */
  readonly launchers: Readonly<Partial<Record<LauncherName, Launcher>>>;
  readonly flinkConfig: FlinkConfig;
  /** Whether the cluster grows on demand, so that its size of now refuses nothing. */
  readonly elastic?: boolean;
  /** Submits the applications that make class archives; absent in an installation without an agent. */
  readonly warmUps?: WarmUps | undefined;
}

/** How this process signs, and which signatures jobs must ask for. */
export interface Signing {
  /** Null: requests need no signature. */
  readonly required: PublicKeys | null;
  readonly signer: Signer | null;
}

export interface Dependencies {
  /** Name of this Sluice; together with a run id it says who holds a claim. */
  readonly installation: string;
  readonly s3: S3Client;
  readonly flink: FlinkClient;
  readonly clusters: ReadonlyMap<string, Cluster>;
  /** Flink versions that are provided. */
  readonly flinkVersions: readonly string[];
  /** Flink settings of the whole platform. */
  readonly flinkConfig: FlinkConfig;
  /**
   * Milliseconds after a change of the fence within which a submit may still arrive that read the fence before; normally
   * `timeLimits.submitWindow`.
   */
  readonly submitWindowMs: number;
  readonly signing: Signing;
  readonly jobs: WatchedJobs;
  readonly schedules: Schedules;
  readonly watch: WatchSettings;
  readonly releasedJobs: ReleasedJobs;
  readonly releaseWatch: ReleaseWatchSettings;
  /** Null where nobody is to be notified of anything. */
  readonly notifier: NotifierParts | null;
  readonly campaignJobs: CampaignJobs;
  readonly campaign: CampaignSettings;
  /** Milliseconds between two looks at a job of which no system gives an answer. */
  readonly lookEveryMs: number;
  /**
   * Milliseconds after which a ResourceManager has heard of every node that lives. YARN calls a node lost that was silent
   * for 10 minutes (`yarn.nm.liveness-monitor.expiry-interval-ms`).
   */
  readonly nodesReportWithinMs: number;
  /** Milliseconds that a job whose savepoint was refused may take to be RUNNING again. */
  readonly runningAgainMs: number;
}

export function clusterOf({ clusters }: Dependencies, name: string): Cluster {
  const cluster = clusters.get(name);
  if (cluster) return cluster;
  throw new SluiceError(
    'UnknownCluster',
    `cluster ${name} is not configured; there are ${[...clusters.keys()].join(', ')}`,
  );
}

/**
 * The cluster of an instance that may live. A cluster that was taken out of the configuration counts as silent, because
 * unreachable is not dead.
 * @throws SluiceError `ClusterUnreachable`.
 */
export function clusterOfInstance({ clusters }: Dependencies, name: string): Cluster {
  const cluster = clusters.get(name);
  if (cluster) return cluster;
  throw new SluiceError(
    'ClusterUnreachable',
    `cluster ${name} is not configured any more, so nothing can be asked of it`,
  );
}

/** @throws SluiceError `LauncherUnavailable`. */
export function launcherOf({ name, launchers }: Cluster, launcher: LauncherName): Launcher {
  const offer = launchers[launcher];
  if (offer) return offer;
  throw new SluiceError(
    'LauncherUnavailable',
    `cluster ${name} does not offer the launcher ${launcher}; it offers ${Object.keys(launchers).join(', ')}`,
  );
}

/** The launcher that is asked for, or with `auto` the best that the cluster offers. @throws SluiceError `LauncherUnavailable`. */
export function chosenLauncher({ name, launchers }: Cluster, asked: LauncherChoice): LauncherName {
  const chosen = chooseLauncher(asked, (candidate) => launchers[candidate] !== undefined);
  if (chosen) return chosen;
  const offered = Object.keys(launchers).join(', ');
  throw new SluiceError('LauncherUnavailable', `the launcher is to be ${asked}; cluster ${name} offers ${offered}`);
}

export const holderIn = ({ installation }: Dependencies, runId: string): HolderId => ({ installation, runId });

/** URI of a key as Flink writes and reads it. */
export const flinkUri = ({ s3 }: Dependencies, key: string): string => uriOf(s3.bucket, key);

/** The inverse of `flinkUri`; null when the URI is not in our bucket. */
export const keyOfUri = ({ s3 }: Dependencies, uri: string): string | null => keyInBucket(s3.bucket, uri);

export const now = (): string => new Date().toISOString();
