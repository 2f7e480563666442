/**
 * Health is derived from a series of looks at a job. A single bad look changes nothing; a problem that lasts makes the job
 * degraded. The functions are pure, so that a table of looks tests every case.
 */
import { fitting, type Fact } from './facts.ts';

export interface HealthLimits {
  /** A job that does not run for this time is degraded. */
  readonly notRunningMs: number;
  /** A job that runs for this time without a restart is well again; a shorter run may be one turn of a crash loop. */
  readonly settledMs: number;
}

export const healthLimits: HealthLimits = { notRunningMs: 120_000, settledMs: 60_000 };

/** A look at a job whose application lives. */
export interface HealthLook {
  readonly at: number;
  /** A sentence about the state of the Flink job; null when it is RUNNING. */
  readonly notRunning: string | null;
  /** Number of restores so far, which reveals restarts between two looks; null where this look did not ask. */
  readonly restores: number | null;
}

/** The memory from one look to the next. */
export interface Pulse {
  /** The first look that found the job not running; null while the job runs well. */
  readonly ailingSince: number | null;
  /** The first look since which the job has been RUNNING. */
  readonly runningSince: number | null;
  /** Whether the job ailed for `notRunningMs` and has not settled since. */
  readonly isAiling: boolean;
  readonly ailment: string;
  readonly restores: number | null;
  /** Whether a look saw the job not running, whose restore Flink has yet to count: it counts for no further restart. */
  readonly owesRestore: boolean;
}

/** The pulse before the first look. An earlier watcher may already have reported the job as ailing. */
export const firstPulse = (ailingSince: number | null): Pulse => ({
  ailingSince,
  runningSince: null,
  isAiling: ailingSince !== null,
  ailment: 'the Flink job has restarted',
  restores: null,
  owesRestore: false,
});

export function afterLook(pulse: Pulse, look: HealthLook, limits: HealthLimits): Pulse {
  const { at } = look;
  const restores = look.restores ?? pulse.restores;
  const more = look.restores === null || pulse.restores === null ? 0 : look.restores - pulse.restores;
  const hasRestarted = more > (pulse.owesRestore ? 1 : 0);
  const owesRestore = look.notRunning !== null || (pulse.owesRestore && more <= 0);
  const ailment = look.notRunning ?? (hasRestarted ? 'the Flink job restarts again and again' : null);
  const runningSince = look.notRunning !== null ? null : hasRestarted ? at : (pulse.runningSince ?? at);
  if (ailment !== null) {
    const ailingSince = pulse.ailingSince ?? at;
    const isAiling = pulse.isAiling || at - ailingSince >= limits.notRunningMs;
    return { ailingSince, runningSince, isAiling, ailment, restores, owesRestore };
  }
  const hasSettled = pulse.ailingSince === null || at - (runningSince ?? at) >= limits.settledMs;
  return hasSettled
    ? { ailingSince: null, runningSince, isAiling: false, ailment: '', restores, owesRestore: false }
    : { ...pulse, runningSince, restores, owesRestore };
}

/**
 * The time at which the verdict turns if nothing happens until then: an ailing job is degraded once it has ailed for long, and well
 * once it has run for long. Null where no time turns it.
 */
export function turnsAt({ ailingSince, runningSince, isAiling }: Pulse, limits: HealthLimits): number | null {
  if (ailingSince === null) return null;
  if (runningSince !== null) return runningSince + limits.settledMs;
  return isAiling ? null : ailingSince + limits.notRunningMs;
}

/** Flink's report about the checkpoints of a job; times in milliseconds since 1970. */
export interface CheckpointsSeen {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly tolerableFailures: number;
  /** The time of the report. A checkpoint is overdue only as of this time, because Flink may be silent since. */
  readonly seenAt: number;
  /** When the newest checkpoint completed, otherwise when the job began: that of a standby at its promotion. */
  readonly progressAt: number;
  readonly lastFailure: string | null;
}

/** Flink writes 2³¹−1 where failed checkpoints never fail the job; such a job still becomes degraded. */
const BOUNDLESS = 1_000_000;

/** The time that a job may go without a completed checkpoint: all tolerable failures, and two attempts more. */
export function checkpointPatienceMs({ intervalMs, timeoutMs, tolerableFailures }: CheckpointsSeen): number {
  const failures = tolerableFailures >= BOUNDLESS ? 0 : tolerableFailures;
  return Math.max(intervalMs, timeoutMs) * (failures + 2);
}

/** A letter for the newest fact about an application. The watcher sends a fact when the letter changes. */
export const marks = {
  h: 'healthy',
  n: 'degraded: its Flink job does not run',
  c: 'degraded: it completes no checkpoints',
  b: 'degraded: both',
  e: 'ended',
  s: 'silent',
  g: 'silent, on a cluster that counts as gone',
} as const;
export type Mark = keyof typeof marks;

/** Tells whether an application with this mark was seen alive. */
export const isAlive = (mark: Mark): boolean => mark !== 'e' && !isSilent(mark);

/** Tells whether an application with this mark did not answer. */
export const isSilent = (mark: Mark): boolean => mark === 's' || mark === 'g';

export interface Verdict {
  readonly mark: Mark;
  readonly seen: Fact['seen'];
}

/** @returns null as long as the looks prove nothing, so that the last fact stands. */
export function verdictOf(pulse: Pulse, checkpoints: CheckpointsSeen | null): Verdict | null {
  const reasons: string[] = [];
  if (pulse.isAiling && pulse.ailingSince !== null) {
    reasons.push(`${pulse.ailment}; it has not run steadily since ${isoOf(pulse.ailingSince)}`);
  }
  const isOverdue =
    checkpoints !== null && checkpoints.seenAt - checkpoints.progressAt > checkpointPatienceMs(checkpoints);
  if (isOverdue) {
    const failure = checkpoints.lastFailure === null ? '' : `; last failure: ${checkpoints.lastFailure}`;
    reasons.push(`no checkpoint has completed since ${isoOf(checkpoints.progressAt)}${failure}`);
  }
  if (reasons.length > 0) {
    const mark = pulse.isAiling ? (isOverdue ? 'b' : 'n') : 'c';
    return { mark, seen: fitting({ kind: 'degraded', reasons, cause: null }) };
  }
  return pulse.runningSince === null ? null : { mark: 'h', seen: { kind: 'healthy' } };
}

const isoOf = (milliseconds: number): string => new Date(milliseconds).toISOString();
