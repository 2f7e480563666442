/** What activities act with; created once in `worker.ts` and handed in by the front door. */
import type { FlinkClient } from '../clients/flink.ts';
import type { S3Client } from '../clients/s3.ts';
import type { YarnClient } from '../clients/yarn.ts';
import { SluiceError } from '../domain/errors.ts';
import type { FlinkConfig } from '../domain/flink-config.ts';
import type { HolderId } from '../domain/fence.ts';
import type { Launcher } from '../launchers/launcher.ts';

export interface Cluster {
  readonly name: string;
  readonly zone: string;
  readonly yarn: YarnClient;
  readonly launcher: Launcher;
  readonly flinkConfig: FlinkConfig;
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
   * Milliseconds after which no submit can be under way any more that read the fence before it was changed; longer than
   * the deadline of a request (8 s).
   */
  readonly submitWindowMs: number;
}

export function clusterOf({ clusters }: Dependencies, name: string): Cluster {
  const cluster = clusters.get(name);
  if (cluster) return cluster;
  throw new SluiceError(
    'UnknownCluster',
    `cluster ${name} is not configured; there are ${[...clusters.keys()].join(', ')}`,
  );
}

export const holderIn = ({ installation }: Dependencies, runId: string): HolderId => ({ installation, runId });

/** URI of a key as Flink writes and reads it. */
export const flinkUri = ({ s3 }: Dependencies, key: string): string => `s3://${s3.bucket}/${key}`;

/** The inverse of `flinkUri`; null when the URI is not in our bucket. */
export function keyOfUri({ s3 }: Dependencies, uri: string): string | null {
  const match = /^s3a?:\/\/([^/]+)\/(.*)$/.exec(uri);
  return match?.[1] === s3.bucket ? (match[2] ?? '') : null;
}

export const now = (): string => new Date().toISOString();
