/** Plans: a workflow beside the job says what an operation would do, and an operation can be bound to such a plan. */
import { newMemory } from '../../domain/job/job-memory.ts';
import type { OperationKind } from '../../domain/lifecycle.ts';
import type { Request } from '../../domain/operation/operation.ts';
import { jobPartOf, jobRevision } from '../../domain/plan/revision.ts';
import type { Plan, PlanBasis } from '../../domain/plan/plan.ts';
import type { RecordStore } from '../../records/record-store.ts';
import type { JobGateway } from '../../temporal/jobs/job-gateway.ts';
import type { Call } from '../http/route.ts';
import { noSuchJob } from '../jobs/no-such-job.ts';
import { isFirst, type Asked } from './operation-request.ts';
import { quoted } from '../http/parse-call.ts';
import { Problem } from '../http/problem.ts';

interface Parts {
  readonly gateway: Pick<JobGateway, 'planBasis' | 'plan' | 'list'>;
  readonly records: Pick<RecordStore, 'wasStarted'>;
  readonly may: Call['may'];
}

interface PlanRequest {
  readonly kind: OperationKind;
  readonly request: Asked;
}

/** @throws Problem `NotFound` for a job that was never started, unless a job may begin with this operation. */
export async function makePlan(
  { gateway, records, may }: Parts,
  job: string,
  { kind, request }: PlanRequest,
): Promise<Plan> {
  const basis = await gateway.planBasis(job, { kind, request });
  if (basis === null && !isFirst(kind) && !(await records.wasStarted(job))) {
    throw await noSuchJob(() => gateway.list(), may, job, `it was never deployed, so there is nothing to ${kind}`);
  }
  const withKind = { ...request, kind } as Request & { readonly id: string }; // the schema of this kind has parsed it
  return await gateway.plan({ job, request: withKind, basis: basis ?? basisOfNewJob(job) });
}

/** Makes the basis that a new workflow would have, started for this operation. */
function basisOfNewJob(job: string): PlanBasis {
  const memory = newMemory(job, new Date().toISOString());
  const { proven, state, epoch, current, previous } = memory;
  const revision = jobRevision(memory);
  return { revision, proven, hasRecorded: false, state, epoch, current, previous, refusal: null };
}

/**
 * Plans again and compares the revisions.
 * @returns the request with a condition that the job's workflow checks, so that nothing can change in between.
 * @throws Problem `PlanOutdated` when something has changed, or the plan belongs to another request.
 */
export async function onlyAsPlanned(
  parts: Parts,
  job: string,
  { kind, request, ifMatch }: PlanRequest & { readonly ifMatch: string },
): Promise<Asked> {
  const revision = ifMatch.trim().replace(/^"(.*)"$/, '$1');
  const ofJob = jobPartOf(revision);
  if (ofJob === null) {
    throw new Problem('InvalidRequest', `If-Match must be the revision of one plan, not ${quoted(ifMatch)}`);
  }
  const now = await makePlan(parts, job, { kind, request });
  if (now.revision === revision) return { ...request, ifRevision: ofJob };
  const what =
    jobPartOf(now.revision) === ofJob
      ? 'the release, the restore point, the hotfix or the cluster has changed, or the plan belongs to another request'
      : `the job is ${now.state} now, and an operation or an event has changed it`;
  throw new Problem('PlanOutdated', `${kind} of ${job} is not what was planned: ${what}`);
}
