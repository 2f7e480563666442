/**
 * Holds messages to their signatures, where the installation requires them: the one place for requests, cancels and facts.
 * A run learns the keys with each proof and each claim. Until then nothing is required here, and the claim decides.
 */
import { keysLearnt } from '../../domain/job/transitions.ts';
import type { Letter } from '../../domain/job/read-request.ts';
import { reject, type Refusal } from '../../domain/job/refusal.ts';
import { introducedBy } from '../../domain/operation/asker.ts';
import {
  mayLackKey,
  signableOf,
  signatureProblem,
  type PublicKeys,
  type Signable,
} from '../../domain/operation/signature.ts';
import { read } from '../activities.ts';
import { codeAndDetail } from '../failures.ts';
import { noteRejection, type Desk } from './desk.ts';
import { now } from './now.ts';

/** The message as its signature covers it. A sender that cannot come this way has signed nothing. */
export const requestSigned = (desk: Desk, kind: string, payload: unknown, { transport, sender }: Letter): Signable =>
  signableOf({ job: desk.memory.job, kind, payload, sender: introducedBy(transport, sender) });

export const factSigned = (desk: Desk, payload: unknown, sender: unknown): Signable =>
  signableOf({ job: desk.memory.job, kind: 'observed', payload, sender });

/**
 * Refuses a message that is not signed as it must be.
 * @param at the time of the message.
 */
export function refusalBySignature({ memory: { signing } }: Desk, message: Signable, at = Date.now()): Refusal | null {
  const problem = signing && signatureProblem(signing.keys, message, at);
  return problem && reject('SignatureRefused', problem.detail);
}

/**
 * Refuses at the door. With `mayWait` a key passes that may be newer than those the job knows: they are read before
 * anything follows from the message.
 */
export function refusalAtDoor(
  { memory: { signing } }: Desk,
  message: Signable,
  { mayWait }: { readonly mayWait: boolean },
): Refusal | null {
  const problem = signing && signatureProblem(signing.keys, message, Date.now());
  if (!problem || (mayWait && mayLackKey(signing, problem, Date.now()))) return null;
  return reject('SignatureRefused', problem.detail);
}

/**
 * Remembers the keys, and looks again at what was let in before they were known: a kill that is to take the place of the
 * operation, and a cancel.
 */
export function heedKeys(desk: Desk, keys: PublicKeys | null): void {
  keysLearnt(desk.memory, keys, now());
  const { next, interruption, interruptedBy } = desk;
  const refusal = interruption && interruptedBy && refusalBySignature(desk, interruptedBy, Date.parse(interruption.at));
  if (!refusal) return;
  const { kind, operation: id } = interruptedBy;
  noteRejection(desk.memory, kind, { id: next?.operation.id ?? id, actor: interruption.actor }, refusal);
  desk.next = null;
  desk.interruption = null;
}

/** Reads the keys between operations. Without an answer the job goes on with those that it knows. */
export async function learnKeys(desk: Desk): Promise<void> {
  try {
    heedKeys(desk, await read.readSigningKeys.executeWithOptions({ summary: 'Whose signatures count' }, []));
  } catch (error) {
    if (codeAndDetail(error) === null) throw error;
  }
}

/** Tells whether a fact counts that was let in. Newer keys are read for one that is by a key unknown to the job. */
export async function isFactSigned(desk: Desk, message: Signable): Promise<boolean> {
  const isUndecided = refusalBySignature(desk, message) && !refusalAtDoor(desk, message, { mayWait: true });
  if (isUndecided) await learnKeys(desk);
  const refusal = refusalBySignature(desk, message);
  if (refusal) noteRejection(desk.memory, 'observed', null, refusal);
  return refusal === null;
}
