/** Asking for operations, and following them. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import { operationKinds, type OperationKind } from '../../domain/lifecycle.ts';
import { holderOf, requestSchemas, type OperationRecord } from '../../domain/operation.ts';
import { accepted, acceptedAnswers, askerHeaders } from '../accepted.ts';
import { OperationList, OperationResource } from '../contract.ts';
import type { RouteDependencies } from '../dependencies.ts';
import { readAllHistories, readHistory, readOperation } from '../history.ts';
import { pageQuery } from '../paging.ts';
import { quoted } from '../parse-call.ts';
import { invalidInput, Problem } from '../problem.ts';
import { ok, route, type Route } from '../route.ts';
import { fingerprintOfRequest, idReused, inProgress } from '../submissions.ts';

type Asked = Readonly<Record<string, unknown>> & { readonly id: string };

/** The body of each kind, for the OpenAPI document; the handler says better what is wrong. */
const OperationRequest = z.discriminatedUnion('kind', [
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

const listQuery = z.strictObject(pageQuery);

export function operationRoutes(dependencies: RouteDependencies): Route[] {
  const { jobs, records } = dependencies;
  return [
    route({
      method: 'post',
      path: '/jobs/{job}/operations',
      tag: 'operations',
      summary: 'Ask for an operation',
      body: { schema: OperationRequest },
      headers: askerHeaders,
      answers: acceptedAnswers,
      problems: [
        'OperationInProgress',
        'CommandNotAllowed',
        'StopPending',
        'NotFound',
        'InvalidRequest',
        'InvalidJobName',
        'OperationIdReused',
        'Undecodable',
        'PayloadTooLarge',
        'UnsupportedMediaType',
        'TemporalUnavailable',
      ],
      async handle({ params, body, request: http, response }) {
        const job = params['job'] ?? '';
        const { kind, request, chosen } = parseOperation(body, http.get('x-sluice-actor'));
        let operation: OperationRecord;
        try {
          operation = await ask(dependencies, job, kind, request, chosen);
          dependencies.metrics.submission(kind, 'accepted');
        } catch (failure) {
          dependencies.metrics.submission(kind, failure instanceof SluiceError ? failure.code : 'Internal');
          throw failure;
        }
        return await accepted(dependencies, operation, http.get('prefer'), () => response.destroyed);
      },
    }),
    route({
      method: 'get',
      path: '/jobs/{job}/operations',
      tag: 'operations',
      summary: 'History of a job, newest first',
      query: listQuery,
      answers: { 200: { description: 'Operations of the job', schema: OperationList } },
      problems: ['NotFound', 'InvalidJobName', 'InvalidRequest', 'TemporalUnavailable', 'StorageUnavailable'],
      async handle({ params, query }) {
        const job = params['job'] ?? '';
        const page = await readHistory(jobs, records, job, query);
        if (!page) throw new Problem('NotFound', `There is no job ${job}: nothing was ever asked of it`);
        return ok(page);
      },
    }),
    route({
      method: 'get',
      path: '/jobs/{job}/operations/{id}',
      tag: 'operations',
      summary: 'One operation',
      answers: { 200: { description: 'The operation', schema: OperationResource } },
      problems: ['NotFound', 'InvalidJobName', 'InvalidRequest', 'TemporalUnavailable', 'StorageUnavailable'],
      async handle({ params }) {
        const { job = '', id = '' } = params;
        const operation = await readOperation(jobs, records, job, id);
        if (!operation) throw new Problem('NotFound', `${job} has no operation ${id}`);
        return ok({ ...operation, operation });
      },
    }),
    route({
      method: 'get',
      path: '/operations',
      tag: 'operations',
      summary: 'Operations of all jobs, newest first',
      query: listQuery,
      answers: { 200: { description: 'Operations', schema: OperationList } },
      problems: ['InvalidRequest', 'TemporalUnavailable', 'StorageUnavailable'],
      handle: async ({ query }) => ok(await readAllHistories(jobs, records, query)),
    }),
  ];
}

/** The kind, and the payload that its schema made of the body: with an id and an actor, without the kind. */
function parseOperation(
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

/**
 * Looks before it asks: while an operation runs, the refusal comes from a query and takes none of the few updates that
 * Temporal lets wait at one workflow.
 */
async function ask(
  { jobs, records, submissions, oldOperations }: RouteDependencies,
  job: string,
  kind: OperationKind,
  request: Asked,
  chosen: boolean,
): Promise<OperationRecord> {
  const { id } = request;
  const [view, before] = await Promise.all([jobs.view(job), chosen ? oldOperations.ended(job, id) : null]);
  if (before) {
    if (before.fingerprint !== fingerprintOfRequest(kind, request)) throw idReused(job, id, before.kind);
    return before;
  }
  const urgent = supersedes(kind, request);
  if (view?.operation && view.operation.id !== id && !urgent) throw inProgress(job, holderOf(view.operation));
  const start = view === null && (isFirst(kind) || (await records.wasStarted(job)));
  if (view === null && !start) {
    throw new Problem('NotFound', `There is no job ${job}: it was never deployed, so there is nothing to ${kind}`);
  }
  const submission = { job, kind, request, start: isFirst(kind) || start };
  return await (urgent ? submissions.submitUrgently(submission) : submissions.submit(submission));
}

/** What a job may begin with that was never seen before. */
const isFirst = (kind: OperationKind): boolean => kind === 'deploy' || kind === 'adopt';

/** A kill that is forced takes the place of what runs, so that is no reason to refuse it. */
const supersedes = (kind: OperationKind, request: Asked): boolean => kind === 'kill' && request['force'] === true;
