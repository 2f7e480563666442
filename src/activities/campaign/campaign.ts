/** A campaign asks one job for its operation, and follows the operation to its end. */
import type { CampaignAsk } from '../../domain/campaign/plan.ts';
import type { JobEnd } from '../../domain/campaign/transitions.ts';
import { isCode, type ErrorCode } from '../../domain/errors/errors.ts';
import { isHeldBy, RequestRefused } from '../../domain/job/refusal.ts';
import type { JobState } from '../../domain/lifecycle.ts';
import { holderOf, type OperationRecord } from '../../domain/operation/operation.ts';
import { readClaim } from '../../records/claims.ts';
import type { Dependencies } from '../dependencies/dependencies.ts';
import { poll } from '../poll.ts';

export interface CampaignAskInput extends CampaignAsk {
  /** The states in which the job may be asked. */
  readonly states: readonly JobState[];
}

export type CampaignAnswer =
  { readonly kind: 'accepted' } | { readonly kind: 'refused'; readonly code: ErrorCode; readonly detail: string };

export interface FollowInput {
  readonly job: string;
  readonly operation: string;
  readonly deadlineMs: number;
}

export const createCampaign = (deps: Dependencies) => ({
  /** Asks a job. Asking once more is the same operation, because it has the same id. */
  askForCampaign: (input: CampaignAskInput): Promise<CampaignAnswer> => ask(deps, input),
  /** Waits for the end of an operation; null when it has not ended by the deadline. */
  followOperation: (input: FollowInput): Promise<JobEnd | null> => follow(deps, input),
});

const accepted: CampaignAnswer = { kind: 'accepted' };
const refused = (code: ErrorCode, detail: string): CampaignAnswer => ({ kind: 'refused', code, detail });

/**
 * Looks at the job before it asks. A deploy would start a job that somebody has stopped meanwhile, and a failover would take the
 * place of a running operation.
 */
async function ask(
  { s3, campaignJobs }: Dependencies,
  { states, ...asked }: CampaignAskInput,
): Promise<CampaignAnswer> {
  const { job, request } = asked;
  // An attempt before this one may have been accepted, and its operation may have changed the job since.
  if (await readClaim(s3, job, request.id)) return accepted;
  const view = await campaignJobs.see(job);
  if (view === null) return refused('NotFound', `no workflow of ${job} is open`);
  const { state, operation } = view;
  if (operation?.id === request.id) return accepted;
  if (operation) return refused('OperationInProgress', isHeldBy(job, holderOf(operation)));
  if (!states.includes(state))
    return refused(
      'CommandNotAllowed',
      `${job} is ${state}: a campaign asks only jobs that are ${states.join(' or ')}`,
    );
  try {
    await campaignJobs.ask(asked);
    return accepted;
  } catch (error) {
    if (error instanceof RequestRefused || isCode(error, 'NotFound')) return refused(error.code, error.message);
    throw error;
  }
}

/** Reads the claim, which costs the job nothing, and asks the job itself now and then: S3 may have been away at the end. */
async function follow(deps: Dependencies, { job, operation: id, deadlineMs }: FollowInput): Promise<JobEnd | null> {
  const { s3, campaignJobs, campaign } = deps;
  let looks = 0;
  const inHistory = async (): Promise<OperationRecord | null> => {
    looks += 1;
    if (looks % campaign.looksPerQuestion !== 0) return null;
    const known = await campaignJobs.operation(job, id).catch((error: unknown) => {
      if (isCode(error, 'TemporalUnavailable', 'WorkflowTasksFail')) return null;
      throw error;
    });
    return known?.outcome == null ? null : known;
  };
  const waited = await poll({ deadlineMs, everyMs: campaign.lookEveryMs }, async () => {
    const ended = (await readClaim(s3, job, id))?.value.ended ?? (await inHistory());
    return ended?.outcome == null ? { seen: `${id} of ${job} goes on` } : { found: endOf(ended, ended.outcome) };
  });
  return 'found' in waited ? waited.found : null;
}

const endOf = ({ error, deployment }: OperationRecord, outcome: JobEnd['outcome']): JobEnd => ({
  outcome,
  code: error?.code ?? null,
  detail: error?.detail ?? null,
  deployment,
});
