/** Schemas of the answers about campaigns. */
import { z } from 'zod';
import { campaignKinds } from '../domain/campaign/kinds.ts';
import { CampaignDigest, CampaignView } from '../domain/campaign/view.ts';
import { text } from '../domain/input/field-schemas.ts';
import { keysOf } from '../domain/values/keys-of.ts';
import { listOf } from './contract.ts';

const PlannedJobItem = z.object({
  job: z.string(),
  isCanary: z.boolean(),
  cluster: z.string().nullable(),
  runs: z.string().nullable().describe('The release that runs'),
  release: z.string().nullable().describe('The release that an upgrade deploys'),
  to: z.string().nullable().describe('The cluster to which a move would go now'),
});
export type PlannedJobItem = z.infer<typeof PlannedJobItem>;

export const LeftOutItem = z.object({ job: z.string(), why: z.string() });
export type LeftOutItem = z.infer<typeof LeftOutItem>;

export const CampaignPlanBody = z.object({
  kind: z.enum(keysOf(campaignKinds)),
  selector: z.string(),
  maxParallel: z.int(),
  canaries: z.int(),
  stopAfter: z.int(),
  jobs: z.array(PlannedJobItem).describe('In the order in which they would be asked'),
  leftOut: z.array(LeftOutItem).describe('Jobs that fit and would not be asked'),
});
export type CampaignPlanBody = z.infer<typeof CampaignPlanBody>;

export const CampaignItem = CampaignView.omit({ fingerprint: true, author: true }).extend({
  hidden: z.int().describe('How many of its jobs the caller may not see'),
  notAllowed: z
    .string()
    .nullable()
    .describe('Why the caller cannot pause, resume or stop it; null where that may be asked'),
});
export type CampaignItem = z.infer<typeof CampaignItem>;

export const CampaignBody = z.object({ campaign: CampaignItem });
export type CampaignBody = z.infer<typeof CampaignBody>;

export const CampaignListItem = CampaignDigest.omit({ author: true });
export type CampaignListItem = z.infer<typeof CampaignListItem>;
export const CampaignList = listOf(CampaignListItem);

export const CampaignCommandRequest = z.strictObject({ reason: text(300).optional() });
export const CampaignCommandBody = z.object({ campaign: CampaignListItem });
export type CampaignCommandBody = z.infer<typeof CampaignCommandBody>;
