/**
 * Signs of life as the JobManager of a fake application gives them. test/contract/signs.test.ts holds them against the real part
 * (java/sluice-agent).
 */
import { z } from 'zod';
import { isTerminalJob } from '../../../src/clients/flink/replies.ts';
import type { FakeJob } from '../../fakes/flink.ts';
import type { FakeS3 } from '../../fakes/s3.ts';
import { BUCKET, store } from '../bucket.ts';
import type { FakeAgent } from './lease.ts';

/** The format, which only gains fields. */
export const Sign = z.strictObject({
  version: z.literal(1),
  job: z.string(),
  startKey: z.string(),
  epoch: z.number().int(),
  applicationId: z.string(),
  /** ISO 8601, by the clock of the node. */
  at: z.iso.datetime(),
  seen: z.enum(['starting', 'running', 'notRunning', 'ended']),
  because: z.enum(['state', 'restart', 'checkpoint', 'beat']),
  restarts: z.number().int().min(0),
  /** The id of the newest completed checkpoint or savepoint. */
  checkpoint: z.number().int().min(1).nullable(),
});
export type Sign = z.infer<typeof Sign>;

/** The settings of an application whose JobManager gives signs. */
interface Own {
  readonly key: string;
  readonly job: string;
  readonly startKey: string;
  readonly epoch: number;
  /** Milliseconds. */
  readonly checkpoints: number;
  /** Milliseconds between two signs at most; null without a lease. */
  readonly beat: number | null;
}

/** Finds the settings in the configuration of an application; null for one that gives no signs. */
export function signsIn(config: string): Own | null {
  const setting = (name: string) => new RegExp(`"metrics\\.reporter\\.sluice\\.${name}": "([^"]+)"`).exec(config)?.[1];
  const [uri, job, startKey, lease] = [setting('signs'), setting('job'), setting('start'), setting('lease')];
  if (uri === undefined || job === undefined || startKey === undefined) return null;
  return {
    key: uri.slice(`s3://${BUCKET}/`.length),
    job,
    startKey,
    epoch: Number(setting('epoch')),
    checkpoints: Number(setting('checkpoints')),
    beat: lease === undefined ? null : Number(lease) / 4,
  };
}

interface Giving {
  readonly own: Own;
  readonly applicationId: string;
  readonly agent: FakeAgent;
  readonly s3: FakeS3;
  readonly isAlive: () => boolean;
  /** The job, once its JobManager has it. */
  readonly job: () => FakeJob | undefined;
}

/** The real part looks so often. */
const LOOK_EVERY_MS = 250;

/** Begins to give signs. Call the returned function when something happened to the job. */
export function giveSigns({ own, applicationId, agent, s3, isAlive, job }: Giving): () => void {
  const { checkpoints, beat: every } = own;
  let given: Sign | null = null;
  let checkpointAt = -Infinity;
  let isDue = false;
  const isNew = ({ checkpoint }: Look): boolean => checkpoint !== null && checkpoint !== given?.checkpoint;
  const give = (because: Sign['because'] | null): void => {
    if (because === null || !isAlive() || !givesSigns(agent)) return;
    const look = lookAt(job());
    if (isNew(look)) checkpointAt = Date.now();
    given = { version: 1, ...identityOf(own), applicationId, at: new Date().toISOString(), because, ...look };
    store(s3, own.key, Buffer.from(JSON.stringify(given)));
  };
  const look = (): void => {
    isDue = false;
    const seen = lookAt(job());
    const isCheckpointDue = isNew(seen) && Date.now() - checkpointAt >= checkpoints;
    give(edgeBetween(given, seen) ?? (isCheckpointDue ? 'checkpoint' : null));
  };
  const beat = (pause: number): void => {
    if (!isAlive()) return;
    give('beat');
    setTimeout(() => beat(pause), pause).unref();
  };
  if (every !== null) setTimeout(() => beat(every), every).unref();
  return () => {
    if (isDue) return;
    isDue = true;
    setTimeout(look, LOOK_EVERY_MS).unref();
  };
}

const givesSigns = ({ losesSigns, isMissing, isUnanswered, isFrozen }: FakeAgent): boolean =>
  !(losesSigns || isMissing || isUnanswered || isFrozen);

type Look = Pick<Sign, 'seen' | 'restarts' | 'checkpoint'>;

const identityOf = ({ job, startKey, epoch }: Own) => ({ job, startKey, epoch });

function lookAt(job: FakeJob | undefined): Look {
  if (job === undefined) return { seen: 'starting', restarts: 0, checkpoint: null };
  const { latestId } = job.checkpoints;
  const newest = Math.max(latestId, job.latestSavepoint?.id ?? 0);
  const seen = isTerminalJob(job.state) ? 'ended' : job.state === 'RUNNING' ? 'running' : 'notRunning';
  return { seen, restarts: job.restarts, checkpoint: newest === 0 ? null : newest };
}

function edgeBetween(given: Sign | null, { seen, restarts }: Look): 'state' | 'restart' | null {
  if (seen !== (given?.seen ?? 'starting')) return 'state';
  return given !== null && restarts !== given.restarts ? 'restart' : null;
}
