/** The memory of a campaign: its plan, what became of each job so far, and what people did to it. Runs hand it over. */
import { z } from 'zod';
import { openEnum } from '../compatibility/open-enum.ts';
import { minReaderOf } from '../compatibility/reader.ts';
import { asWritten, readTolerantly } from '../compatibility/tolerant.ts';
import { SluiceError } from '../errors/errors.ts';
import { keysOf } from '../values/keys-of.ts';
import { campaignActs, campaignJobStates } from './kinds.ts';
import { CampaignPlan, PlannedJob } from './plan.ts';

export const JobOfCampaign = z.strictObject({
  ...PlannedJob.shape,
  // A job in a state of a newer Sluice is never asked once more.
  state: openEnum(keysOf(campaignJobStates), 'skipped').default('waiting'),
  /** Whether the job has accepted its operation. */
  taken: z.boolean().optional(),
  /** Whether the job was asked and has given no answer, so that it may have accepted its operation. */
  inDoubt: z.boolean().optional(),
  /** How often the job was asked in vain. */
  tries: z.number().int().default(0),
  /** When the job is asked again; absent for one that is not waiting for that. */
  retryAt: z.string().optional(),
  /** When its state began. */
  at: z.string().optional(),
  /** The error code of its operation, or of the refusal. */
  code: z.string().optional(),
  why: z.string().optional(),
  /** The deployment that its operation made. */
  deployment: z.number().int().optional(),
});
export type JobOfCampaign = z.infer<typeof JobOfCampaign>;

const Act = z.strictObject({
  what: openEnum(keysOf(campaignActs), 'gaveUp'),
  at: z.string(),
  by: z.string().nullable().describe('Null: the campaign itself'),
  reason: z.string().nullable(),
});
export type CampaignAct = z.infer<typeof Act>;

export const CampaignMemory = z.strictObject({
  ...CampaignPlan.shape,
  jobs: z.array(JobOfCampaign),
  paused: z.boolean().default(false),
  stopped: z.boolean().default(false),
  /** Why no further job is asked; null while nothing is in the way. */
  gaveUp: z.string().nullable().default(null),
  acts: z.array(Act).default([]),
  endedAt: z.string().nullable().default(null),
});
export type CampaignMemory = z.infer<typeof CampaignMemory>;

/** The most acts that are kept; people pause and resume a few times. */
const MOST_ACTS = 100;

export const withAct = (memory: CampaignMemory, act: CampaignAct): CampaignMemory => ({
  ...memory,
  acts: [...memory.acts, act].slice(-MOST_ACTS),
});

/** The memory of a campaign that begins; null for a plan that is none. */
export function newCampaign(plan: unknown): CampaignMemory | null {
  const read = readTolerantly(CampaignPlan, plan);
  if (!read.ok) return null;
  const { by, at, reason } = read.value;
  const jobs = read.value.jobs.map((job): JobOfCampaign => ({ ...job, state: 'waiting', tries: 0 }));
  const rest = { paused: false, stopped: false, gaveUp: null, endedAt: null };
  return { ...read.value, jobs, ...rest, acts: [{ what: 'started', at, by, reason }] };
}

/** The memory as the next run gets it, with everything that a newer Sluice left in it. */
export const carriedCampaign = (memory: CampaignMemory): unknown => asWritten(memory, minReaderOf('campaign', memory));

/**
 * Reads carried memory of any release; null for what is none.
 * @throws SluiceError `RecordInvalid` when a newer Sluice says that this one would misread it.
 */
export function readCampaign(carried: unknown): CampaignMemory | null {
  const read = readTolerantly(CampaignMemory, carried);
  if (!read.ok && read.tooNew) throw new SluiceError('RecordInvalid', `The carried campaign is not read: ${read.why}`);
  return read.ok ? read.value : null;
}
