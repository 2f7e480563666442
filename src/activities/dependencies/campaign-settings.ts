/** Settings of campaigns, and what they need of the jobs. */
import type { CampaignAsk } from '../../domain/campaign/plan.ts';
import type { JobView } from '../../domain/job/job-memory.ts';
import type { OperationRecord } from '../../domain/operation/operation.ts';

export interface CampaignSettings {
  /** Time between two looks at the claim of an operation that a campaign follows. */
  readonly lookEveryMs: number;
  /** So many looks at the claim come to one question to the workflow of the job. */
  readonly looksPerQuestion: number;
}

export const campaignSettings: CampaignSettings = { lookEveryMs: 2_000, looksPerQuestion: 15 };

/** The workflows of the jobs, as campaigns talk to them; behind it is Temporal, or a fake in tests. */
export interface CampaignJobs {
  /** Null: no workflow of the job is open. @throws SluiceError `TemporalUnavailable` when it does not answer. */
  see(job: string): Promise<Pick<JobView, 'state' | 'operation'> | null>;
  /** An operation that the workflow remembers. @throws as `see`. */
  operation(job: string, id: string): Promise<OperationRecord | null>;
  /** @throws RequestRefused when the job refuses, SluiceError `NotFound` when its workflow is not open. */
  ask(ask: CampaignAsk): Promise<void>;
}
