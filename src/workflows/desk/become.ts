/** The job is in a state from now on: the only place where a state changes. */
import type { Cause } from '../../domain/errors/cause.ts';
import type { EndInProgress, JobMemory } from '../../domain/job/job-memory.ts';
import type { JobState } from '../../domain/lifecycle.ts';
import { recordLimits } from '../../domain/operation/operation.ts';
import { clip } from '../../domain/input/clip.ts';

interface Circumstances {
  readonly reason?: string | null;
  /** What made it so, where something is wrong. */
  readonly cause?: Cause | null;
  /** Of a running job; nobody knows how healthy something is that does not run. */
  readonly health?: 'healthy' | 'degraded';
  readonly healthReasons?: readonly string[];
}

export function become(memory: JobMemory, state: JobState, circumstances: Circumstances = {}): void {
  const now = new Date().toISOString();
  const { reason = null, cause = null, healthReasons = [] } = circumstances;
  const health = state === 'running' ? (circumstances.health ?? 'healthy') : 'unknown';
  if (memory.state !== state) memory.stateSince = now;
  if (memory.health !== health) memory.healthSince = now;
  // What runs is not being ended any more: an intention that came to nothing must not be carried out some day.
  if (state === 'running') memory.ending = null;
  memory.state = state;
  memory.cause = cause && { class: cause.class, evidence: cause.evidence };
  memory.stateReason = reason && clip(reason, recordLimits.detail);
  memory.health = health;
  memory.healthReasons = healthReasons.map((text) => clip(text, recordLimits.warning));
  memory.observedAt = now;
}

/** How the current instance is being ended, if it is. */
export const endInProgress = ({ ending, current }: JobMemory): EndInProgress | null =>
  ending !== null && ending.epoch === current?.epoch ? ending : null;
