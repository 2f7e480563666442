/**
 * A campaign: one kind of operation over many jobs, within limits. The workflow asks the jobs as anybody does, each at most once,
 * and holds none of them. `turn.ts` of the domain decides whose turn it is.
 */
import { allHandlersFinished, CancellationScope, condition, workflowInfo } from '@temporalio/workflow';
import { newCampaign, readCampaign, carriedCampaign, type CampaignMemory } from '../../domain/campaign/memory.ts';
import { campaignEnded } from '../../domain/campaign/transitions.ts';
import { nextStepOf } from '../../domain/campaign/next-step.ts';
import { campaignDigestOf, campaignViewOf, type CampaignView } from '../../domain/campaign/view.ts';
import { campaignOfWorkflowId } from '../../domain/identity/workflow-ids.ts';
import { now } from '../desk/now.ts';
import { CAMPAIGN_MEMO, type CampaignInput } from '../messages.ts';
import { nextRun } from '../next-run.ts';
import { carryOut } from './carry-out.ts';
import { obey, openCampaignDesk, showCampaign, type CampaignDesk } from './desk.ts';

/** @returns the campaign at its end; null where workflow id and input name none. */
export async function campaign(input: CampaignInput): Promise<CampaignView | null> {
  const id = campaignOfWorkflowId(workflowInfo().workflowId);
  const memory = memoryIn(input);
  if (id === null || memory?.id !== id) return null;
  const { cancelRequested } = CancellationScope.current();
  return await CancellationScope.nonCancellable(() => {
    const desk = openCampaignDesk(memory);
    // Temporal's own cancel stops the campaign; operations that it has asked for go on, and are followed.
    cancelRequested.catch(() => obey(desk, 'stop', BY_TEMPORAL));
    return serve(desk);
  });
}

const BY_TEMPORAL = { by: 'temporal', reason: "the workflow was cancelled by Temporal's own means" };

/** A carried memory that this build would misread fails the task, until a newer worker takes it. */
function memoryIn(input: CampaignInput | undefined): CampaignMemory | null {
  return input?.carried === undefined ? newCampaign(input?.plan) : readCampaign(input.carried);
}

async function serve(desk: CampaignDesk): Promise<CampaignView> {
  // The handlers of the first task finish before the run issues any command, so that their order is always the same.
  await condition(allHandlersFinished);
  // The run before has given up its waits, and the same requests are the same operations.
  for (const [place, { state }] of desk.memory.jobs.entries())
    if (state === 'asking' || state === 'running') begin(desk, place);
  for (;;) {
    if (desk.defect !== null) throw desk.defect;
    const { ask, wakeAt, isOver } = nextStepOf(desk.memory, Date.now());
    if (isOver) break;
    if (desk.isToTurnOver || workflowInfo().continueAsNewSuggested) await handOver(desk);
    for (const place of ask) begin(desk, place);
    showCampaign(desk);
    desk.isNews = false;
    const isAwake = (): boolean => desk.isNews;
    if (wakeAt === null) await condition(isAwake);
    else await condition(isAwake, Math.max(1, wakeAt - Date.now()));
  }
  desk.memory = campaignEnded(desk.memory, now());
  showCampaign(desk);
  await condition(allHandlersFinished);
  return campaignViewOf(desk.memory);
}

/** Carries a job out beside the others. */
function begin(desk: CampaignDesk, place: number): void {
  desk.carried += 1;
  const end = (): void => {
    desk.carried -= 1;
    desk.isNews = true;
  };
  carryOut(desk, place).then(end, (error: unknown) => {
    desk.defect = error instanceof Error ? error : new Error(String(error));
    end();
  });
}

/** Goes on in a next run, once each job that is being asked has answered. Operations are followed from there. */
async function handOver(desk: CampaignDesk): Promise<never> {
  desk.following.cancel();
  await condition(() => desk.carried === 0);
  await condition(allHandlersFinished);
  const { memory } = desk;
  const carried = carriedCampaign(memory);
  const memo = { [CAMPAIGN_MEMO]: campaignDigestOf(memory) };
  return await nextRun<typeof campaign>([{ campaign: memory.id, carried }], memo);
}
