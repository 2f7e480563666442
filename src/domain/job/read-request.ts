/** Reads the payloads of messages: their bounds, their schemas, and what they must not claim. */
import type { OperationKind } from '../lifecycle.ts';
import { introducedBy, isOwnDoor, problemsOfClaims, type Transport } from '../operation/asker.ts';
import { CancelRequest, requestSchemas, type Request } from '../operation/operation.ts';
import { excessOf } from '../values/bounds.ts';
import { clip } from '../values/clip.ts';
import { reject, type Refusal } from './refusal.ts';

/** The way of a message to its job, and the second argument of the message. */
export interface Letter {
  readonly transport: Transport;
  readonly sender?: unknown;
}

/** Parses a request by the schema of its kind. */
export function readRequest(kind: OperationKind, payload: unknown): Request | Refusal {
  const unreadable = unreadableReason(payload);
  if (unreadable !== null) return reject('Undecodable', `${kind}: ${unreadable}`);
  const parsed = requestSchemas[kind].safeParse(payload ?? {});
  if (!parsed.success) return reject('InvalidRequest', problemsIn(kind, parsed.error.issues));
  return { kind, ...parsed.data } as Request; // the schema of this very kind produced it
}

/** Parses a cancel. */
export function readCancel(payload: unknown): CancelRequest | Refusal {
  const unreadable = unreadableReason(payload);
  if (unreadable !== null) return reject('Undecodable', `cancel: ${unreadable}`);
  const parsed = CancelRequest.safeParse(payload ?? {});
  return parsed.success ? parsed.data : reject('InvalidRequest', problemsIn('cancel', parsed.error.issues));
}

/** Bounds of a request; the largest that a schema takes is an eighth of it. */
const requestBounds = { levels: 2_000, characters: 64 * 1024 } as const;
/** Bounds of a refusal, because Temporal fails the task whose answer is larger than 2 MiB. */
const MOST_PROBLEMS = 10;
const MOST_OF_PROBLEM = 300;

function problemsIn(
  what: string,
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): string {
  const shown = issues
    .slice(0, MOST_PROBLEMS)
    .map(({ path, message }) => clip(`${path.map(String).join('.') || what}: ${message}`, MOST_OF_PROBLEM));
  const others = issues.length - shown.length;
  return [...shown, ...(others > 0 ? [`and ${others} more`] : [])].join('; ');
}

/**
 * Tells why a payload is not even looked at: the payload converter has turned it into a reason, because a signal that
 * throws would block every workflow task, or it is larger than any request.
 */
function unreadableReason(payload: unknown): string | null {
  const excess = excessOf(payload, requestBounds);
  if (excess !== null) return `it ${excess}`;
  if (typeof payload !== 'object' || payload === null || !Object.hasOwn(payload, 'undecodable')) return null;
  const reason: unknown = Reflect.get(payload, 'undecodable');
  return typeof reason === 'string' ? clip(reason, MOST_OF_PROBLEM) : 'it names itself undecodable';
}

/**
 * Refuses a request that poses as Sluice, or that names its asker so as to deceive. Only new requests are asked: a worker of
 * 0.1.0 took such requests, and a replay takes them again.
 */
export function refusalOfClaims(
  kind: OperationKind | 'cancel',
  request: Request | CancelRequest,
  { transport, sender }: Letter,
): Refusal | null {
  if (isOwnDoor(transport, sender)) return null;
  const problems = problemsOfClaims(kind, request, introducedBy(transport, sender)?.door ?? null);
  if (problems.length === 0) return null;
  return reject('InvalidRequest', problems.map(({ path, message }) => `${path} ${message}`).join('; '));
}
