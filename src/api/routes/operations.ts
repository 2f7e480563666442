/** Routes that take operations and show them. */
import { isCode, SluiceError } from '../../domain/errors/errors.ts';
import type { OperationKind } from '../../domain/lifecycle.ts';
import type { Sender } from '../../domain/operation/asker.ts';
import { holderOf, type OperationRecord } from '../../domain/operation/operation.ts';
import { accepted, acceptedAnswers, askerHeaders } from '../operations/accepted.ts';
import { OperationList, OperationResource } from '../contract.ts';
import type { RouteDependencies } from '../dependencies.ts';
import { readAllHistories, readHistory, readOperation } from '../operations/history.ts';
import { visibleJobs } from '../access/visible-jobs.ts';
import { noSuchJob } from '../jobs/no-such-job.ts';
import { refuseUnknownName } from '../jobs/first-deploy.ts';
import { allHistoriesQuery, historyQuery } from '../operations/history-filter.ts';
import { isFirst, OperationRequest, parseOperation, senderOf, type Asked } from '../operations/operation-request.ts';
import { onlyAsPlanned } from '../operations/plans.ts';
import { Problem } from '../http/problem.ts';
import { ok, route, type Call, type Route } from '../http/route.ts';
import { inProgress, refuseReuse } from '../operations/submissions.ts';
import { withUndone } from '../operations/undone.ts';

export const operationRoutes = (dependencies: RouteDependencies): Route[] => [
  askRoute(dependencies),
  historyRoute(dependencies),
  operationRoute(dependencies),
  allHistoriesRoute(dependencies),
];

const askRoute = (dependencies: RouteDependencies): Route =>
  route({
    method: 'post',
    path: '/jobs/{job}/operations',
    operationId: 'createOperation',
    access: { of: 'request' },
    tag: 'operations',
    summary: 'Ask for an operation',
    body: { schema: OperationRequest },
    headers: {
      ...askerHeaders,
      'If-Match':
        'Revision of a plan of the same request: the operation is accepted only while nothing has changed since',
    },
    answers: acceptedAnswers,
    problems: [
      'OperationInProgress',
      'CommandNotAllowed',
      'StopPending',
      'NotFound',
      'InvalidJobName',
      'OperationIdReused',
      'PlanOutdated',
      'RecordInvalid',
      'DeploymentFileNotFound',
      'ReleaseNotFound',
      'ReleaseInvalid',
      'StorageUnavailable',
      'TemporalUnavailable',
    ],
    async handle({ params, body, request: http, response, caller, decidedFor, may, acted }) {
      const job = params['job'] ?? '';
      const asked = { ...parseOperation(body), sender: senderOf({ caller, decidedFor }) };
      const { kind } = asked;
      let operation: OperationRecord;
      try {
        operation = await ask(dependencies, job, { ...asked, ifMatch: http.get('if-match'), may });
        dependencies.metrics.submission(kind, 'accepted');
      } catch (failure) {
        dependencies.metrics.submission(kind, failure instanceof SluiceError ? failure.code : 'Internal');
        throw repeatable(failure);
      }
      acted(operation.id);
      return await accepted(dependencies, operation, http.get('prefer'), () => response.destroyed);
    },
  });

const historyRoute = ({ jobs, records }: RouteDependencies): Route =>
  route({
    method: 'get',
    path: '/jobs/{job}/operations',
    operationId: 'listJobOperations',
    access: { permission: 'view', of: 'job' },
    tag: 'operations',
    summary: 'History of a job, newest first',
    query: historyQuery,
    answers: { 200: { description: 'Operations of the job', schema: OperationList } },
    problems: ['NotFound', 'InvalidJobName', 'InvalidRequest', 'TemporalUnavailable', 'StorageUnavailable'],
    async handle({ params, query, may }) {
      const job = params['job'] ?? '';
      const page = await readHistory(jobs, records, job, query);
      if (!page) throw await noSuchJob(() => jobs.index(), may, job, 'nothing was ever asked of it');
      return ok({ ...page, items: await withUndone(records, job, page.items) });
    },
  });

