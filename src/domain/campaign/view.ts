/** A campaign as people see it: by its workflow while it goes on, as the result of the workflow afterwards. */
import { z } from 'zod';
import { openEnum } from '../compatibility/open-enum.ts';
import { readTolerantly } from '../compatibility/tolerant.ts';
import { campaignOperationIdOf } from '../identity/ids.ts';
import { clip } from '../values/clip.ts';
import { keysOf } from '../values/keys-of.ts';
import { campaignJobStates, campaignKinds, campaignStates, isOver, type CampaignJobState } from './kinds.ts';
import type { CampaignMemory, JobOfCampaign } from './memory.ts';
import { campaignStateOf } from './next-step.ts';

const jobStates = keysOf(campaignJobStates);

const Counts = z.object({
  total: z.int(),
  waiting: z.int().describe('Not asked yet, or asked in vain and to be asked again'),
  underWay: z.int(),
  succeeded: z.int(),
  failed: z.int(),
  skipped: z.int(),
  notStarted: z.int(),
});
type Counts = z.infer<typeof Counts>;

/** A line of the list of campaigns. The workflow keeps it as its memo, of which Temporal takes 2 KiB. */
export const CampaignDigest = z.object({
  id: z.string(),
  kind: openEnum(keysOf(campaignKinds), 'savepoint'),
  state: openEnum(keysOf(campaignStates), 'running'),
  by: z.string(),
  author: z.string().optional().describe('Identifies who began it among others of that name'),
  reason: z.string().nullable().describe('Null also for callers who do not see all of its jobs'),
  selector: z.string().nullable().describe('Null for callers who do not see all of its jobs'),
  at: z.string(),
  endedAt: z.string().nullable(),
  counts: Counts,
});
export type CampaignDigest = z.infer<typeof CampaignDigest>;

const CampaignJobView = z.object({
  job: z.string(),
  state: openEnum(jobStates, 'waiting'),
  isCanary: z.boolean(),
  release: z.string().nullable().describe('The release that an upgrade deploys'),
  operation: z.string().nullable().describe('Id of its operation; null before the job has taken it'),
  deployment: z.int().nullable(),
  code: z.string().nullable(),
  why: z.string().nullable().describe('Why it failed, was skipped, or is asked again'),
  tries: z.int().describe('How often it was asked in vain'),
  retryAt: z.string().nullable(),
  at: z.string().nullable().describe('Since when it is in this state'),
});
export type CampaignJobView = z.infer<typeof CampaignJobView>;

export const CampaignView = z.object({
  ...CampaignDigest.shape,
  why: z.string().nullable().describe('Why it asks no further job'),
  to: z.string().nullable().describe('The cluster of a move; null: the first of each file that takes starts'),
  release: z.string().nullable().describe('The version of an upgrade; null: the newest of each project'),
  stopWith: z.string().nullable(),
  maxParallel: z.int(),
  canaries: z.int().describe('So many jobs must succeed before any other is asked'),
  stopAfter: z.int().describe('After so many failures no further job is asked'),
  fingerprint: z.string(),
  jobs: z.array(CampaignJobView).describe('In the order in which they are asked'),
  leftOut: z.array(z.object({ job: z.string(), why: z.string() })).describe('Jobs that fit and are not asked'),
  leftOutBeyond: z.int().describe('How many more were left out'),
  history: z.array(
    z.object({ what: z.string(), at: z.string(), by: z.string().nullable(), reason: z.string().nullable() }),
  ),
});
export type CampaignView = z.infer<typeof CampaignView>;

/** The most of a text that a memo has. */
const MOST_TEXT = 300;

export function campaignDigestOf(memory: CampaignMemory): CampaignDigest {
  const { id, kind, by, author, reason, selector, at, endedAt } = memory;
  // Absent rather than null, because a memo that changes is an event, and recorded histories have none of it.
  const known = author === undefined ? {} : { author };
  const brief = { reason: reason && clip(reason, MOST_TEXT), selector: clip(selector, MOST_TEXT) };
  return { id, kind, state: campaignStateOf(memory), by, ...known, ...brief, at, endedAt, counts: countsOf(memory) };
}

/** Reads the digest in a memo; null where there is none, or none that this Sluice understands. */
export function readCampaignDigest(memo: unknown): CampaignDigest | null {
  const read = readTolerantly(CampaignDigest, memo);
  return read.ok ? read.value : null;
}

function countsOf(memory: CampaignMemory): Counts {
  const states = memory.jobs.map(shownState(memory));
  const of = (...some: readonly CampaignJobState[]): number => states.filter((state) => some.includes(state)).length;
  return {
    total: states.length,
    waiting: of('waiting'),
    underWay: of('asking', 'running'),
    succeeded: of('succeeded'),
    failed: of('failed'),
    skipped: of('skipped'),
    notStarted: of('notStarted'),
  };
}

/** A job whose turn never came says so once the campaign is over. */
const shownState = (memory: CampaignMemory): ((job: JobOfCampaign) => CampaignJobState) => {
  const hasEnded = isOver(campaignStateOf(memory));
  return ({ state }) => (hasEnded && state === 'waiting' ? 'notStarted' : state);
};

/** A campaign whose workflow was ended by other means than its own: it asks no further job, and nobody follows what is under way. */
export function endedByOthers<Shown extends CampaignDigest>(shown: Shown, endedAt: string | null): Shown {
  if (isOver(shown.state)) return shown;
  const { counts } = shown;
  const settled = { ...counts, waiting: 0, notStarted: counts.notStarted + counts.waiting };
  return { ...shown, state: 'stopped', endedAt: shown.endedAt ?? endedAt, counts: settled };
}

export function viewEndedByOthers(view: CampaignView, endedAt: string | null): CampaignView {
  const jobs = view.jobs.map((job) => (job.state === 'waiting' ? { ...job, state: 'notStarted' as const } : job));
  const why = view.why ?? "its workflow was ended by Temporal's own means";
  return { ...endedByOthers(view, endedAt), jobs, why };
}

export function campaignViewOf(memory: CampaignMemory): CampaignView {
  const { reason, selector, gaveUp, to, release, stopWith, maxParallel, canaries, stopAfter, fingerprint } = memory;
  const stateOf = shownState(memory);
  return {
    ...campaignDigestOf(memory),
    ...{ reason, selector, why: gaveUp, to, release, stopWith, maxParallel, canaries, stopAfter, fingerprint },
    jobs: memory.jobs.map((job, place): CampaignJobView => {
      const state = stateOf(job);
      return {
        job: job.job,
        state,
        isCanary: place < canaries,
        release: job.release ?? null,
        operation: job.taken === true ? campaignOperationIdOf(memory.id) : null,
        deployment: job.deployment ?? null,
        code: job.code ?? null,
        why: job.why ?? null,
        tries: job.tries,
        retryAt: state === 'waiting' ? (job.retryAt ?? null) : null,
        at: job.at ?? null,
      };
    }),
    leftOut: memory.leftOut,
    leftOutBeyond: memory.leftOutBeyond,
    history: memory.acts,
  };
}
