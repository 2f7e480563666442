/**
 * The plan of a campaign: which jobs, in which order, what of each, and within which limits. The API makes it and checks for each
 * job that the asker may do it; the workflow only carries it out.
 */
import { z } from 'zod';
import { openEnum } from '../compatibility/open-enum.ts';
import { CampaignId, campaignOperationIdOf } from '../identity/ids.ts';
import type { OperationKind } from '../lifecycle.ts';
import type { Sender } from '../operation/asker.ts';
import { StopWith } from '../operation/operation.ts';
import { clip } from '../values/clip.ts';
import { keysOf } from '../values/keys-of.ts';
import { campaignKinds } from './kinds.ts';

/** The owner for whom the API allowed an operation; the job holds that it still is its owner. */
const Owner = z.strictObject({ environment: z.string().nullable(), team: z.string().nullable() });

export const PlannedJob = z.strictObject({
  job: z.string(),
  /** The place of its owner in `owners`; absent where the rights of the asker do not depend on the owner. */
  owner: z.number().int().optional(),
  /** The release that an upgrade deploys. */
  release: z.string().optional(),
  /** The signature of the API under the request, where it has a key. */
  signature: z.string().optional(),
});
export type PlannedJob = z.infer<typeof PlannedJob>;

const LeftOut = z.strictObject({ job: z.string(), why: z.string() });
export type LeftOut = z.infer<typeof LeftOut>;

export const CampaignPlan = z.strictObject({
  version: z.literal(1),
  id: CampaignId,
  // A kind of a newer Sluice reads as the one that changes nothing of what runs.
  kind: openEnum(keysOf(campaignKinds), 'savepoint'),
  /** The name under which the API knows the asker. */
  by: z.string(),
  /** Identifies the asker among others of that name; absent where nothing does, and in plans of before Sluice kept it. */
  author: z.string().optional(),
  at: z.string(),
  reason: z.string().nullable(),
  /** The selector in words. */
  selector: z.string(),
  /** Null: as the deployment file of each job says. */
  stopWith: StopWith.nullable(),
  /** The cluster of a move; null: each job goes to the first of its file that takes starts. */
  to: z.string().nullable(),
  /** The version of an upgrade; null: the newest release. */
  release: z.string().nullable(),
  maxParallel: z.number().int(),
  /** So many of the jobs, from the first on, must succeed before any other is asked. */
  canaries: z.number().int(),
  /** After so many failures no further job is asked. */
  stopAfter: z.number().int(),
  /** Tells a repeated request from another one with the same id. */
  fingerprint: z.string(),
  owners: z.array(Owner),
  /** The key of the signatures, and their end; null where nothing is signed. */
  signed: z.strictObject({ keyId: z.string(), expiresAt: z.string() }).nullable(),
  /** In the order in which they are asked. */
  jobs: z.array(PlannedJob),
  /** Jobs that the selector fits and that are not asked; the first of many. */
  leftOut: z.array(LeftOut),
  leftOutBeyond: z.number().int(),
});
export type CampaignPlan = z.infer<typeof CampaignPlan>;

/** The most jobs that a campaign remembers it left out. */
export const MOST_LEFT_OUT = 200;

/** The operation that a campaign asks a job for, and who asks. */
export interface CampaignAsk {
  readonly job: string;
  readonly kind: OperationKind;
  readonly request: Readonly<Record<string, unknown>> & { readonly id: string };
  readonly sender: Sender;
}

type Asking = Pick<CampaignPlan, 'id' | 'kind' | 'by' | 'reason' | 'stopWith' | 'to' | 'owners' | 'signed'>;

const MOST_REASON = 300;

/** Makes the request of one job. The API signs exactly this, and each campaign asks a job at most once for it. */
export function askOf(plan: Asking, { job, owner, release, signature }: PlannedJob): CampaignAsk {
  const { id, kind, by, owners, signed } = plan;
  const reason = clip(`campaign ${id}${plan.reason === null ? '' : `: ${plan.reason}`}`, MOST_REASON);
  const allowedFor = owner === undefined ? undefined : owners[owner];
  return {
    job,
    kind: campaignKinds[kind].operation,
    request: { id: campaignOperationIdOf(id), reason, ...fieldsOf(plan, release) },
    sender: {
      door: 'campaign',
      actor: by,
      ...(allowedFor ? { allowedFor } : {}),
      ...(signed && signature !== undefined ? { signature: { ...signed, value: signature } } : {}),
    },
  };
}

function fieldsOf({ kind, stopWith, to }: Asking, release: string | undefined): Readonly<Record<string, string>> {
  const stop = stopWith === null ? {} : { stopWith };
  switch (kind) {
    case 'savepoint':
      return {};
    case 'restart':
      return stop;
    case 'upgrade':
      return release === undefined ? stop : { ...stop, release };
    case 'move':
      return to === null ? {} : { to };
  }
}

/**
 * Signs the operations of all jobs, by the signer of the API.
 * @param now the one moment at which all of them are signed, because the plan keeps one end for all signatures.
 */
export function signedPlan(
  plan: CampaignPlan,
  sign: (ask: CampaignAsk, now: number) => Sender,
  now: number,
): CampaignPlan {
  const signatures = plan.jobs.map((job) => sign(askOf(plan, job), now).signature);
  const [first] = signatures;
  if (first === undefined) return plan;
  const { keyId, expiresAt } = first;
  const jobs = plan.jobs.map((job, index) => ({ ...job, signature: signatures[index]?.value ?? '' }));
  return { ...plan, signed: { keyId, expiresAt }, jobs };
}