const operationRoute = ({ jobs, records }: RouteDependencies): Route =>
  route({
    method: 'get',
    path: '/jobs/{job}/operations/{id}',
    operationId: 'getOperation',
    access: { permission: 'view', of: 'job' },
    tag: 'operations',
    summary: 'One operation',
    answers: { 200: { description: 'The operation', schema: OperationResource } },
    problems: [
      'NotFound',
      'InvalidJobName',
      'InvalidRequest',
      'RecordInvalid',
      'TemporalUnavailable',
      'StorageUnavailable',
    ],
    async handle({ params }) {
      const { job = '', id = '' } = params;
      const operation = await readOperation(jobs, records, job, id);
      if (!operation) throw new Problem('NotFound', `${job} has no operation ${id}`);
      const [item = operation] = await withUndone(records, job, [operation]);
      return ok({ ...item, operation: item });
    },
  });

const allHistoriesRoute = ({ jobs, records }: RouteDependencies): Route =>
  route({
    method: 'get',
    path: '/operations',
    operationId: 'listOperations',
    access: { permission: 'view', of: 'each' },
    tag: 'operations',
    summary: 'Operations of all jobs, newest first',
    query: allHistoriesQuery,
    answers: { 200: { description: 'Operations', schema: OperationList } },
    problems: ['InvalidRequest', 'TemporalUnavailable', 'StorageUnavailable'],
    handle: async ({ query, may }) => ok(await readAllHistories(jobs, records, query, await visibleJobs(jobs, may))),
  });

/**
 * Queries the job before it sends an update: while an operation runs, the refusal comes from the query and takes none of
 * the few updates that Temporal lets wait at one workflow.
 */
async function ask(
  dependencies: RouteDependencies,
  job: string,
  { kind, request: asked, chosen, sender, ifMatch, may }: Asking,
): Promise<OperationRecord> {
  const { jobs, records, submissions, oldOperations } = dependencies;
  const { id } = asked;
  const [view, before] = await Promise.all([jobs.view(job), chosen ? oldOperations.ended(job, id) : null]);
  if (before) {
    refuseReuse({ job, kind, request: asked }, before);
    return before;
  }
  const urgent = supersedes(kind, asked);
  const isRepeat = view?.operation?.id === id;
  if (view?.operation && !isRepeat && !urgent) throw inProgress(job, holderOf(view.operation));
  const wasStarted = view === null && (await records.wasStarted(job));
  if (view === null && !wasStarted && isFirst(kind))
    await refuseUnknownName(records, () => visibleJobs(jobs, may), job, asked['release']);
  const start = view === null && (isFirst(kind) || wasStarted);
  if (view === null && !start) {
    throw await noSuchJob(() => jobs.index(), may, job, `it was never deployed, so there is nothing to ${kind}`);
  }
  // A repeated request skips the plan, because its operation may have changed the job already.
  const request =
    ifMatch === undefined || isRepeat
      ? asked
      : await onlyAsPlanned({ ...dependencies, may }, job, { kind, request: asked, ifMatch });
  const submission = { job, kind, request, start: isFirst(kind) || start, sender };
  return await (urgent ? submissions.submitUrgently(submission) : submissions.submit(submission));
}

/** Advises to repeat the request: unlike a read, it may have been accepted although Temporal did not answer. */
const repeatable = (failure: unknown): unknown =>
  isCode(failure, 'TemporalUnavailable')
    ? new Problem('TemporalUnavailable', failure.message, { cause: failure, hint: ASK_AGAIN })
    : failure;

const ASK_AGAIN = 'Ask again with the same id, because the same id is the same operation and runs once.';

interface Asking {
  readonly kind: OperationKind;
  readonly request: Asked;
  /** True when the asker chose the id. */
  readonly chosen: boolean;
  readonly sender: Sender;
  readonly ifMatch: string | undefined;
  readonly may: Call['may'];
}

/** A forced kill takes the place of the operation in progress, which is then no reason to refuse it. */
const supersedes = (kind: OperationKind, request: Asked): boolean => kind === 'kill' && request['force'] === true;
