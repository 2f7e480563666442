/** Restarts a failed job by itself. `recovery.ts` of the domain decides whether and when; each restart is an operation. */
import { judgeRestart } from '../../domain/job/recovery.ts';
import type { JobMemory } from '../../domain/job/job-memory.ts';
import { restartBegun } from '../../domain/job/transitions.ts';
import { clip } from '../../domain/values/clip.ts';
import { SUPERVISOR } from '../../domain/operation/asker.ts';
import type { Desk } from '../desk/desk.ts';
import { takeForSluice } from './front-desk.ts';

/** Characters of the reason of a failure that a restart quotes; a request's reason is at most 300. */
const QUOTED = 200;

/** Milliseconds until Sluice restarts the job; null where it does not. */
export function untilRestart(memory: JobMemory): number | null {
  const judged = judgeRestart(memory);
  return judged.kind === 'planned' ? Math.max(1, judged.at - Date.now()) : null;
}

/** Takes the restart, unless something has changed while the job waited for it. */
export function heedFailure(desk: Desk): void {
  const { memory } = desk;
  const { current } = memory;
  const judged = judgeRestart(memory);
  if (judged.kind !== 'planned' || judged.at > Date.now() || !current) return;
  const { operationId, attempt } = judged;
  const budget = `attempt ${attempt} of ${current.restart?.maxAttempts ?? attempt}`;
  const what = `deployment ${current.number} ${current.ended ? 'failed' : 'is degraded'}`;
  const reason = `${budget}: ${what}: ${whyOf(memory)}`;
  restartBegun(memory, operationId);
  takeForSluice(desk, { kind: 'restart', id: operationId, reason, ...(current.ended ? {} : TAKE_OVER) }, SUPERVISOR);
}

/** A job that crashes again and again can take no savepoint. */
const TAKE_OVER = { stopWith: 'none', from: 'latest-checkpoint', discardNewerState: true } as const;

const whyOf = ({ stateReason, healthReasons, cause }: JobMemory): string => {
  const why = stateReason ?? healthReasons[0] ?? cause?.evidence ?? 'its instance ended';
  return clip(why, QUOTED).replaceAll(/\p{Cc}+/gu, ' ');
};
