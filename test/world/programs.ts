/** The programs of a world: the files that their containers need, the settings that they run with, and how they behave. */
import type { FakeFlink, FakeJob } from '../fakes/flink.ts';
import type { FakeS3 } from '../fakes/s3.ts';
import type { FakeApplication } from '../fakes/yarn.ts';
import { stagedConfigKey, stagedGateKey } from '../../src/domain/identity/storage-keys.ts';
import { identityOfTags } from '../../src/domain/identity/yarn-tags.ts';
import { parseDuration } from '../../src/domain/input/durations.ts';
import type { FakeFlinkOptions } from '../fakes/flink/options.ts';
import { BUCKET, isSnapshotAt, removeSnapshot, writeMetadata } from './bucket.ts';
import type { Behaviour, InCode, Witness } from './witness.ts';

const MAIN_FAILS = 'java.lang.IllegalStateException: broken release\n\tat com.example.Clicks.main';
/** A cause as long as YARN's diagnostics are: the rest of a report must not be lost behind it. */
const RUN_FAILS = `java.lang.IllegalStateException: ${'no room '.repeat(200)}\n\tat com.example.Clicks.run`;

/** The file without which YARN cannot make the container of the application master: with Flink's client it is the gate. */
export function stagedFor({ tags, submission }: FakeApplication): string {
  const { job, flinkJobId } = identityOfTags(tags);
  if (job === null || flinkJobId === null) return '';
  return submission['config'] === undefined ? stagedConfigKey(job, flinkJobId) : stagedGateKey(job, flinkJobId);
}

/** The configuration of an instance: the staged file, or the text that Flink's client brought with its submission. */
export function configOf(application: FakeApplication, s3: FakeS3): string | undefined {
  const { config: launched, order } = application.submission;
  const staged = s3.objects.get(stagedFor(application))?.body.toString();
  return staged === undefined || typeof launched !== 'string' ? staged : `${launched}${String(order)}`;
}

/** The first file of a release that the containers get and that is not in S3: YARN cannot make them without it. */
export function missingFile({ submission }: FakeApplication, config: string, s3: FakeS3): string | null {
  const root = `s3a://${BUCKET}/`;
  const shipped = `${JSON.stringify(submission)}${config}`.match(/s3a:\/\/[^/]+\/releases\/[^"'\\\s,\]]+/g) ?? [];
  return shipped.find((uri) => !s3.objects.has(uri.slice(root.length))) ?? null;
}

export const releaseOf = (config: string): string => /releases\/([^/]+\/[^/]+)\//.exec(config)?.[1] ?? '';

/** Settings with which the program runs: its configuration, and the changes of main(). */
export function programOf(
  config: string,
  inCode: InCode,
): Pick<FakeJob, 'parallelism' | 'scheduler' | 'fixed' | 'checkpointing'> {
  const option = (key: string) => new RegExp(`"${key.replaceAll('.', '\\.')}": "([^"]+)"`).exec(config)?.[1];
  const duration = (key: string) => parseDuration(option(key) ?? '');
  const intervalMs = inCode.intervalMs ?? duration('execution.checkpointing.interval');
  return {
    parallelism: inCode.parallelism ?? Number(option('parallelism.default') ?? 1),
    scheduler: option('jobmanager.scheduler') === 'adaptive' && inCode.scheduler !== 'default' ? 'adaptive' : 'default',
    fixed: { ...inCode.fixed },
    checkpointing:
      intervalMs === null
        ? null
        : {
            intervalMs,
            timeoutMs: inCode.timeoutMs ?? duration('execution.checkpointing.timeout') ?? 600_000,
            mode: (inCode.mode ?? option('execution.checkpointing.mode') ?? 'EXACTLY_ONCE').toLowerCase(),
            stateBackend:
              option('state.backend.type') === 'rocksdb' ? 'EmbeddedRocksDBStateBackend' : 'HashMapStateBackend',
            externalized: true,
            deletedOnCancellation: false,
            storage: 'FileSystemCheckpointStorage',
          },
  };
}

/** The folder of a program that sets its own. */
export const OF_THE_PROGRAM = 'of-the-program/checkpoints';

export const completing: ReadonlySet<Behaviour> = new Set([
  'healthy',
  'failsAfterCheckpoint',
  'checkpointsElsewhere',
  'deletesCheckpoints',
]);

export function behave(flink: FakeFlink, jobId: string, behaves: Behaviour): void {
  const job = flink.jobs.get(jobId)!;
  if (behaves === 'finishes') job.state = 'FINISHED';
  if (behaves === 'neverRuns') job.state = 'CREATED';
  if (behaves === 'failsInMain') flink.failJob(jobId, MAIN_FAILS);
  if (behaves === 'checkpointsElsewhere') job.ownDirectory = `s3://${BUCKET}/${OF_THE_PROGRAM}`;
  if (behaves === 'deletesCheckpoints' && job.checkpointing) job.checkpointing.deletedOnCancellation = true;
  if (completing.has(behaves)) flink.completeCheckpoint(jobId);
  if (behaves === 'failsAfterCheckpoint') flink.failJob(jobId, RUN_FAILS);
}

/** A job that was rescaled completes a checkpoint soon, if it still runs. */
export function completeAgain(flink: FakeFlink, jobId: string): void {
  if (flink.jobs.get(jobId)?.state === 'RUNNING') flink.completeCheckpoint(jobId);
}

/** The snapshots of a JobManager as the bucket has them. */
export const snapshotsIn = (s3: FakeS3, witness: Witness | undefined, after: () => void) =>
  ({
    onSnapshot: (snapshot) => {
      writeMetadata(s3, snapshot.path, snapshot.checkpointId);
      witness?.snapshot(snapshot);
      after();
    },
    isSnapshot: (path) => isSnapshotAt(s3, path),
    onDiscard: ({ path }) => {
      removeSnapshot(s3, path);
      witness?.discarded(path);
    },
  }) satisfies FakeFlinkOptions;

/** Whether every job of an application has reached its end. */
export function hasFinished({ flink }: FakeApplication): boolean {
  const jobs = [...(flink?.jobs.values() ?? [])];
  return jobs.length > 0 && jobs.every(({ state }) => state === 'FINISHED');
}
