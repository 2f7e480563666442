/** Plans: what an operation would do, told by a workflow of its own beside the job, and operations that hold to one. */
import { newMemory } from '../../domain/job/job-memory.ts';
import type { OperationKind } from '../../domain/lifecycle.ts';
import type { Request } from '../../domain/operation/operation.ts';
import { jobPartOf, jobRevision } from '../../domain/plan/revision.ts';
import type { Plan, PlanBasis } from '../../domain/plan/plan.ts';
import type { RouteDependencies } from '../dependencies.ts';
import { isFirst, type Asked } from './operation-request.ts';
import { quoted } from '../http/parse-call.ts';
import { Problem } from '../http/problem.ts';

type Dependencies = Pick<RouteDependencies, 'gateway' | 'records'>;

interface Planned {
  readonly kind: OperationKind;
  readonly request: Asked;
}

/** @throws Problem `NotFound` for a job that was never seen, unless it could begin with this. */
export async function makePlan(
  { gateway, records }: Dependencies,
  job: string,
  { kind, request }: Planned,
): Promise<Plan> {
  const known = await gateway.planBasis(job, { kind, request });
  if (known === null && !isFirst(kind) && !(await records.wasStarted(job))) {
    throw new Problem('NotFound', `There is no job ${job}: it was never deployed, so there is nothing to ${kind}`);
  }
  const asked = { ...request, kind } as Request & { readonly id: string }; // the schema of this very kind produced it
  return await gateway.plan({ job, request: asked, basis: known ?? basisOfNobody(job) });
}

/** What a workflow that is started for the operation would begin with. */
function basisOfNobody(job: string): PlanBasis {
  const memory = newMemory(job, new Date().toISOString());
  const { proven, state, epoch, current, previous } = memory;
  const revision = jobRevision(memory);
  return { revision, proven, hasRecorded: false, state, epoch, current, previous, refusal: null };
}

/**
 * Plans once more and compares.
 * @returns the request, with the condition that the job's workflow holds it to: between here and there nothing slips in.
 * @throws Problem `PlanOutdated` when something has changed, or the plan was one of another request.
 */
export async function onlyAsPlanned(
  dependencies: Dependencies,
  job: string,
  { kind, request, ifMatch }: Planned & { readonly ifMatch: string },
): Promise<Asked> {
  const revision = ifMatch.trim().replace(/^"(.*)"$/, '$1');
  const ofJob = jobPartOf(revision);
  if (ofJob === null) {
    throw new Problem('InvalidRequest', `If-Match must be the revision of one plan, not ${quoted(ifMatch)}`);
  }
  const now = await makePlan(dependencies, job, { kind, request });
  if (now.revision === revision) return { ...request, ifRevision: ofJob };
  const what =
    jobPartOf(now.revision) === ofJob
      ? 'the release, the restore point, the hotfix or the cluster is another one now, or the plan was one of another request'
      : `the job is ${now.state} now, and an operation or an event has changed it`;
  throw new Problem('PlanOutdated', `${kind} of ${job} is not what was planned: ${what}`);
}
