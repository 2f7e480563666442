/**
 * The plan of an operation: observe, decide, look. The plan runs beside the job, holds nothing and changes nothing, and
 * its questions and decisions are the operation's own code.
 */
import { setCurrentDetails } from '@temporalio/workflow';
import { SluiceError } from '../domain/errors/errors.ts';
import type { Request } from '../domain/operation/operation.ts';
import type { Plan, Sighting } from '../domain/plan/plan.ts';
import { read } from './activities.ts';
import type { PlanInput } from './messages.ts';
import { checkOf, wantedOf, type StartRequest } from './operations/upgrade/wanted.ts';

export async function plan({ job, request, basis }: PlanInput): Promise<Plan> {
  const plannedAt = new Date().toISOString();
  const seen = await read.sightJob.executeWithOptions({ summary: `What runs of ${job}` }, [{ job, basis }]);
  const { check, problem } = checkIn(job, { ...request }, seen, plannedAt);
  const planned = await read.planOperation.executeWithOptions({ summary: `What ${request.kind} of ${job} would do` }, [
    { job, request, basis, seen: problem ? { ...seen, problem } : seen, check, plannedAt },
  ]);
  setCurrentDetails(planned.summary);
  return planned;
}

/**
 * Makes the input of the operation's checks; null when the operation starts nothing, or has nothing that it could
 * start.
 */
function checkIn(
  job: string,
  request: PlanInput['request'],
  { state, current, previous, problem }: Sighting,
  acceptedAt: string,
) {
  if (!starts(request)) return { check: null, problem };
  const { id, actor = 'unknown', reason = null } = request;
  const memory = { job, state, current, previous };
  try {
    const wanted = wantedOf(memory, { id, actor, reason, acceptedAt }, request);
    return { check: checkOf(memory, id, wanted), problem };
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    return { check: null, problem: problem ?? { code: error.code, detail: error.message } };
  }
}

function starts(request: Request): request is StartRequest {
  switch (request.kind) {
    case 'deploy':
    case 'resume':
    case 'restart':
    case 'rollback':
    case 'hotfix':
    case 'revertHotfix':
    case 'failover':
    case 'failback':
      return true;
    case 'savepoint':
    case 'stop':
    case 'kill':
    case 'adopt':
    case 'recover':
    case 'transfer':
      return false;
  }
}
