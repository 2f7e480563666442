/** JobManagers of the bench: each application gets one with its own address, and they write snapshots to the real S3. */
import type { S3Client } from '../../src/clients/s3/s3.ts';
import { messageOf } from '../../src/domain/errors/message-of.ts';
import { stagedConfigKey } from '../../src/domain/identity/storage-keys.ts';
import { identityOfTags } from '../../src/domain/identity/yarn-tags.ts';
import { parseDuration } from '../../src/domain/input/durations.ts';
import { createFakeFlink, type FakeFlink } from '../../test/fakes/flink.ts';
import type { FakeApplication } from '../../test/fakes/yarn.ts';
import { tell } from '../latency/terminal.ts';

/** A savepoint of a small job takes about so long. */
const SAVEPOINT_TAKES_MS = 500;
const LOOK_EVERY_MS = 1_000;
/** Magic and version with which every `_metadata` of Flink begins; then comes the id of the checkpoint. */
const MAGIC = 0x4960672d;
const VERSION = 4;
const ID_OFFSET = 8;
const HEAD_BYTES = 16;

interface JobManager {
  readonly flink: FakeFlink;
  readonly jobId: string;
  readonly intervalMs: number;
}

export class JobManagers {
  readonly #s3: S3Client;
  readonly #all = new Set<JobManager>();
  #suffixes = 0;

  constructor(s3: S3Client) {
    this.#s3 = s3;
    setInterval(() => this.#checkpoint(), LOOK_EVERY_MS).unref();
  }

  /** Brings up the JobManager of an application, from the configuration that Sluice has staged. */
  async start({ tags }: FakeApplication): Promise<FakeFlink | null> {
    const { job, flinkJobId } = identityOfTags(tags);
    if (job === null || flinkJobId === null) return null;
    const config = (await this.#s3.get(stagedConfigKey(job, flinkJobId)))?.body;
    if (config === undefined) throw new Error(`the configuration of ${job} is not staged`);
    const option = (key: string) => new RegExp(`"${key.replaceAll('.', '\\.')}": "([^"]+)"`).exec(config)?.[1];
    const restoredFrom = option('execution.state-recovery.path') ?? null;
    const lastId = restoredFrom === null ? 0 : await this.#idAt(restoredFrom);
    const flink = await this.#create(job, flinkJobId);
    const intervalMs = parseDuration(option('execution.checkpointing.interval') ?? '') ?? 60_000;
    flink.addJob({
      id: flinkJobId,
      restoredFrom,
      parallelism: Number(option('parallelism.default') ?? 1),
      checkpoints: { completed: 0, failed: 0, lastId, latestId: lastId, latestAt: null },
      checkpointing: {
        intervalMs,
        externalized: true,
        deletedOnCancellation: false,
        storage: 'FileSystemCheckpointStorage',
      },
    });
    flink.completeCheckpoint(flinkJobId);
    this.#all.add({ flink, jobId: flinkJobId, intervalMs });
    return flink;
  }

  async #create(job: string, jobId: string): Promise<FakeFlink> {
    let directory = '';
    const created: { flink?: FakeFlink } = {};
    const flink = await createFakeFlink({
      checkpointDirectory: `s3://${this.#s3.bucket}/checkpoints/${job}`,
      onBegin: (begun) => (directory = begun.directory.replace(/\/$/, '')),
      // Called once a savepoint begins. Its files are there before it is complete, as Flink's are.
      suffix: () => {
        const suffix = String((this.#suffixes += 1)).padStart(12, '0');
        const id = (created.flink?.jobs.get(jobId)?.checkpoints.lastId ?? 0) + 1;
        this.#write(`${directory}/savepoint-${jobId.slice(0, 6)}-${suffix}`, id);
        return suffix;
      },
      onSnapshot: ({ path, checkpointId }) => {
        if (path.includes('/chk-')) this.#write(path, checkpointId);
      },
      onDiscard: ({ path }) => {
        this.#s3.remove(this.#keyOf(path)).catch((failure: unknown) => tell(`S3: ${messageOf(failure)}`));
      },
    });
    created.flink = flink;
    flink.savepointTakes = SAVEPOINT_TAKES_MS;
    return flink;
  }

  #write(path: string, id: number): void {
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeUInt32BE(MAGIC, 0);
    head.writeUInt32BE(VERSION, 4);
    head.writeBigInt64BE(BigInt(id), ID_OFFSET);
    this.#s3.put(this.#keyOf(path), head).catch((failure: unknown) => tell(`S3: ${messageOf(failure)}`));
  }

  #keyOf = (path: string): string => `${path.replace(`s3://${this.#s3.bucket}/`, '')}/_metadata`;

  async #idAt(path: string): Promise<number> {
    const head = await this.#s3.getBytes(this.#keyOf(path));
    if (head === null) throw new Error(`there is no snapshot at ${path}`);
    return Number(Buffer.from(head).readBigInt64BE(ID_OFFSET));
  }

  /** Completes the checkpoints that are due. */
  #checkpoint(): void {
    const now = Date.now();
    for (const manager of this.#all) {
      const job = manager.flink.jobs.get(manager.jobId);
      if (job?.state !== 'RUNNING') this.#all.delete(manager);
      else if (now - (job.checkpoints.latestAt ?? job.startedAt) >= manager.intervalMs)
        manager.flink.completeCheckpoint(manager.jobId);
    }
  }
}
