/**
 * Interruptions by people: `cancel` is a message to the operation that holds the job, `kill {force}` takes its place.
 */
import { patched, setHandler } from '@temporalio/workflow';
import { admitCancel, refusalByNewOwner, type CancelAdmission } from '../../domain/job/admission.ts';
import { refusalOfClaims, type Letter } from '../../domain/job/read-request.ts';
import { isRefusal, reject, type Refusal } from '../../domain/job/refusal.ts';
import type { Signable } from '../../domain/operation/signature.ts';
import type { Interruption } from '../../domain/operation/operation.ts';
import { answering, noteLength, noteRejection, occupationOf, receiving, refuseIfRejected, type Desk } from './desk.ts';
import { refusalBySignature, requestSigned } from './signed.ts';
import { cancelSignal, cancelUpdate, type Accepted } from '../messages.ts';

export function handleCancelSignal(desk: Desk): void {
  setHandler(cancelSignal, (payload, sender) =>
    receiving(desk, 'cancel', payload, () => {
      const letter = { transport: 'signal', sender } as const;
      const decided = admitCancel(occupationOf(desk), payload, letter);
      const checked = unlessForged(decided, letter);
      // A worker of 0.1.0 took what is forged. The marker is written for such a signal only.
      const told = checked === decided || patched('2026-11-29-claims') ? checked : decided;
      const decision = unlessUnsigned(desk, told, payload, letter);
      if (isRefusal(decision)) noteRejection(desk.memory, 'cancel', payload, decision);
      else hear(desk, decision, requestSigned(desk, 'cancel', payload, letter));
    }),
  );
}

export function handleCancelUpdate(desk: Desk): void {
  setHandler(
    cancelUpdate,
    (payload, sender): Accepted =>
      answering('cancel', () => {
        noteLength(desk);
        const letter = { transport: 'update', sender } as const;
        const decision = admitCancel(occupationOf(desk), payload, letter);
        refuseIfRejected(decision);
        hear(desk, decision, requestSigned(desk, 'cancel', payload, letter));
        return { operation: decision.operation };
      }),
    {
      validator: (payload: unknown, sender: unknown) => {
        const letter = { transport: 'update', sender } as const;
        answering('cancel', () => {
          const told = unlessForged(admitCancel(occupationOf(desk), payload, letter), letter);
          const decision = unlessUnsigned(desk, told, payload, letter);
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

/** Refuses a cancel that is not signed as it must be. */
const unlessUnsigned = (desk: Desk, decision: CancelAdmission, payload: unknown, letter: Letter): CancelAdmission =>
  decision.kind === 'hear'
    ? (refusalBySignature(desk, requestSigned(desk, 'cancel', payload, letter)) ?? decision)
    : decision;

function hear(desk: Desk, { request, asker }: Exclude<CancelAdmission, Refusal>, by: Signable): void {
  const at = new Date().toISOString();
  interrupt(desk, { how: 'cancelled', at, ...asker, reason: request.reason ?? null, by: null }, by);
}

/** Remembers the interruption. A superseding kill outranks a cancel; a repeated interruption changes nothing. */
export function interrupt(desk: Desk, interruption: Interruption, by: Signable | null): void {
  if (!desk.taken || desk.interruption?.how === 'superseded') return;
  if (desk.interruption && interruption.how === 'cancelled') return;
  desk.interruption = interruption;
  desk.interruptedBy = by;
  desk.interruptWait?.(interruption.how);
}

/**
 * Treats Temporal's own cancel as `cancel` of whatever runs. Between operations this cancel has no effect, nor has it where
 * requests must be signed, because Temporal can sign nothing.
 */
export function interruptByTemporal(desk: Desk): void {
  if (desk.memory.signing !== null) {
    const refusal = reject('SignatureRefused', 'a cancel by means of Temporal carries no signature');
    noteRejection(desk.memory, 'cancel', { actor: 'temporal' }, refusal);
    return;
  }
  const at = new Date().toISOString();
  const asker = { actor: 'temporal', via: 'temporal', claimed: null } as const;
  interrupt(desk, { how: 'cancelled', at, ...asker, reason: 'the workflow was asked to cancel', by: null }, null);
}
