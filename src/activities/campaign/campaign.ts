/** A campaign asks one job for its operation, and follows the operation to its end. */
import { Context } from '@temporalio/activity';
import type { CampaignAsk } from '../../domain/campaign/plan.ts';
import type { JobEnd } from '../../domain/campaign/transitions.ts';
import { isCode, SluiceError, type ErrorCode } from '../../domain/errors/errors.ts';
import { isHeldBy, RequestRefused, reuseOf } from '../../domain/job/refusal.ts';
import type { JobState } from '../../domain/lifecycle.ts';
import { fingerprintOfRequest } from '../../domain/operation/asked.ts';
import { holderOf } from '../../domain/operation/operation.ts';
import { readClaim } from '../../records/claims.ts';
import type { Dependencies } from '../dependencies/dependencies.ts';
import { follow, type FollowInput } from './follow.ts';

export interface CampaignAskInput extends CampaignAsk {
  /** The states in which the job may be asked. */
  readonly states: readonly JobState[];
}

export type CampaignAnswer =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly detail: string }
  /** The job was asked, and whether it has accepted is not known. */
  | { readonly kind: 'unknown'; readonly code: ErrorCode; readonly detail: string }
  /** The campaign has called the question back in time. */
  | { readonly kind: 'notAsked' };

export const createCampaign = (deps: Dependencies) => ({
  /**
   * Asks a job, once. Asking once more is the same operation, because it has the same id. An attempt that fails or is lost may have
   * asked, so the campaign follows the operation instead of trying this again.
   */
  askForCampaign: (input: CampaignAskInput): Promise<CampaignAnswer> => ask(deps, input),
  /** Waits for the end of an operation, or for its loss; null when it goes on at the deadline. */
  followOperation: (input: FollowInput): Promise<JobEnd | null> => follow(deps, input),
});

const accepted: CampaignAnswer = { kind: 'accepted' };
const refused = (code: ErrorCode, detail: string): CampaignAnswer => ({ kind: 'refused', code, detail });

function acceptedIfSame(
  { job, kind, request }: CampaignAsk,
  operation: { readonly kind: string; readonly fingerprint: string },
): CampaignAnswer {
  const reuse = reuseOf(job, { id: request.id, fingerprint: fingerprintOfRequest(kind, request) }, operation);
  return reuse === null ? accepted : refused(reuse.code, reuse.detail);
}

async function ask(deps: Dependencies, input: CampaignAskInput): Promise<CampaignAnswer> {
  try {
    return (await look(deps, input)) ?? (await send(deps, input));
  } catch (error) {
    if (error instanceof SluiceError) return refused(error.code, error.message);
    throw error;
  }
}

/**
 * Looks at the job before it is asked. A deploy would start a job that somebody has stopped meanwhile, and a failover would take
 * the place of a running operation. The campaign comes last: whoever stops it may be sure from then on.
 * @returns null for a job that may be asked.
 */
async function look({ s3, campaignJobs }: Dependencies, asked: CampaignAskInput): Promise<CampaignAnswer | null> {
  const { states, job, request } = asked;
  // The job may have accepted before, and its operation may have changed it since.
  const claim = await readClaim(s3, job, request.id);
  if (claim) return acceptedIfSame(asked, claim.value);
  const view = await campaignJobs.see(job);
  if (view === null) return refused('NotFound', `no workflow of ${job} is open`);
  const { state, operation } = view;
  if (operation?.id === request.id) return acceptedIfSame(asked, operation);
  if (operation) return refused('OperationInProgress', isHeldBy(job, holderOf(operation)));
  if (!states.includes(state))
    return refused(
      'CommandNotAllowed',
      `${job} is ${state}: a campaign asks only jobs that are ${states.join(' or ')}`,
    );
  const { workflowExecution: campaign, activityId } = Context.current().info;
  return campaign && (await campaignJobs.isWanted({ ...campaign, activityId })) ? null : { kind: 'notAsked' };
}

async function send(
  { campaignJobs }: Dependencies,
  { states: _states, ...asked }: CampaignAskInput,
): Promise<CampaignAnswer> {
  try {
    // Temporal answers a repeated update id from the first update, whatever the second payload is.
    return acceptedIfSame(asked, await campaignJobs.ask(asked));
  } catch (error) {
    if (error instanceof RequestRefused || isCode(error, 'NotFound')) return refused(error.code, error.message);
    if (error instanceof SluiceError) return { kind: 'unknown', code: error.code, detail: error.message };
    throw error;
  }
}
