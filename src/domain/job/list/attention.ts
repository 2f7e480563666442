/** The reasons why a person must look at a job. The list of jobs, the CLI and the docs read them from this table. */
import { keysOf } from '../../values/keys-of.ts';
import type { JobDigest } from './digest.ts';

interface AttentionEntry {
  readonly meaning: string;
  readonly holds: (job: Attended, now: number) => boolean;
}

/** Longer than a restart and a failover take, of which one was in vain. */
const LONG_FAILED_MS = 15 * 60_000;
/** Says when a failed job needs a person. An event of the same name says it with these words too. */
export const leftToPeople = 'Sluice does not start it again by itself, or has not for a quarter of an hour';

type Attended = Pick<JobDigest, 'state' | 'health'> & Partial<JobDigest>;

export const attentionReasons = {
  failed: {
    meaning: `The job failed, and nothing of it runs. ${leftToPeople}.`,
    holds: ({ state, restartAt, deployment }, now) =>
      state === 'failed' && (restartAt == null || now - Date.parse(deployment?.ended?.at ?? '') >= LONG_FAILED_MS),
  },
  unreachable: { meaning: 'The cluster of the job does not answer.', holds: ({ state }) => state === 'unreachable' },
  degraded: {
    meaning: 'The job runs and is not healthy.',
    holds: ({ state, health }) => state === 'running' && health === 'degraded',
  },
  pendingStop: {
    meaning: 'A stop has no known outcome yet, so nothing may be started.',
    holds: ({ pendingStopSince }) => pendingStopSince != null,
  },
  givenUp: {
    meaning: 'An instance was given up and may still run.',
    holds: ({ givenUp }) => givenUp !== undefined && givenUp > 0,
  },
  hotfixExpired: {
    meaning: 'The hotfix of the job has expired and still applies.',
    holds: ({ hotfix }, now) => hotfix != null && Date.parse(hotfix.expiresAt) <= now,
  },
} as const satisfies Record<string, AttentionEntry>;

export type AttentionReason = keyof typeof attentionReasons;

export const attentionNames = keysOf(attentionReasons);

/** Lists the reasons in the order of the table. */
export const attentionOf = (job: Attended, now: number): readonly AttentionReason[] =>
  attentionNames.filter((reason) => attentionReasons[reason].holds(job, now));
