/** Route that tells an operation to end. */
import { SluiceError } from '../../../domain/errors/errors.ts';
import { CancelRequest, type OperationRecord } from '../../../domain/operation/operation.ts';
import { accepted, acceptedAnswers, askerHeaders } from '../../operations/accepted.ts';
import type { RouteDependencies } from '../../dependencies.ts';
import { readOperation } from '../../operations/history.ts';
import { refuseForged, senderOf } from '../../operations/operation-request.ts';
import { invalidInput, Problem } from '../../http/problem.ts';
import { route, type Route } from '../../http/route.ts';

/** The path names the operation. */
const CancelBody = CancelRequest.omit({ operation: true });

export const cancelRoutes = (dependencies: RouteDependencies): Route[] => [
  route({
    method: 'post',
    path: '/jobs/{job}/operations/{id}/cancel',
    operationId: 'cancelOperation',
    access: { permission: 'cancel', of: 'job' },
    tag: 'operations',
    summary: 'Tell an operation to end; the effect depends on its phase',
    body: { schema: CancelBody, optional: true },
    headers: askerHeaders,
    answers: acceptedAnswers,
    problems: ['NotFound', 'CommandNotAllowed', 'InvalidJobName', 'TemporalUnavailable', 'StorageUnavailable'],
    async handle({ params: { job = '', id = '' }, body, request: http, response, caller, decidedFor, acted }) {
      const request = parseCancel(id, body);
      const sender = senderOf({ caller, decidedFor });
      let operation: OperationRecord;
      try {
        await refuseLateCancel(dependencies, job, id);
        operation = await dependencies.submissions.cancel(job, request, sender);
        dependencies.metrics.submission('cancel', 'accepted');
      } catch (failure) {
        dependencies.metrics.submission('cancel', failure instanceof SluiceError ? failure.code : 'Internal');
        throw failure;
      }
      acted(operation.id);
      return await accepted(dependencies, operation, http.get('prefer'), () => response.destroyed);
    },
  }),
];

function parseCancel(operation: string, body: unknown): CancelRequest {
  const given: unknown = body ?? {};
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new Problem('InvalidRequest', 'The body must be an object such as {"reason": "wrong release"}, or empty');
  }
  const parsed = CancelBody.safeParse(given);
  if (!parsed.success) throw invalidInput('InvalidRequest', 'The cancel is wrong', parsed.error.issues);
  refuseForged('cancel', parsed.data);
  return { operation, ...parsed.data };
}

/**
 * Refuses the cancel of an operation that has ended for sure. Silence keeps no cancel back, because the job's workflow
 * decides anyway.
 * @throws Problem for an operation that is unknown or has ended.
 */
async function refuseLateCancel({ jobs, records, log }: RouteDependencies, job: string, id: string): Promise<void> {
  let operation: OperationRecord | null;
  try {
    const view = await jobs.view(job);
    if (view?.operation?.id === id) return;
    operation = await readOperation(jobs, records, job, id);
  } catch (failure) {
    log.warn({ err: failure, job, operation: id }, 'operation not readable before its cancel; the workflow decides');
    return;
  }
  if (!operation) throw new Problem('NotFound', `${job} has no operation ${id}`);
  if (operation.outcome === null) return;
  const { kind, outcome, endedAt } = operation;
  throw new Problem(
    'CommandNotAllowed',
    `${kind} ${id} of ${job} has ended ${outcome} at ${endedAt ?? 'an unknown time'}: there is nothing to cancel`,
    { operation },
  );
}
