/** Transitions of a campaign, each a function from one memory to the next. */
import type { Outcome } from '../lifecycle.ts';
import { clip } from '../values/clip.ts';
import { isOver } from './kinds.ts';
import { withAct, type CampaignMemory, type JobOfCampaign } from './memory.ts';
import { asksNobody, campaignStateOf, waitAfter } from './next-step.ts';

/** The most text of a reason that a campaign keeps of each job; the record of the operation has the whole. */
const MOST_WHY = 120;

function changedJob(
  memory: CampaignMemory,
  place: number,
  change: (job: JobOfCampaign) => JobOfCampaign,
): CampaignMemory {
  return { ...memory, jobs: memory.jobs.map((job, index) => (index === place ? change(job) : job)) };
}

/** Drops what was only about the time before. */
const settled = ({
  retryAt: _retryAt,
  code: _code,
  why: _why,
  inDoubt: _inDoubt,
  ...job
}: JobOfCampaign): JobOfCampaign => job;

/** A job is asked. */
export const jobAsked = (memory: CampaignMemory, place: number, at: string): CampaignMemory =>
  changedJob(memory, place, (job) => ({ ...settled(job), state: 'asking', at }));

/** A job has accepted its operation. */
export const jobAccepted = (memory: CampaignMemory, place: number, at: string): CampaignMemory =>
  changedJob(memory, place, (job) => ({ ...job, state: 'running', taken: true, at }));

/** A job has given no answer. It may have accepted its operation, so it is followed. */
export const jobInDoubt = (memory: CampaignMemory, place: number, { code, detail }: Refused): CampaignMemory =>
  changedJob(memory, place, (job) => ({ ...job, inDoubt: true, code, why: clip(detail, MOST_WHY) }));

/** A job was not asked after all, because the campaign asks nobody any more. */
export const jobNotAsked = (memory: CampaignMemory, place: number, at: string): CampaignMemory =>
  changedJob(memory, place, (job) => ({ ...settled(job), state: 'waiting', at }));

interface Refused {
  readonly code: string;
  readonly detail: string;
}

/** A job has not taken its operation. It is asked again, or skipped. */
export function jobRefused(
  memory: CampaignMemory,
  place: number,
  { code, detail }: Refused,
  at: string,
): CampaignMemory {
  const tries = (memory.jobs[place]?.tries ?? 0) + 1;
  const wait = waitAfter(code, tries);
  const why = clip(detail, MOST_WHY);
  if (wait === null)
    return judged(
      changedJob(memory, place, (job) => ({ ...done(job), state: 'skipped', tries, code, why, at })),
      place,
      at,
    );
  const retryAt = new Date(Date.parse(at) + wait).toISOString();
  return changedJob(memory, place, (job) => ({ ...settled(job), state: 'waiting', tries, retryAt, code, why, at }));
}

/** The end of an operation, as far as a campaign needs it. */
export interface JobEnd {
  readonly outcome: Outcome;
  readonly code: string | null;
  readonly detail: string | null;
  readonly deployment: number | null;
  /** The operation has never begun: neither S3 nor the job knows it, or its id names another one. */
  readonly isLost?: boolean;
}

/**
 * The operation of a job has ended. A `rejected` operation was refused after its claim or is lost, and has touched nothing. A job in
 * doubt has not taken a lost one, so it is asked again where the campaign goes on.
 */
export function jobEnded(
  memory: CampaignMemory,
  place: number,
  { outcome, code, detail, deployment, isLost = false }: JobEnd,
  at: string,
): CampaignMemory {
  const before = memory.jobs[place];
  if (isLost && before?.inDoubt === true) {
    const unanswered = { code: before.code ?? 'OperationTimedOut', detail: before.why ?? 'it gave no answer' };
    return asksNobody(memory) ? jobNotAsked(memory, place, at) : jobRefused(memory, place, unanswered, at);
  }
  const state = outcome === 'succeeded' ? 'succeeded' : outcome === 'rejected' ? 'skipped' : 'failed';
  const next = changedJob(memory, place, (job) => ({
    ...done(job),
    state,
    at,
    taken: !isLost,
    ...(state === 'succeeded' ? {} : { code: code ?? outcome, why: clip(detail ?? `it ended ${outcome}`, MOST_WHY) }),
    ...(deployment === null ? {} : { deployment }),
  }));
  return judged(next, place, at);
}

/** Drops the signature too, because the request is not sent any more. */
const done = ({ signature: _signature, ...job }: JobOfCampaign): JobOfCampaign => settled(job);

/** Decides after the end of a job whether others are asked. */
function judged(memory: CampaignMemory, place: number, at: string): CampaignMemory {
  const { jobs, canaries, stopAfter, gaveUp } = memory;
  const job = jobs[place];
  if (gaveUp !== null || job === undefined) return memory;
  const giveUp = (reason: string): CampaignMemory =>
    withAct({ ...memory, gaveUp: reason }, { what: 'gaveUp', at, by: null, reason });
  if (place < canaries && job.state !== 'succeeded')
    return giveUp(`canary ${job.job} did not succeed: ${job.why ?? job.state}`);
  const failed = jobs.filter(({ state }) => state === 'failed');
  if (failed.length >= stopAfter && jobs.some(({ state }) => state === 'waiting')) {
    const named = clip(failed.map(({ job: name }) => name).join(', '), MOST_WHY);
    return giveUp(`${failed.length} ${failed.length === 1 ? 'job' : 'jobs'} failed: ${named}`);
  }
  const havePassed = place < canaries && jobs.slice(0, canaries).every(({ state }) => state === 'succeeded');
  return havePassed ? withAct(memory, { what: 'passed', at, by: null, reason: null }) : memory;
}

/** An act of a person on a campaign. */
export const campaignCommands = ['pause', 'resume', 'stop'] as const;
export type CampaignCommand = (typeof campaignCommands)[number];

interface Asker {
  readonly by: string;
  readonly reason: string | null;
}

/** Tells why a command comes too late; null when it can be obeyed. */
export function refusalOfCommand(memory: CampaignMemory, command: CampaignCommand): string | null {
  const { id, stopped, gaveUp } = memory;
  const state = campaignStateOf(memory);
  if (isOver(state)) return `campaign ${id} has ended: ${state}`;
  if (command === 'stop') return null;
  if (stopped) return `campaign ${id} was stopped`;
  return gaveUp === null ? null : `campaign ${id} asks no further job: ${gaveUp}`;
}

/** Obeys a command. A command that changes nothing leaves no trace. */
export function commanded(
  memory: CampaignMemory,
  command: CampaignCommand,
  { by, reason }: Asker,
  at: string,
): CampaignMemory {
  switch (command) {
    case 'pause':
      return memory.paused ? memory : withAct({ ...memory, paused: true }, { what: 'paused', at, by, reason });
    case 'resume':
      return memory.paused ? withAct({ ...memory, paused: false }, { what: 'resumed', at, by, reason }) : memory;
    case 'stop':
      return memory.stopped ? memory : withAct({ ...memory, stopped: true }, { what: 'stopped', at, by, reason });
  }
}

/** The campaign is over. */
export const campaignEnded = (memory: CampaignMemory, at: string): CampaignMemory =>
  withAct({ ...memory, endedAt: at }, { what: 'ended', at, by: null, reason: campaignStateOf(memory) });
