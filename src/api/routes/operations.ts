/** Asking for operations, and following them. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import { operationKinds, type OperationKind } from '../../domain/lifecycle.ts';
import { holderOf, requestSchemas, type OperationRecord } from '../../domain/operation.ts';
import { API_PREFIX, OperationBody, OperationList, OperationResource } from '../contract.ts';
import type { RouteDependencies } from '../dependencies.ts';
import { readAllHistories, readHistory, readOperation } from '../history.ts';
import { pageQuery } from '../paging.ts';
import { quoted } from '../parse-call.ts';
import { invalidInput, Problem } from '../problem.ts';
import { ok, route, type Route } from '../route.ts';
import { fingerprintOfRequest, idReused, inProgress } from '../submissions.ts';

const LONGEST_WAIT_S = 60;
const POLL_MS = 200;

type Asked = Readonly<Record<string, unknown>> & { readonly id: string };

/** The body of each kind, for the OpenAPI document; the handler says better what is wrong. */
const OperationRequest = z.discriminatedUnion('kind', [
  requestSchemas.deploy.extend({ kind: z.literal('deploy') }),
  requestSchemas.savepoint.extend({ kind: z.literal('savepoint') }),
  requestSchemas.stop.extend({ kind: z.literal('stop') }),
  requestSchemas.kill.extend({ kind: z.literal('kill') }),
  requestSchemas.resume.extend({ kind: z.literal('resume') }),
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
      headers: {
        Prefer: '`wait=30` waits up to so many seconds (at most 60) for the end',
        'X-Sluice-Actor': 'Who asks, when the body does not say so',
      },
      answers: {
        202: { description: 'Accepted; follow it at its Location', schema: OperationBody },
        200: { description: 'Ended within the time that Prefer gave', schema: OperationBody },
      },
      problems: [
        'OperationInProgress',
        'CommandNotAllowed',
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
        const wait = secondsToWait(http.get('prefer'));
        if (wait > 0) operation = await waitForEnd(dependencies, operation, wait, () => response.destroyed);
        return {
          status: wait > 0 && operation.outcome !== null ? 200 : 202,
          body: { operation },
          headers: {
            Location: `${API_PREFIX}/jobs/${job}/operations/${operation.id}`,
            ...(wait > 0 ? { 'Preference-Applied': `wait=${wait}` } : {}),
          },
        };
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
  if (view?.operation && view.operation.id !== id) throw inProgress(job, holderOf(view.operation));
  const start = view === null && (kind === 'deploy' || (await records.wasStarted(job)));
  if (view === null && !start) {
    throw new Problem('NotFound', `There is no job ${job}: it was never deployed, so there is nothing to ${kind}`);
  }
  return await submissions.submit({ job, kind, request, start: kind === 'deploy' || start });
}

/** Seconds of `Prefer: wait=N` (RFC 7240); 0 without it. */
function secondsToWait(prefer: string | undefined): number {
  const wait = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,6})"?/i.exec(prefer ?? '')?.[1];
  return wait === undefined ? 0 : Math.min(Number(wait), LONGEST_WAIT_S);
}

async function waitForEnd(
  { jobs, records, log }: RouteDependencies,
  operation: OperationRecord,
  seconds: number,
  gone: () => boolean,
): Promise<OperationRecord> {
  const until = Date.now() + seconds * 1000;
  let latest = operation;
  while (latest.outcome === null && Date.now() < until && !gone()) {
    await sleep(Math.min(POLL_MS, Math.max(0, until - Date.now())));
    try {
      latest = (await readOperation(jobs, records, operation.job, operation.id)) ?? latest;
    } catch (failure) {
      // It was accepted: not seeing it for a moment is no reason to answer with an error.
      log.warn({ err: failure, job: operation.job, operation: operation.id }, 'operation not readable while waiting');
    }
  }
  return latest;
}
