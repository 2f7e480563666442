/**
 * Restarts a failed job, and moves a job away from a cluster that is gone, by itself. The room `recovery` of the domain decides
 * whether and when; each act is an operation.
 */
import { condition } from '@temporalio/workflow';
import { judgeFailover, whyGone } from '../../domain/job/recovery/failover.ts';
import type { Judgement } from '../../domain/job/recovery/judgement.ts';
import { judgeRestart } from '../../domain/job/recovery/restart.ts';
import { isLeftByDrill } from '../../domain/job/recovery/drill.ts';
import { TAKE_OVER } from '../../domain/job/recovery/take-over.ts';
import type { JobMemory } from '../../domain/job/job-memory.ts';
import { actBegun } from '../../domain/job/recovery-transitions.ts';
import { clip } from '../../domain/values/clip.ts';
import { SUPERVISOR } from '../../domain/operation/asker.ts';
import type { Desk } from '../desk/desk.ts';
import { awaitTurn } from '../desk/turn.ts';
import { takeForSluice } from './front-desk.ts';

/** Characters of the reason of a failure that an act quotes; a request's reason is at most 300. */
const QUOTED = 230;

/** Milliseconds until Sluice restarts the job; null where it does not. */
export const untilRestart = (memory: JobMemory): number | null => untilActOf(judgeRestart(memory));

/** Milliseconds until Sluice moves the job; null where it does not. */
export const untilFailover = (memory: JobMemory): number | null => untilActOf(judgeFailover(memory));

const untilActOf = (judged: Judgement): number | null =>
  judged.kind === 'planned' ? Math.max(1, judged.at - Date.now()) : null;

/** Waits for the turn of the restart on its cluster, unless somebody wants something of the run first. */
export async function awaitTurnToRestart(desk: Desk, isAwake: () => boolean): Promise<void> {
  const judged = judgeRestart(desk.memory);
  const { current } = desk.memory;
  if (judged.kind !== 'planned' || !current) return;
  await awaitTurn(
    desk,
    { cluster: current.cluster, operationId: judged.operationId },
    { wait: (holds, ms) => condition(() => isAwake() || holds(), ms), isOver: isAwake },
  );
}

/** Takes the restart, unless something has changed while the job waited for it. */
export function beginRestart(desk: Desk): void {
  const { memory } = desk;
  const { current } = memory;
  const judged = judgeRestart(memory);
  if (judged.kind !== 'planned' || judged.at > Date.now() || !current) return;
  const { operationId, attempt } = judged;
  const budget = `attempt ${attempt} of ${current.restart?.maxAttempts ?? attempt}`;
  const why = current.ended ? (isLeftByDrill(memory) ? 'was left by a drill' : 'failed') : 'is degraded';
  const what = `deployment ${current.number} ${why}`;
  const reason = `${budget}: ${what}: ${quoted(whyOf(memory))}`;
  actBegun(memory, operationId);
  takeForSluice(desk, { kind: 'restart', id: operationId, reason, ...(current.ended ? {} : TAKE_OVER) }, SUPERVISOR);
}

/** Takes the failover, unless something has changed while the job waited for it. */
export function beginFailover(desk: Desk): void {
  const { memory } = desk;
  const judged = judgeFailover(memory);
  if (judged.kind !== 'planned' || judged.at > Date.now()) return;
  const { operationId, attempt } = judged;
  const reason = `attempt ${attempt}: ${quoted(whyGone(memory))}`;
  actBegun(memory, operationId);
  takeForSluice(desk, { kind: 'failover', id: operationId, reason }, SUPERVISOR);
}

const whyOf = ({ stateReason, healthReasons, cause }: JobMemory): string =>
  stateReason ?? healthReasons[0] ?? cause?.evidence ?? 'its instance ended';

const quoted = (why: string): string => clip(why, QUOTED).replaceAll(/\p{Cc}+/gu, ' ');
