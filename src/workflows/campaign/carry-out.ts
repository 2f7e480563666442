/** Carries one job of a campaign out: asks for its operation, and follows that to its end. */
import { isCancellation } from '@temporalio/workflow';
import type { CampaignAnswer } from '../../activities/campaign/campaign.ts';
import { campaignKinds } from '../../domain/campaign/kinds.ts';
import { askOf } from '../../domain/campaign/plan.ts';
import { jobAccepted, jobAsked, jobEnded, jobRefused, type JobEnd } from '../../domain/campaign/transitions.ts';
import { campaignOperationIdOf } from '../../domain/identity/ids.ts';
import { change as changing, waitFor } from '../activities.ts';
import { now } from '../desk/now.ts';
import { codeAndDetail } from '../failures.ts';
import { change, type CampaignDesk } from './desk.ts';

/** An operation may take longer; then the next activity goes on. */
const FOLLOW_MS = 10 * 60_000;

export async function carryOut(desk: CampaignDesk, place: number): Promise<void> {
  if (desk.memory.jobs[place]?.state !== 'running') {
    change(desk, jobAsked(desk.memory, place, now()));
    const answer = await ask(desk, place);
    if (answer.kind === 'refused') {
      change(desk, jobRefused(desk.memory, place, answer, now()));
      return;
    }
    change(desk, jobAccepted(desk.memory, place, now()));
  }
  const end = await follow(desk, place);
  if (end !== 'handedOver') change(desk, jobEnded(desk.memory, place, end, now()));
}

/** A failure counts as a refusal that passes: whether the job has taken the operation shows when it is asked again. */
async function ask({ memory }: CampaignDesk, place: number): Promise<CampaignAnswer> {
  const job = memory.jobs[place];
  if (!job) return { kind: 'refused', code: 'Internal', detail: `the campaign has no job ${place}` };
  const asked = askOf(memory, job);
  try {
    return await changing.askForCampaign.executeWithOptions({ summary: `Ask ${job.job} for ${asked.kind}` }, [
      { ...asked, states: campaignKinds[memory.kind].states },
    ]);
  } catch (error) {
    const failure = codeAndDetail(error);
    if (failure === null) throw error;
    return { kind: 'refused', ...failure };
  }
}

async function follow(desk: CampaignDesk, place: number): Promise<JobEnd | 'handedOver'> {
  const { id, jobs } = desk.memory;
  const job = jobs[place]?.job ?? '';
  const input = { job, operation: campaignOperationIdOf(id), deadlineMs: FOLLOW_MS };
  const wait = () =>
    waitFor(FOLLOW_MS).followOperation.executeWithOptions({ summary: `The end of the operation of ${job}` }, [input]);
  for (;;) {
    try {
      const end = await desk.following.run(wait);
      if (end !== null) return end;
    } catch (error) {
      if (isCancellation(error)) return 'handedOver';
      const failure = codeAndDetail(error);
      if (failure === null) throw error;
      // Workers were away for longer than the activity waits for them.
      if (failure.code === 'OperationTimedOut') continue;
      return { outcome: 'failed', code: failure.code, detail: failure.detail, deployment: null };
    }
  }
}
