/** What is asked of a job, by the schemas of its kinds: the same for an operation and for the plan of one. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { operationKinds, type OperationKind } from '../../domain/lifecycle.ts';
import { requestSchemas } from '../../domain/operation/operation.ts';
import { quoted } from '../http/parse-call.ts';
import { invalidInput, Problem } from '../http/problem.ts';

export type Asked = Readonly<Record<string, unknown>> & { readonly id: string };

/** The body of each kind, for the OpenAPI document; the handler says better what is wrong. */
export const OperationRequest = z.discriminatedUnion('kind', [
  requestSchemas.deploy.extend({ kind: z.literal('deploy') }),
  requestSchemas.savepoint.extend({ kind: z.literal('savepoint') }),
  requestSchemas.stop.extend({ kind: z.literal('stop') }),
  requestSchemas.kill.extend({ kind: z.literal('kill') }),
  requestSchemas.resume.extend({ kind: z.literal('resume') }),
  requestSchemas.restart.extend({ kind: z.literal('restart') }),
  requestSchemas.rollback.extend({ kind: z.literal('rollback') }),
  requestSchemas.hotfix.safeExtend({ kind: z.literal('hotfix') }),
  requestSchemas.revertHotfix.extend({ kind: z.literal('revertHotfix') }),
  requestSchemas.adopt.extend({ kind: z.literal('adopt') }),
  requestSchemas.recover.extend({ kind: z.literal('recover') }),
]);

/** The kind, and the payload that its schema made of the body: with an id and an actor, without the kind. */
export function parseOperation(
  body: unknown,
  actorHeader: string | undefined,
): { kind: OperationKind; request: Asked; chosen: boolean } {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Problem('InvalidRequest', 'The body must be an object such as {"kind": "savepoint"}');
  }
  const { kind: named, ...payload } = body as Record<string, unknown>; // an object, as was just seen
  const kind = operationKinds.find((known) => known === named);
  if (!kind) {
    const said =
      named === undefined
        ? 'is missing'
        : `must not be ${typeof named === 'string' ? quoted(named) : 'of another type than string'}`;
    const message = `${said}; supported: ${operationKinds.join(', ')}`;
    throw new Problem('InvalidRequest', `kind: ${message}`, { errors: [{ path: 'kind', message }] });
  }
  const defaults = { via: 'api', actor: actorHeader ?? 'anonymous' };
  const parsed = requestSchemas[kind].safeParse({ ...defaults, ...payload });
  if (!parsed.success) throw invalidInput('InvalidRequest', `The ${kind} is wrong`, parsed.error.issues);
  const chosen = parsed.data.id !== undefined;
  return { kind, request: { ...parsed.data, id: parsed.data.id ?? randomUUID() }, chosen };
}

/** What a job may begin with that was never seen before. */
export const isFirst = (kind: OperationKind): boolean => kind === 'deploy' || kind === 'adopt';
