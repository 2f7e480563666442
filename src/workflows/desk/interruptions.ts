/**
 * Interruptions by people: `cancel` is a message to the operation that holds the job, `kill {force}` takes its place.
 */
import { setHandler } from '@temporalio/workflow';
import { admitCancel, type CancelAdmission } from '../../domain/job/admission.ts';
import { isRefusal, type Refusal } from '../../domain/job/refusal.ts';
import type { Interruption } from '../../domain/operation/operation.ts';
import { noteLength, noteRejection, occupationOf, refuseIfRejected, type Desk } from './desk.ts';
import { cancelSignal, cancelUpdate, type Accepted } from '../messages.ts';

export function handleCancelSignal(desk: Desk): void {
  setHandler(cancelSignal, (payload) => {
    noteLength(desk);
    const decision = admitCancel(occupationOf(desk), payload);
    if (isRefusal(decision)) noteRejection(desk.memory, 'cancel', payload, decision);
    else hear(desk, decision);
  });
}

export function handleCancelUpdate(desk: Desk): void {
  setHandler(
    cancelUpdate,
    (payload): Accepted => {
      noteLength(desk);
      const decision = admitCancel(occupationOf(desk), payload);
      refuseIfRejected(decision);
      hear(desk, decision);
      return { operation: decision.operation };
    },
    {
      validator: (payload) => refuseIfRejected(admitCancel(occupationOf(desk), payload)),
      description: 'cancel: heard by the running operation, which ends at its next safe point',
    },
  );
}

function hear(desk: Desk, { request }: Exclude<CancelAdmission, Refusal>): void {
  interrupt(desk, {
    how: 'cancelled',
    at: new Date().toISOString(),
    actor: request.actor ?? 'unknown',
    reason: request.reason ?? null,
    by: null,
  });
}

/** Remembers the interruption. A superseding kill outranks a cancel; a repeated interruption changes nothing. */
export function interrupt(desk: Desk, interruption: Interruption): void {
  if (!desk.taken || desk.interruption?.how === 'superseded') return;
  if (desk.interruption && interruption.how === 'cancelled') return;
  desk.interruption = interruption;
  desk.interruptWait?.(interruption.how);
}

/** Treats Temporal's own cancel as `cancel` of whatever runs. Between operations this cancel has no effect. */
export function interruptByTemporal(desk: Desk): void {
  const at = new Date().toISOString();
  interrupt(desk, { how: 'cancelled', at, actor: 'temporal', reason: 'the workflow was asked to cancel', by: null });
}
