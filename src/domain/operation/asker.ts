/**
 * The asker of a request: by which door the request came in, which only the code of that door says, and apart from it what
 * the request claims about who asks. Only a signature verifies a sender, where the installation requires one.
 */
import { z } from 'zod';
import { isVisible, text } from '../input/field-schemas.ts';
import type { OperationKind } from '../lifecycle.ts';
import { keysOf } from '../values/keys-of.ts';
import { doors, type Door } from './doors.ts';
import { isReservedId, wasReservedBefore } from './reserved-ids.ts';

/** The message by which a request reaches its job. */
export type Transport = 'signal' | 'update';

/** The asker as the request itself names it; null for each field that the request leaves out. */
export const Claimed = z.strictObject({ actor: z.string().nullable(), via: z.string().nullable() });
export type Claimed = z.infer<typeof Claimed>;

/** A signature beside the words that it names; `signature.ts` says what it covers. */
export const Signature = z.object({
  keyId: z.string().max(64),
  expiresAt: z.string().max(40),
  value: z.string().regex(/^[0-9a-f]{128}$/, 'must be 128 hexadecimal digits'),
});
export type Signature = z.infer<typeof Signature>;

/**
 * The second argument of a message, by which a process of Sluice introduces itself. It stands beside the request, so that no
 * body and no field of a request can become one. Temporal takes it from whoever may send messages; a signature says who did.
 */
export const Sender = z.object({
  door: z.enum(keysOf(doors)),
  /** The name under which the API knows the asker. */
  actor: z.string().nullable().optional(),
  /** The owner of the job for whom the API allowed the request; absent when the owner did not matter. */
  allowedFor: z.object({ environment: z.string().nullable(), team: z.string().nullable() }).optional(),
  /** Present where the sender has a key. Only an installation that requires signatures looks at it. */
  signature: Signature.optional(),
});
export type Sender = z.infer<typeof Sender>;

/** The fields in which a request speaks of its asker. */
export interface Claims {
  readonly id?: string | undefined;
  readonly actor?: string | undefined;
  readonly reason?: string | undefined;
  readonly via?: string | undefined;
}

export interface Asker {
  /** The name that people see. */
  readonly actor: string;
  readonly via: Door;
  /** Null when Sluice itself asks. */
  readonly claimed: Claimed | null;
}

/** Name of the asker when Sluice itself asks. */
export const SLUICE = 'sluice';
/** Name of the asker when Sluice restarts a failed job. */
export const SUPERVISOR = 'supervisor' satisfies Door;
/** The door of periodic savepoints. A schedule waits for no answer, so a refusal is only counted. */
export const SCHEDULE = 'schedule' satisfies Door;

/** Tells who asks. A sender that does not fit the message counts as none. */
export function askerOf(transport: Transport, sender: unknown, { actor, via }: Claims): Asker {
  const introduced = introducedBy(transport, sender);
  // Only a worker of 0.1.0 or earlier has accepted such a request, because `problemOfClaims` refuses it.
  const door = introduced?.door ?? (via === SCHEDULE ? SCHEDULE : transport);
  if (doors[door].isOwn) return { actor: actor ?? SLUICE, via: door, claimed: null };
  const claimed = { actor: actor ?? null, via: via ?? null };
  return { actor: introduced?.actor ?? actor ?? (door === 'api' ? 'anonymous' : 'unknown'), via: door, claimed };
}

/** The sender that a message introduces; null for one that cannot come that way. */
export function introducedBy(transport: Transport, sender: unknown): Sender | null {
  const parsed = Sender.safeParse(sender);
  return parsed.success && doors[parsed.data.door].comesBy === transport ? parsed.data : null;
}

/** Names that an asker must not claim, because the history has them for Sluice and its doors. */
const RESERVED: ReadonlySet<string> = new Set([SLUICE, ...keysOf(doors).map((door) => door.toLowerCase())]);

const ActorName = text(100).refine(
  (name) => !RESERVED.has(name.normalize('NFKC').trim().toLowerCase()),
  'must not be a name that Sluice has for itself',
);
const Reason = z.string().refine(isVisible, 'must not contain control or invisible characters');

type ClaimsOfRequest = Claims & { readonly release?: unknown };

interface ClaimProblem {
  readonly path: keyof Claims;
  readonly message: string;
}

const RESERVED_ID: ClaimProblem = { path: 'id', message: 'must not be an id that Sluice makes for itself' };

/**
 * Lists what a request must not say of its asker: names that deceive readers, and Sluice's own names, doors and ids. The
 * checks are apart from the schemas, because workers of 0.1.0 accepted such requests and replays must accept them again.
 * @param door the door that the message introduces; null when it introduces none.
 */
export function problemsOfClaims(
  kind: OperationKind | 'cancel',
  request: ClaimsOfRequest,
  door: Door | null,
): ClaimProblem[] {
  const { id } = request;
  const earlier = problemsRefusedBefore(kind, request);
  const isReserved = id !== undefined && isReservedId(id, door) && !earlier.some(({ path }) => path === 'id');
  return [...(isReserved ? [RESERVED_ID] : []), ...earlier];
}

/**
 * Lists the part of `problemsOfClaims` that workers refused before Sluice reserved the ids of releases and campaigns. Replays
 * tell by it which patch a signal was refused by.
 */
export function problemsRefusedBefore(kind: OperationKind | 'cancel', request: ClaimsOfRequest): ClaimProblem[] {
  const { id, actor, reason, via, release } = request;
  return [
    ...(id !== undefined && wasReservedBefore(id, kind === 'deploy' ? release : null) ? [RESERVED_ID] : []),
    ...problemsWith('actor', ActorName, actor),
    ...problemsWith('reason', Reason, reason),
    ...(via === SCHEDULE ? [{ path: 'via' as const, message: 'must not be a door of Sluice itself' }] : []),
  ];
}

function problemsWith(path: keyof Claims, schema: z.ZodType, value: string | undefined): ClaimProblem[] {
  if (value === undefined) return [];
  return (schema.safeParse(value).error?.issues ?? []).slice(0, 1).map(({ message }) => ({ path, message }));
}

/** The owner for whom a door of Sluice allowed the message; null when the owner did not matter. */
export const allowedFor = (transport: Transport, sender: unknown): Sender['allowedFor'] | null =>
  introducedBy(transport, sender)?.allowedFor ?? null;

/** Tells whether a sender introduces a door of Sluice itself. */
export function isOwnDoor(transport: Transport, sender: unknown): boolean {
  const introduced = introducedBy(transport, sender);
  return introduced !== null && doors[introduced.door].isOwn;
}
