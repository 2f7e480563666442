/** Instances as a test directs and sees them: how they behave, what happens to them, and what strangers start. */
import type { FakeS3 } from '../fakes/s3.ts';
import type { Transport } from '../fakes/transport.ts';
import type { FakeApplication } from '../fakes/yarn.ts';

/** How the next instances of a release behave once their JobManager is up. */
export type Behaviour =
  /** A bounded job that reaches its end at once. */
  | 'finishes'
  /** RUNNING, with a checkpoint soon. */
  | 'healthy'
  /** main() throws: the Flink job is FAILED at once. */
  | 'failsInMain'
  /** The JobManager answers, but the tasks are never RUNNING. */
  | 'neverRuns'
  /** RUNNING, but no checkpoint ever completes. */
  | 'neverCheckpoints'
  /** RUNNING, completes a checkpoint, then fails before it is verified. */
  | 'failsAfterCheckpoint'
  /** RUNNING, with a checkpoint soon, in a folder that the program sets in code. */
  | 'checkpointsElsewhere'
  /** RUNNING, with a checkpoint soon; the program sets DELETE_ON_CANCELLATION in code. */
  | 'deletesCheckpoints'
  /** The application ends before its JobManager answers. */
  | 'applicationFails';

/** Options that the program of a release sets itself in main(), whatever its configuration says. */
export interface InCode {
  readonly intervalMs?: number;
  readonly timeoutMs?: number;
  readonly mode?: string;
  readonly parallelism?: number;
  /** The scheduler of a cluster that does otherwise than the configuration says. */
  readonly scheduler?: 'default';
  /** Operators with a parallelism of their own, by the id of their vertex. */
  readonly fixed?: Readonly<Record<string, number>>;
}

/** Hears what happens to instances as it happens: the truth, without any API of Sluice. */
export interface Witness {
  /**
   * Without its staged configuration YARN cannot make its container, and without an open gate its JobManager does not begin: the
   * application exists and cannot act.
   */
  submitted(application: FakeApplication, how: { readonly isStaged: boolean; readonly isOpen: boolean }): void;
  /** Somebody else has started a program under the name of a job. */
  appeared(application: FakeApplication, what: { readonly job: string; readonly flinkJobId: string }): void;
  /** The JobManager comes up, with this configuration. */
  started(application: FakeApplication, start: { readonly config: string; readonly restoredFrom: string | null }): void;
  ended(application: FakeApplication): void;
  /** The last of its containers is gone. */
  gone(application: FakeApplication): void;
  /** The tasks of a Flink job have reached their end. */
  finished(flinkJobId: string): void;
  /** A savepoint or checkpoint is complete. */
  snapshot(snapshot: {
    readonly jobId: string;
    readonly checkpointId: number;
    readonly path: string;
    readonly isDrained?: boolean;
  }): void;
  /** Flink has deleted a checkpoint, by its own rules. */
  discarded(path: string): void;
  /** A stop or savepoint begins. */
  triggered(trigger: { readonly jobId: string; readonly kind: 'stop' | 'savepoint'; readonly directory: string }): void;
}

/** The systems of a world, and who hears what happens there. */
export interface Ground {
  readonly s3: FakeS3;
  readonly transport: Transport | undefined;
  readonly witness: Witness | undefined;
}

/** A program that somebody else starts. */
export interface Strange {
  readonly name: string;
  readonly cluster?: string;
  readonly flinkJobId?: string;
  readonly restoredFrom?: string;
  readonly tags?: readonly string[];
  readonly version?: string;
  /** Default: below `handmade/` in the bucket. */
  readonly checkpointDirectory?: string;
}
