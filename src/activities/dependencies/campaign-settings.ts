/** Settings of campaigns, and what they need of the jobs. */
import type { CampaignAsk } from '../../domain/campaign/plan.ts';
import type { JobView } from '../../domain/job/job-memory.ts';
import type { OperationRecord } from '../../domain/operation/operation.ts';

export interface CampaignSettings {
  /** Time between two looks at the claim of an operation that a campaign follows. */
  readonly lookEveryMs: number;
  /** Time between two questions to the workflow of the job, which cost it a task each. */
  readonly questionEveryMs: number;
  /** Time after which an operation is lost that neither its job knows nor anybody can still bring to an end. */
  readonly lostAfterMs: number;
  /** The same while S3 or the job cannot say. Shorter than one activity that follows, which begins to count anew. */
  readonly unknownAfterMs: number;
}

export const campaignSettings: CampaignSettings = {
  lookEveryMs: 2_000,
  questionEveryMs: 30_000,
  lostAfterMs: 120_000,
  unknownAfterMs: 480_000,
};

/** An activity of a workflow, as Temporal knows it. */
export interface ActivityName {
  readonly workflowId: string;
  readonly runId: string;
  readonly activityId: string;
}

/** The workflows of the jobs, as campaigns talk to them; behind it is Temporal, or a fake in tests. */
export interface CampaignJobs {
  /** Null: no workflow of the job is open. @throws SluiceError `TemporalUnavailable` when it does not answer. */
  see(job: string): Promise<Pick<JobView, 'state' | 'operation' | 'rejections'> | null>;
  /** Tells whether a workflow still waits for one of its activities, and has not cancelled it. @throws as `see`. */
  isWanted(activity: ActivityName): Promise<boolean>;
  /** An operation that the workflow remembers. @throws as `see`. */
  operation(job: string, id: string): Promise<OperationRecord | null>;
  /**
   * @returns the operation of this id, which is another one where the id was used before.
   * @throws RequestRefused when the job refuses, SluiceError `NotFound` when its workflow is not open.
   */
  ask(ask: CampaignAsk): Promise<OperationRecord>;
}
