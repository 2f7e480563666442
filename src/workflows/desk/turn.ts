/**
 * Waits for a turn of the cluster before Sluice brings a job up by itself. A turn is a courtesy: where nobody answers for ten
 * minutes, or the question cannot be delivered, the job goes on without.
 */
import { getExternalWorkflowHandle, patched, setHandler, type SignalDefinition } from '@temporalio/workflow';
import { NO_PRIORITY } from '../../domain/deployment/priority.ts';
import { turnsIdOf } from '../../domain/identity/workflow-ids.ts';
import { turnAnswered, turnAsked, turnLeft, type Turn } from '../../domain/job/recovery-transitions.ts';
import { timeLimits } from '../../domain/time-limits.ts';
import { TurnAnswer } from '../../domain/turns/messages.ts';
import { askTurnSignal, leaveTurnSignal, turnSignal } from '../messages.ts';
import { receiving, type Desk } from './desk.ts';
import { now } from './now.ts';

interface Waiting {
  /** Waits until it holds, or for so many milliseconds. */
  readonly wait: (holds: () => boolean, ms: number) => Promise<unknown>;
  /** Tells whether something else comes first. */
  readonly isOver: () => boolean;
}

/** Hears the answers of the turns. */
export function handleTurns(desk: Desk): void {
  setHandler(turnSignal, (message) =>
    receiving(desk, 'turn', message, () => {
      const answer = TurnAnswer.safeParse(message);
      if (answer.success) turnAnswered(desk.memory, answer.data, now());
    }),
  );
}

/** Returns when the job has its turn, does not need one, or something else comes first. */
export async function awaitTurn(desk: Desk, turn: Turn, { wait, isOver }: Waiting): Promise<void> {
  if (!patched('2026-11-30-turns')) return;
  const { memory } = desk;
  turnAsked(memory, turn, now());
  const isMine = (): boolean => memory.recovery.turn?.operationId === turn.operationId;
  const isGranted = (): boolean => isMine() && memory.recovery.turn?.isGranted === true;
  let awakeSince = 0;
  while (!isOver() && !isGranted()) {
    const { since, answeredAt } = memory.recovery.turn ?? { since: now(), answeredAt: null };
    const silentAt = Math.max(Date.parse(answeredAt ?? since), awakeSince) + timeLimits.turnSilence;
    if (Date.now() >= silentAt || !(await ask(desk, turn, since))) return;
    const wakesAt = Date.now() + Math.max(1, Math.min(timeLimits.turnQuestion, silentAt - Date.now()));
    await wait(isGranted, wakesAt - Date.now());
    // A wait that ends so late was one without any worker: nobody could answer, and all jobs that wait would go on at once when they are back.
    if (Date.now() > wakesAt + timeLimits.stoodStill) awakeSince = Date.now();
  }
}

/** Gives the turn back. */
export async function leaveTurn(desk: Desk): Promise<void> {
  const { job, recovery } = desk.memory;
  if (recovery.turn === null) return;
  const { cluster, operationId } = recovery.turn;
  turnLeft(desk.memory);
  await told(cluster, leaveTurnSignal, { job, operationId });
}

async function ask({ memory }: Desk, { cluster, operationId }: Turn, since: string): Promise<boolean> {
  const { job, current } = memory;
  return await told(cluster, askTurnSignal, {
    job,
    operationId,
    priority: current?.priority ?? NO_PRIORITY,
    at: since,
  });
}

/** Tells whether the message was delivered. */
async function told(cluster: string, signal: SignalDefinition<[unknown]>, message: object): Promise<boolean> {
  try {
    await getExternalWorkflowHandle(turnsIdOf(cluster)).signal(signal, message);
    return true;
  } catch {
    return false;
  }
}
