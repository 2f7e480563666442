/**
 * The transitions of a job's memory around what Sluice does by itself: an act begun or left, a cluster that counts as gone, and
 * the turn on a cluster that brings up only so many jobs at one time.
 */
import type { TurnAnswer } from '../turns/messages.ts';
import type { JobMemory } from './job-memory.ts';
import { actTaken, tried, type Recovery } from './recovery/recovery.ts';
import { judgeRecovery } from './recovery/view.ts';
import { changing, doubted } from './transitions.ts';

/** Sluice begins to restart or to move the job by itself. */
export function actBegun(memory: JobMemory, operationId: string): void {
  changing(memory).recovery = actTaken(memory, operationId);
}

/** Another run makes the act that this run had begun. This one looks again after a while, with a memory that counts no more. */
export function actLeft(memory: JobMemory, at: string): void {
  changing(memory).recovery = tried(memory.recovery, { at, isFree: true, foundSilence: false });
  doubted(memory);
}

/** The cluster of the current instance counts as gone; null: it does not any more. */
export function clusterGone(
  memory: JobMemory,
  gone: Pick<NonNullable<Recovery['gone']>, 'at' | 'detail'> | null,
): void {
  const { current, recovery } = memory;
  changing(memory).recovery = { ...recovery, gone: gone && current && { epoch: current.epoch, ...gone } };
}

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
