/** The one interface by which a start reaches YARN. */
import type { ConfigEntry } from '../domain/deployment/effective-config.ts';
import type { Deployment } from '../domain/deployment/deployment.ts';
import type { ShippedFiles } from '../domain/deployment/shipped-files.ts';
import type { DeploymentFile } from '../domain/deployment-file/deployment-file.ts';
import type { ArchivedFlink } from './distribution.ts';
import type { FrameworkSettings } from '../domain/deployment/framework-settings.ts';

/** Everything that a launcher is told about one start. */
export interface Launch {
  readonly deployment: Deployment;
  readonly file: DeploymentFile;
  readonly shipped: ShippedFiles;
  readonly tags: readonly string[];
  /** The effective configuration, framework settings included. */
  readonly entries: readonly ConfigEntry[];
  /** The archives that the start uses; null for a start without class archives. */
  readonly archived: ArchivedFlink | null;
  /** Called directly before the request that starts the application; throws when it may not be sent. */
  readonly beforeSubmit: () => Promise<void>;
}

export interface Launcher {
  /** Whether its instances read the job's gate before they begin. */
  readonly isGated: boolean;
  /** Whether its applications can stand by: with everything up, and a main() that waits for the gate. */
  readonly canStandBy: boolean;
  /** Milliseconds of the lease that instances of this file keep; null for none. */
  leaseOf(file: DeploymentFile): number | null;
  /**
   * The framework settings that are its own.
   * @param standbyMs for a start that comes up as a standby: milliseconds after which it ends unless it is promoted.
   */
  settings(deployment: Deployment, file: DeploymentFile, shipped: ShippedFiles, standbyMs?: number): FrameworkSettings;
  /**
   * Hands the start to YARN under its reserved application id; doing it twice is one application.
   * @throws SluiceError `ClusterUnreachable` or `ClusterRejected`.
   */
  launch(launch: Launch): Promise<void>;
}
