/** The campaigns on a real Temporal. Their list is visibility's, and the campaign that has ended is the result of its workflow. */
import {
  type Client,
  QueryRejectedError,
  WorkflowClient,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowExecutionInfo,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { newCampaign } from '../../domain/campaign/memory.ts';
import { signedPlan, type CampaignAsk, type CampaignPlan } from '../../domain/campaign/plan.ts';
import {
  campaignDigestOf,
  CampaignView,
  endedByOthers,
  readCampaignDigest,
  viewEndedByOthers,
  type CampaignDigest,
} from '../../domain/campaign/view.ts';
import { readTolerantly } from '../../domain/compatibility/tolerant.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { campaignOfWorkflowId, campaignWorkflowIdOf } from '../../domain/identity/workflow-ids.ts';
import { RequestRefused } from '../../domain/job/refusal.ts';
import type { Sender } from '../../domain/operation/asker.ts';
import { introduce, type Signer } from '../../domain/operation/signature.ts';
import {
  CAMPAIGN_MEMO,
  CAMPAIGN_WORKFLOW,
  campaignQuery,
  campaignUpdates,
  type CampaignInput,
} from '../../workflows/messages.ts';
import { askOf, nullIfNotFound, type Ask } from '../call.ts';
import { processed } from '../jobs/job-requests.ts';
import type { CampaignGateway } from './campaign-gateway.ts';

const START_DEADLINE_MS = 10_000;
const COMMAND_DEADLINE_MS = 10_000;
const QUESTION_DEADLINE_MS = 5_000;
const LIST_DEADLINE_MS = 8_000;
const PAGE_SIZE = 200;
/** The most campaigns that are listed; Temporal forgets older ones with the retention of its namespace. */
const MOST_LISTED = 1_000;
const VIEW_ATTEMPTS = 3;

interface GatewayOptions {
  readonly client: Client;
  readonly taskQueue: string;
  /** Signs what the campaign asks of jobs; null where the API has no key. */
  readonly signer?: Signer | null;
}

interface Parts {
  readonly client: Client;
  readonly ask: Ask;
}

export function createCampaignGateway({ client, taskQueue, signer = null }: GatewayOptions): CampaignGateway {
  const ask = askOf(client);
  return {
    start: (plan) => start({ client, ask, taskQueue, signer }, plan),
    view: (id) => view({ client, ask }, id),
    list: () => list({ client, ask }),
    command: (id, command, commander) =>
      ask(`Telling campaign ${id} to ${command}`, COMMAND_DEADLINE_MS, async () => {
        const handle = client.workflow.getHandle(campaignWorkflowIdOf(id));
        return await processed(() => handle.executeUpdate(campaignUpdates[command], { args: [commander] }));
      }).catch(async (failure: unknown) => {
        throw failure instanceof WorkflowNotFoundError ? await whyNotOpen({ client, ask }, id, failure) : failure;
      }),
  };
}

async function start(
  { client, ask, taskQueue, signer }: Parts & { readonly taskQueue: string; readonly signer: Signer | null },
  plan: CampaignPlan,
): Promise<'started' | 'exists'> {
  const { id, kind, by } = plan;
  const sign = ({ job, kind: operation, request, sender }: CampaignAsk, now: number): Sender =>
    introduce(signer, { job, kind: operation, payload: request, sender }, now);
  const signed = signedPlan(plan, sign, Date.now());
  const memory = newCampaign(signed);
  if (memory === null) throw new SluiceError('Internal', `the plan of campaign ${id} is none`);
  try {
    await ask(`Starting campaign ${id}`, START_DEADLINE_MS, () =>
      client.workflow.start<(input: CampaignInput) => Promise<unknown>>(CAMPAIGN_WORKFLOW, {
        workflowId: campaignWorkflowIdOf(id),
        taskQueue,
        args: [{ campaign: id, plan: signed }],
        // The operations of a campaign have its id, so no other campaign ever gets it.
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        memo: { [CAMPAIGN_MEMO]: campaignDigestOf(memory) },
        staticSummary: `${kind} of ${plan.jobs.length} jobs, asked for by ${by}`,
      }),
    );
    return 'started';
  } catch (failure) {
    if (failure instanceof WorkflowExecutionAlreadyStartedError) return 'exists';
    throw failure;
  }
}

async function view({ client, ask }: Parts, id: string): Promise<CampaignView | null> {
  const handle = client.workflow.getHandle(campaignWorkflowIdOf(id));
  const question = <T>(call: () => Promise<T>) =>
    nullIfNotFound(ask(`Asking for campaign ${id}`, QUESTION_DEADLINE_MS, call));
  for (let attempt = 1; attempt <= VIEW_ATTEMPTS; attempt += 1) {
    const description = await question(() => handle.describe());
    if (description?.type !== CAMPAIGN_WORKFLOW) return null;
    const status = description.status.name;
    if (status === 'COMPLETED') return viewIn(await question(() => handle.result()));
    if (status !== 'RUNNING' && status !== 'CONTINUED_AS_NEW')
      return await viewOfClosed({ client, ask }, id, description.closeTime);
    try {
      const shown = await question(() => handle.query(campaignQuery));
      if (shown !== null) return viewIn(shown);
    } catch (failure) {
      // The run has ended or continued since it was described.
      if (!(failure instanceof QueryRejectedError)) throw failure;
    }
  }
  return null;
}

/** Has a worker replay a run that ended by other means than its own, such as a terminate. */
async function viewOfClosed(
  { client, ask }: Parts,
  id: string,
  closedAt: Date | undefined,
): Promise<CampaignView | null> {
  const { connection } = client;
  const workflows = new WorkflowClient({ ...client.workflow.options, connection, queryRejectCondition: 'NONE' });
  const handle = workflows.getHandle(campaignWorkflowIdOf(id));
  const asking = ask(`Asking for campaign ${id}`, QUESTION_DEADLINE_MS, () => handle.query(campaignQuery));
  const view = viewIn(await nullIfNotFound(asking));
  return view && viewEndedByOthers(view, closedAt?.toISOString() ?? null);
}

/** Reads what a worker of another release may have answered. */
function viewIn(answer: unknown): CampaignView | null {
  const read = readTolerantly(CampaignView, answer);
  return read.ok ? read.value : null;
}

async function list({ client, ask }: Parts): Promise<readonly CampaignDigest[]> {
  const query = `WorkflowType = "${CAMPAIGN_WORKFLOW}" AND ExecutionStatus != "ContinuedAsNew"`;
  const found = await ask('Listing the campaigns', LIST_DEADLINE_MS, async () => {
    const digests: CampaignDigest[] = [];
    for await (const info of client.workflow.list({ query, pageSize: PAGE_SIZE })) {
      const digest = digestIn(info);
      if (digest) digests.push(digest);
      if (digests.length >= MOST_LISTED) break;
    }
    return digests;
  });
  return found.sort((one, other) => (one.at < other.at ? 1 : -1));
}

/** A run that ended by other means than its own has left a memo in which it goes on. */
function digestIn({ workflowId, status, memo, closeTime }: WorkflowExecutionInfo): CampaignDigest | null {
  const digest = readCampaignDigest(memo?.[CAMPAIGN_MEMO]);
  if (digest === null || campaignOfWorkflowId(workflowId) !== digest.id) return null;
  const isGone = status.name !== 'RUNNING' && status.name !== 'COMPLETED';
  return isGone ? endedByOthers(digest, closeTime?.toISOString() ?? null) : digest;
}

async function whyNotOpen({ client, ask }: Parts, id: string, cause: unknown): Promise<SluiceError> {
  const handle = client.workflow.getHandle(campaignWorkflowIdOf(id));
  const description = await nullIfNotFound(
    ask(`Asking for campaign ${id}`, QUESTION_DEADLINE_MS, () => handle.describe()),
  );
  return description === null
    ? new SluiceError('NotFound', `there is no campaign ${id}, or Temporal has forgotten it`, { cause })
    : new RequestRefused('CampaignOver', `campaign ${id} has ended`, { cause });
}
