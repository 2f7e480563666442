/** The transitions of a job's memory around its turn on a cluster that brings up only so many jobs at one time. */
import type { TurnAnswer } from '../turns/messages.ts';
import type { JobMemory } from './job-memory.ts';
import { judgeRecovery } from './recovery/view.ts';
import { changing } from './transitions.ts';

/** The turn that a job waits for, or has. */
export interface Turn {
  readonly cluster: string;
  readonly operationId: string;
}

/** The job asks for a turn. Asking again for the same one keeps its place. */
export function turnAsked(memory: JobMemory, { cluster, operationId }: Turn, at: string): void {
  const { recovery } = memory;
  const { turn } = recovery;
  if (turn?.operationId === operationId && turn.cluster === cluster) return;
  const asked = { cluster, operationId, since: at, answeredAt: null, before: null, isGranted: false };
  changing(memory).recovery = { ...recovery, turn: asked };
}

/** The turns of the cluster have answered; a late answer about another operation changes nothing. */
export function turnAnswered(memory: JobMemory, { operationId, isGranted, before }: TurnAnswer, at: string): void {
  const { recovery } = memory;
  if (recovery.turn?.operationId !== operationId) return;
  changing(memory).recovery = { ...recovery, turn: { ...recovery.turn, answeredAt: at, before, isGranted } };
}

export function turnLeft(memory: JobMemory): void {
  changing(memory).recovery = { ...memory.recovery, turn: null };
}

/** Tells whether the turn is for an operation that Sluice does not plan any more: it has ended, or a person came first. */
export function isTurnUnwanted(memory: JobMemory): boolean {
  const { turn } = memory.recovery;
  if (turn === null) return false;
  const judged = judgeRecovery(memory);
  return judged.kind !== 'planned' || judged.operationId !== turn.operationId;
}
