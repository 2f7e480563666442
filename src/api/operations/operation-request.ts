/** Parses requests for operations by the schemas of their kinds, the same for an operation and for its plan. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { operationKinds, type OperationKind } from '../../domain/lifecycle.ts';
import { problemsOfClaims, type Claims, type Sender } from '../../domain/operation/asker.ts';
import { requestSchemas } from '../../domain/operation/operation.ts';
import { quoted } from '../http/parse-call.ts';
import type { Call } from '../http/route.ts';
import { invalidInput, Problem } from '../http/problem.ts';

export type Asked = Readonly<Record<string, unknown>> & { readonly id: string };

const bodies = new Map(
  // Each of the schemas is one of an object.
  operationKinds.map((kind) => [kind, (requestSchemas[kind] as z.ZodObject).safeExtend({ kind: z.literal(kind) })]),
);
/** The body that asks for an operation of a kind. */
export function bodyOf(kind: OperationKind): z.ZodObject {
  const body = bodies.get(kind);
  if (!body) throw new Error(`${kind} has no body`); // the table is made of all kinds
  return body;
}
const [firstKind, ...otherKinds] = operationKinds;

/** Bodies of all kinds, for the OpenAPI document; `parseOperation` names mistakes better than this union. */
export const OperationRequest = z.discriminatedUnion('kind', [bodyOf(firstKind), ...otherKinds.map(bodyOf)]);

/**
 * Introduces the API to the job, with the name of the caller and the owner of the job for whom it let the request pass.
 * Whatever the body says of the asker is only claimed.
 */
export const senderOf = ({ caller, decidedFor }: Pick<Call, 'caller' | 'decidedFor'>): Sender => ({
  door: 'api',
  actor: caller.method === 'anonymous' ? null : caller.name,
  ...(decidedFor ? { allowedFor: { environment: decidedFor.environment, team: decidedFor.team } } : {}),
});

/** @throws Problem for a request that poses as Sluice, or names its asker so as to deceive. */
export function refuseForged(kind: OperationKind | 'cancel', request: Claims): void {
  const errors = problemsOfClaims(kind, request, 'api');
  if (errors.length === 0) return;
  const lines = errors.map(({ path, message }) => `${path}: ${message}`);
  throw new Problem('InvalidRequest', `The ${kind} is wrong: ${lines.join('; ')}`, { errors });
}

/** Parses a body into its kind and the payload of that kind, which gets an id. @throws Problem */
export function parseOperation(body: unknown): { kind: OperationKind; request: Asked; chosen: boolean } {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Problem('InvalidRequest', 'The body must be an object such as {"kind": "savepoint"}');
  }
  const { kind: name, ...payload } = body as Record<string, unknown>; // an object, as was just seen
  const kind = operationKinds.find((one) => one === name);
  if (!kind) {
    const mistake =
      name === undefined
        ? 'is missing'
        : `must not be ${typeof name === 'string' ? quoted(name) : 'of another type than string'}`;
    const message = `${mistake}; supported: ${operationKinds.join(', ')}`;
    throw new Problem('InvalidRequest', `kind: ${message}`, { errors: [{ path: 'kind', message }] });
  }
  const parsed = requestSchemas[kind].safeParse(payload);
  if (!parsed.success) throw invalidInput('InvalidRequest', `The ${kind} is wrong`, parsed.error.issues);
  refuseForged(kind, parsed.data);
  const chosen = parsed.data.id !== undefined;
  return { kind, request: { ...parsed.data, id: parsed.data.id ?? randomUUID() }, chosen };
}

/** Tells whether a job that was never seen before may begin with this kind. */
export const isFirst = (kind: OperationKind): boolean => kind === 'deploy' || kind === 'adopt';
