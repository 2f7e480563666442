/**
 * Interruptions by people: `cancel` is a message to the operation that holds the job, `kill {force}` takes its place.
 */
import { patched, setHandler } from '@temporalio/workflow';
import { admitCancel, refusalByNewOwner, type CancelAdmission } from '../../domain/job/admission.ts';
import { refusalOfClaims, type Letter } from '../../domain/job/read-request.ts';
import { isRefusal, type Refusal } from '../../domain/job/refusal.ts';
import type { Interruption } from '../../domain/operation/operation.ts';
import { answering, noteLength, noteRejection, occupationOf, receiving, refuseIfRejected, type Desk } from './desk.ts';
import { cancelSignal, cancelUpdate, type Accepted } from '../messages.ts';

export function handleCancelSignal(desk: Desk): void {
  setHandler(cancelSignal, (payload, sender) =>
    receiving(desk, 'cancel', payload, () => {
      const letter = { transport: 'signal', sender } as const;
      const decided = admitCancel(occupationOf(desk), payload, letter);
      const checked = unlessForged(decided, letter);
      // A worker of 0.1.0 took what is forged. The marker is written for such a signal only.
      const decision = checked === decided || patched('2026-11-29-claims') ? checked : decided;
      if (isRefusal(decision)) noteRejection(desk.memory, 'cancel', payload, decision);
      else hear(desk, decision);
    }),
  );
}

export function handleCancelUpdate(desk: Desk): void {
  setHandler(
    cancelUpdate,
    (payload, sender): Accepted =>
      answering('cancel', () => {
        noteLength(desk);
        const decision = admitCancel(occupationOf(desk), payload, { transport: 'update', sender });
        refuseIfRejected(decision);
        hear(desk, decision);
        return { operation: decision.operation };
      }),
    {
      validator: (payload: unknown, sender: unknown) => {
        const letter = { transport: 'update', sender } as const;
        answering('cancel', () => {
          const decision = unlessForged(admitCancel(occupationOf(desk), payload, letter), letter);
          refuseIfRejected(decision);
          refuseIfRejected(refusalByNewOwner(desk.memory, letter) ?? decision);
        });
      },
      description: 'cancel: heard by the running operation, which ends at its next safe point',
    },
  );
}

const unlessForged = (decision: CancelAdmission, letter: Letter): CancelAdmission =>
  decision.kind === 'hear' ? (refusalOfClaims('cancel', decision.request, letter) ?? decision) : decision;

function hear(desk: Desk, { request, asker }: Exclude<CancelAdmission, Refusal>): void {
  interrupt(desk, {
    how: 'cancelled',
    at: new Date().toISOString(),
    ...asker,
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
  const asker = { actor: 'temporal', via: 'temporal', claimed: null } as const;
  interrupt(desk, { how: 'cancelled', at, ...asker, reason: 'the workflow was asked to cancel', by: null });
}
