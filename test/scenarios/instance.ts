/** Instances as YARN, Flink and S3 saw them, and what finds them quickly: a lost cluster has thousands. */
export interface Snapshot {
  readonly path: string;
  readonly epoch: number;
  readonly checkpointId: number;
  readonly at: number;
  /** Whether its stop drained the job: a start from it is asked for, or wrong. */
  readonly isDrained: boolean;
  /** When it was deleted, by Sluice or by Flink. */
  goneAt: number | null;
}

export interface Instance {
  readonly application: string;
  readonly job: string;
  readonly flinkJobId: string;
  /** A stranger has it once it is adopted. */
  epoch: number;
  readonly submittedAt: number;
  /** Flink's client submitted it, which a launcher ran. */
  readonly byRunner: boolean;
  /** Somebody else started it; it is an instance of Sluice's once that has adopted it. */
  readonly isStranger: boolean;
  /**
   * Whether YARN can make its container. A start that was submitted after its configuration was taken away is an
   * application of YARN's and no instance, unless it starts all the same.
   */
  canRun: boolean;
  /** Instances of the same job that lived when this one could run. */
  others: readonly string[];
  /** Snapshots that were complete then. */
  known: readonly Snapshot[];
  readonly snapshots: Snapshot[];
  startedAt: number | null;
  release: string | null;
  marker: string | null;
  /** The value of the setting that every hotfix sets here. */
  hotfix: string | null;
  restoredFrom: string | null;
  /** Whether the Flink job has reached its end. */
  isFinished: boolean;
  endedAt: number | null;
  /** The time at which the last of its containers was gone: until then the instance can write. */
  goneAt: number | null;
  /** When a person's decision closed its start, by the fence; null: nobody gave it up. */
  givenUpAt: number | null;
  /** Until when its lease lets it run after that; null: nobody can say. */
  leasedUntil: number | null;
  /** How it ended; `killed` is by a request of Sluice. */
  ended: {
    readonly how: 'killed' | 'other';
    readonly flinkJobRan: boolean;
    /** Whether somebody else killed it, or cancelled its Flink job. */
    readonly byHand: boolean;
    /** Whether S3 was away for longer than its lease. */
    readonly byLease: boolean;
  } | null;
}

export class InstanceIndex {
  /** Oldest first. */
  readonly all: Instance[] = [];
  readonly #ofJob = new Map<string, Instance[]>();
  readonly #ofApplication = new Map<string, Instance>();
  readonly #ofFlinkJob = new Map<string, Instance>();

  add(instance: Instance): void {
    const { job, application, flinkJobId } = instance;
    this.all.push(instance);
    this.#ofJob.set(job, [...this.ofJob(job), instance]);
    this.#ofApplication.set(application, instance);
    // Strangers may have one and the same.
    if (!this.#ofFlinkJob.has(flinkJobId)) this.#ofFlinkJob.set(flinkJobId, instance);
  }

  ofJob(job: string): readonly Instance[] {
    return this.#ofJob.get(job) ?? [];
  }

  ofApplication(application: string): Instance | undefined {
    return this.#ofApplication.get(application);
  }

  ofFlinkJob(flinkJobId: string): Instance | undefined {
    return this.#ofFlinkJob.get(flinkJobId);
  }
}
