/** Carries one job of a campaign out: asks for its operation, and follows that to its end. */
import { CancellationScope, isCancellation, patched } from '@temporalio/workflow';
import type { CampaignAnswer } from '../../activities/campaign/campaign.ts';
import { campaignKinds } from '../../domain/campaign/kinds.ts';
import type { CampaignMemory } from '../../domain/campaign/memory.ts';
import { askOf } from '../../domain/campaign/plan.ts';
import {
  jobAccepted,
  jobAsked,
  jobEnded,
  jobInDoubt,
  jobNotAsked,
  jobRefused,
  type JobEnd,
} from '../../domain/campaign/transitions.ts';
import { fingerprintOfRequest } from '../../domain/operation/asked.ts';
import { timeLimits } from '../../domain/time-limits.ts';
import { ask as asking, waitFor } from '../activities.ts';
import { now } from '../desk/now.ts';
import { codeAndDetail } from '../failures.ts';
import { change, type CampaignDesk } from './desk.ts';

export async function carryOut(desk: CampaignDesk, place: number): Promise<void> {
  const { state, inDoubt } = desk.memory.jobs[place] ?? {};
  if (state !== 'running' && inDoubt !== true) {
    change(desk, jobAsked(desk.memory, place, now()));
    const answer = await ask(desk, place);
    change(desk, jobAnswered(desk.memory, place, answer, now()));
    if (answer.kind === 'refused' || answer.kind === 'notAsked') return;
  }
  const end = await follow(desk, place);
  if (end !== 'handedOver') change(desk, jobEnded(desk.memory, place, end, now()));
}

function jobAnswered(memory: CampaignMemory, place: number, answer: CampaignAnswer, at: string): CampaignMemory {
  switch (answer.kind) {
    case 'accepted':
      return jobAccepted(memory, place, at);
    case 'refused':
      return jobRefused(memory, place, answer, at);
    case 'unknown':
      return jobInDoubt(memory, place, answer);
    case 'notAsked':
      return jobNotAsked(memory, place, at);
  }
}

/** Asks a job, unless the campaign calls the question back. Whether a failed attempt has asked is not known. */
async function ask(desk: CampaignDesk, place: number): Promise<CampaignAnswer> {
  const { memory } = desk;
  const job = memory.jobs[place];
  if (!job) return { kind: 'refused', code: 'Internal', detail: `the campaign has no job ${place}` };
  const asked = askOf(memory, job);
  const input = { ...asked, states: campaignKinds[memory.kind].states };
  const summary = `Ask ${job.job} for ${asked.kind}`;
  const question = new CancellationScope();
  desk.asking.add(question);
  try {
    const answer = await question.run(() => asking.askForCampaign.executeWithOptions({ summary }, [input]));
    // An attempt that nobody has called back was given up by the server.
    if (answer.kind !== 'notAsked' || question.consideredCancelled) return answer;
    return { kind: 'refused', code: 'OperationTimedOut', detail: 'the attempt to ask it was given up' };
  } catch (error) {
    // No worker has begun to ask.
    if (isCancellation(error)) return { kind: 'notAsked' };
    const failure = codeAndDetail(error);
    if (failure === null) throw error;
    return { kind: patched('2026-11-30-unanswered-questions') ? 'unknown' : 'refused', ...failure };
  } finally {
    desk.asking.delete(question);
  }
}

async function follow(desk: CampaignDesk, place: number): Promise<JobEnd | 'handedOver'> {
  const planned = desk.memory.jobs[place];
  if (!planned)
    return { outcome: 'failed', code: 'Internal', detail: `the campaign has no job ${place}`, deployment: null };
  const deadlineMs = timeLimits.followTurn;
  const { job, kind, request } = askOf(desk.memory, planned);
  const input = { job, operation: request.id, fingerprint: fingerprintOfRequest(kind, request), deadlineMs };
  const wait = () =>
    waitFor(deadlineMs).followOperation.executeWithOptions({ summary: `The end of the operation of ${job}` }, [input]);
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
