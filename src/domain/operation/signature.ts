/**
 * Signatures of messages, Ed25519: what they cover, and which of them a job takes. Signers, workflows and activities share
 * this one text and this one check.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { z } from 'zod';
import { canonicalJson } from '../identity/fingerprint.ts';
import { Sender, type Signature } from './asker.ts';

/** The public keys whose signatures count: 64 hexadecimal digits each, by the id that a signature names. */
export type PublicKeys = Readonly<Record<string, string>>;

/** The keys as a job remembers them. */
export const KnownKeys = z.strictObject({ keys: z.record(z.string(), z.string()), learntAt: z.string() });
export type KnownKeys = z.infer<typeof KnownKeys>;

/** The private key of a process. It never leaves the process. */
export interface Signer {
  readonly keyId: string;
  /** @returns the signature, 128 hexadecimal digits. */
  readonly sign: (text: string) => string;
}

/** A message to a job on its way. */
export interface Message {
  readonly job: string;
  /** Kind of the operation that is asked for, or `cancel`, or `observed` for a fact of a watcher. */
  readonly kind: string;
  readonly payload: unknown;
  readonly sender: unknown;
}

/** A message as its signature covers it. */
export interface Signable {
  readonly job: string;
  readonly kind: string;
  /** The operation that the message asks for or is about; null for a fact. */
  readonly operation: string | null;
  /** SHA-256 of the payload. */
  readonly digest: string;
  /** Null when the message introduces nobody. */
  readonly sender: Sender | null;
}

/**
 * A later delivery counts no more. A fact may wait for workers longer than a person for an answer, and a job for its turn in a
 * campaign, whose requests are signed when it begins.
 */
const lifetimesMs = { fact: 24 * 3_600_000, request: 10 * 60_000, campaign: 7 * 24 * 3_600_000 } as const;

/** A job that learnt its keys longer ago may lack a newer one. */
const STALE_AFTER_MS = 10 * 60_000;

/** @param payload in the bounds of a request, because the digest walks over it. */
export function signableOf({ job, kind, payload, sender }: Message): Signable {
  const read = Sender.safeParse(sender);
  const operation = textIn(payload, 'id') ?? textIn(payload, 'operation');
  const digest = bytesToHex(sha256(utf8ToBytes(canonicalJson(payload))));
  return { job, kind, operation, digest, sender: read.success ? read.data : null };
}

function textIn(payload: unknown, field: string): string | null {
  const value: unknown = typeof payload === 'object' && payload !== null ? Reflect.get(payload, field) : null;
  return typeof value === 'string' ? value : null;
}

/** Everything that decides what a message does. Its first word keeps a signature from meaning anything else. */
export function signedText(
  { job, kind, operation, digest, sender }: Signable,
  { keyId, expiresAt }: Pick<Signature, 'keyId' | 'expiresAt'>,
): string {
  const { door = null, actor = null, allowedFor = null } = sender ?? {};
  return canonicalJson(['sluice-message-1', keyId, expiresAt, job, kind, operation, digest, door, actor, allowedFor]);
}

/** Introduces a sender with a signature; without a signer only by its word. */
export function introduce(
  signer: Signer | null,
  message: Omit<Message, 'sender'> & { readonly sender: Sender },
  now = Date.now(),
): Sender {
  const { sender, kind } = message;
  if (signer === null) return sender;
  const of = kind === 'observed' ? 'fact' : sender.door === 'campaign' ? 'campaign' : 'request';
  const lifetime = lifetimesMs[of];
  const named = { keyId: signer.keyId, expiresAt: new Date(now + lifetime).toISOString() };
  return { ...sender, signature: { ...named, value: signer.sign(signedText(signableOf(message), named)) } };
}

/** Why a signature does not count. */
export interface SignatureProblem {
  readonly why: 'unsigned' | 'unknownKey' | 'expired' | 'false';
  readonly detail: string;
}

/** Tells why the signature of a message does not count at a time; null when it does. */
export function signatureProblem(keys: PublicKeys, signable: Signable, at: number): SignatureProblem | null {
  const { job, kind, sender } = signable;
  const of = `this ${kind} of ${job}`;
  const signature = sender?.signature;
  if (signature === undefined) return { why: 'unsigned', detail: `${of} is not signed` };
  const { keyId, expiresAt, value } = signature;
  const key = Object.hasOwn(keys, keyId) ? keys[keyId] : undefined;
  if (key === undefined)
    return {
      why: 'unknownKey',
      detail: `${of} is signed by key ${keyId}; those that count are ${Object.keys(keys).join(', ')}`,
    };
  // The comparison also refuses what is no time.
  if (!(at < Date.parse(expiresAt))) return { why: 'expired', detail: `the signature of ${of} ended at ${expiresAt}` };
  return isBy(key, value, signedText(signable, signature))
    ? null
    : { why: 'false', detail: `the signature of ${of} is not by key ${keyId} for this very message` };
}

/** By the strict rules of RFC 8032, so that no message has two signatures. */
function isBy(publicKey: string, value: string, text: string): boolean {
  try {
    return ed25519.verify(hexToBytes(value), utf8ToBytes(text), hexToBytes(publicKey), { zip215: false });
  } catch {
    return false; // no point of the curve
  }
}

/** Tells whether newer keys than a job knows may decide otherwise about a problem. */
export const mayLackKey = ({ learntAt }: KnownKeys, { why }: SignatureProblem, now: number): boolean =>
  why === 'unknownKey' && now - Date.parse(learntAt) > STALE_AFTER_MS;
