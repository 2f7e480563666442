/** Jobs of the bench whose edges are made and timed here: each gives a sign as the part of Sluice in a JobManager does. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { S3Client } from '../../src/clients/s3/s3.ts';
import { flinkJobIdOf } from '../../src/domain/identity/ids.ts';
import { signKey } from '../../src/domain/identity/storage-keys.ts';
import type { FakeFlink } from '../../test/fakes/flink.ts';
import { CLUSTER } from '../idle/jobs.ts';

/** The real part looks at its job so often, and writes through Flink's access to S3, which took so long. */
const LOOK_EVERY_MS = 250;
const WRITE_TAKES_MS = 40;
/** The start of each job (bench/pretended-job.ts). */
const START = 'first-deploy/1';

/** An edge of a job; times in milliseconds since 1970. */
export interface Made {
  readonly job: string;
  readonly at: number;
  /** When its JobManager was asked for the first time since; null before. */
  askedAt: number | null;
  /** When its sign was in the bucket. */
  signedAt: number | null;
}

interface Parts {
  readonly flinkOf: ReadonlyMap<string, FakeFlink>;
  readonly s3: S3Client;
  readonly givesSigns: boolean;
}

export class SignedJobs {
  readonly #parts: Parts;
  /** The last edge of each job. */
  readonly #made = new Map<string, Made>();
  /** Writes of signs that failed. */
  readonly failures: unknown[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
    for (const [job, { jobs }] of parts.flinkOf) {
      const get = jobs.get.bind(jobs);
      // The routes of the JobManager look their job up here.
      jobs.get = (id) => {
        const made = this.#made.get(job);
        if (made) made.askedAt ??= Date.now();
        return get(id);
      };
    }
  }

  /** Puts the first signs there, as of jobs that have run for long. */
  async begin(): Promise<void> {
    for (const job of this.#parts.flinkOf.keys()) await this.#put(job);
  }

  /** Does something to a job, whose JobManager gives a sign when it looks next. */
  make(job: string, act: (flink: FakeFlink, id: string) => void): Made {
    const flink = this.#parts.flinkOf.get(job);
    if (!flink) throw new Error(`there is no job ${job}`);
    act(flink, flinkJobIdOf(job, START, 1));
    const made: Made = { job, at: Date.now(), askedAt: null, signedAt: null };
    this.#made.set(job, made);
    if (this.#parts.givesSigns)
      void sleep(Math.random() * LOOK_EVERY_MS + WRITE_TAKES_MS)
        .then(() => this.#put(job))
        .then(() => (made.signedAt = Date.now()))
        .catch((error: unknown) => this.failures.push(error));
    return made;
  }

  #put(job: string): Promise<void> {
    // About as long as a real one; the watcher does not read it.
    const sign = { version: 1, job, startKey: START, epoch: 1, at: new Date().toISOString(), seen: 'running' };
    return this.#parts.s3.put(signKey(CLUSTER, job), JSON.stringify(sign));
  }
}
