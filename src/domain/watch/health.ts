/**
 * How a job is, made of what was seen of it: pure, so that a table of looks tells every case. One bad look says nothing;
 * what lasts does.
 */
import { fitting, type Fact } from './facts.ts';

export interface HealthLimits {
  /** A job that does not run for so long is degraded. */
  readonly notRunningMs: number;
  /** Running for so long without a restart, it runs again; less is one turn of a crash loop. */
  readonly settledMs: number;
}

export const healthLimits: HealthLimits = { notRunningMs: 120_000, settledMs: 60_000 };

/** One look at a job whose application lives. */
export interface Look {
  readonly at: number;
  /** Null: the Flink job is RUNNING. Else what it is instead, as a sentence. */
  readonly notRunning: string | null;
  /** How often it was restored so far, which betrays restarts between two looks; null where it was not asked. */
  readonly restores: number | null;
}

/** What is remembered from look to look. */
export interface Pulse {
  /** When it was first seen not to run; null while it runs well. */
  readonly ailingSince: number | null;
  /** The first look of those that found it RUNNING ever since. */
  readonly runningSince: number | null;
  /** It ailed long enough, and has not settled since. */
  readonly isAiling: boolean;
  readonly ailment: string;
  readonly restores: number | null;
}

/** Of a job that was never looked at; or one that is known to have ailed, by whoever watched it before. */
export const firstPulse = (ailingSince: number | null): Pulse => ({
  ailingSince,
  runningSince: null,
  isAiling: ailingSince !== null,
  ailment: 'the Flink job has restarted',
  restores: null,
});

export function afterLook(pulse: Pulse, look: Look, limits: HealthLimits): Pulse {
  const { at } = look;
  const restores = look.restores ?? pulse.restores;
  const hasRestarted = look.restores !== null && pulse.restores !== null && look.restores > pulse.restores;
  const ailment = look.notRunning ?? (hasRestarted ? 'the Flink job restarts again and again' : null);
  const runningSince = look.notRunning !== null ? null : hasRestarted ? at : (pulse.runningSince ?? at);
  if (ailment !== null) {
    const ailingSince = pulse.ailingSince ?? at;
    const isAiling = pulse.isAiling || at - ailingSince >= limits.notRunningMs;
    return { ailingSince, runningSince, isAiling, ailment, restores };
  }
  const hasSettled = pulse.ailingSince === null || at - (runningSince ?? at) >= limits.settledMs;
  return hasSettled
    ? { ailingSince: null, runningSince, isAiling: false, ailment: '', restores }
    : { ...pulse, runningSince, restores };
}

/** What Flink tells of a job's checkpoints; times in milliseconds since 1970. */
export interface CheckpointsSeen {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly tolerableFailures: number;
  /** When Flink told this: silence since then is no missing checkpoint. */
  readonly seenAt: number;
  /** The newest that completed, or else when the application started. */
  readonly progressAt: number;
  readonly lastFailure: string | null;
}

/** Flink writes 2³¹−1 where failed checkpoints never fail the job; no completed one is still worth knowing then. */
const BOUNDLESS = 1_000_000;

/** How long a job may go without a completed checkpoint: all tolerable failures, and one more of each kind of delay. */
export function checkpointPatienceMs({ intervalMs, timeoutMs, tolerableFailures }: CheckpointsSeen): number {
  const failures = tolerableFailures >= BOUNDLESS ? 0 : tolerableFailures;
  return Math.max(intervalMs, timeoutMs) * (failures + 2);
}

/** One letter for what is told of an application; an edge is a change of the letter. */
export const marks = {
  h: 'healthy',
  n: 'degraded: its Flink job does not run',
  c: 'degraded: it completes no checkpoints',
  b: 'degraded: both',
  e: 'ended',
  s: 'silent',
} as const;
export type Mark = keyof typeof marks;

/** Whether an application with this mark was seen to live. */
export const isAlive = (mark: Mark): boolean => mark !== 'e' && mark !== 's';

export interface Verdict {
  readonly mark: Mark;
  readonly seen: Fact['seen'];
}

/** Null: nothing can be said yet, so that what was said last stands. */
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
