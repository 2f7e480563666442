/**
 * The names and payloads by which the outside talks to `flinkJob`. They are fixed, because CI scripts and people use
 * them.
 */
import { defineSearchAttributeKey } from '@temporalio/common';
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { CampaignCommand } from '../domain/campaign/transitions.ts';
import type { CampaignDigest, CampaignView } from '../domain/campaign/view.ts';
import type { JobView } from '../domain/job/job-memory.ts';
import type { OperationKind } from '../domain/lifecycle.ts';
import { operationKinds } from '../domain/lifecycle.ts';
import type { Sender } from '../domain/operation/asker.ts';
import type { OperationRecord, Request } from '../domain/operation/operation.ts';
import type { TurnLimits } from '../domain/turns/messages.ts';
import type { PlanBasis } from '../domain/plan/plan.ts';
import type { PlanQuestion } from '../domain/plan/plan-question.ts';

export const FLINK_JOB_WORKFLOW = 'flinkJob';

/** Input of `flinkJob`. The job's name comes from the workflow id, and this one must agree with it. */
export interface FlinkJobInput {
  readonly job: string;
  /** The memory of the run before; absent in the first run. */
  readonly carried?: unknown;
}

export const WARM_UP_WORKFLOW = 'warmUp';

export const CLUSTER_WATCH_WORKFLOW = 'clusterWatch';

/** Input of `clusterWatch`. The cluster's name comes from the workflow id. */
export interface ClusterWatchInput {
  readonly cluster: string;
  /** The notes of the run before; absent in the first run. */
  readonly carried?: unknown;
}

export const RELEASE_WATCH_WORKFLOW = 'releaseWatch';

/** Input of `releaseWatch`. The bucket's name comes from the workflow id. */
export interface ReleaseWatchInput {
  readonly bucket: string;
  /** The notes of the run before; absent in the first run. */
  readonly carried?: unknown;
}

export const NOTIFICATION_WATCH_WORKFLOW = 'notificationWatch';

/** Input of `notificationWatch`. The installation's name comes from the workflow id. */
export interface NotificationWatchInput {
  readonly installation: string;
}

export const NOTIFICATION_TEST_WORKFLOW = 'notificationTest';

/** Input of `notificationTest`. */
export interface NotificationTestInput {
  readonly channel: string;
  /** Names the message. */
  readonly id: string;
}

export const CLUSTER_TURNS_WORKFLOW = 'clusterTurns';

/** Input of `clusterTurns`. The cluster's name comes from the workflow id. */
export interface ClusterTurnsInput {
  readonly cluster: string;
  readonly limits: TurnLimits;
  /** The turns of the run before; absent in the first run. */
  readonly carried?: unknown;
}

/** From a job to the turns of a cluster (`TurnAsk`, `TurnLeft`), from a worker (`TurnLimits`), and back to the job (`TurnAnswer`). */
export const askTurnSignal = defineSignal<[ask: unknown]>('askTurn');
export const leaveTurnSignal = defineSignal<[left: unknown]>('leaveTurn');
export const turnLimitsSignal = defineSignal<[limits: unknown]>('turnLimits');
export const turnSignal = defineSignal<[answer: unknown]>('turn');

export const PERIODIC_SAVEPOINT_WORKFLOW = 'periodicSavepoint';

/** Input of `periodicSavepoint`. Job and operation come from the workflow id, to which Temporal adds the time. */
export interface PeriodicSavepointInput {
  readonly job: string;
  /** The interval, as people write it. */
  readonly every: string;
  /** Whether the workers sign; absent where they did not when the schedule was made. */
  readonly signed?: boolean;
}

export const CAMPAIGN_WORKFLOW = 'campaign';

/** Input of `campaign`, whose id is in the workflow id too. */
export interface CampaignInput {
  readonly campaign: string;
  /** The plan (`CampaignPlan`); absent in later runs. */
  readonly plan?: unknown;
  /** The memory of the run before; absent in the first run. */
  readonly carried?: unknown;
}

/** Key of the memo of a campaign: what the list of campaigns shows of it. */
export const CAMPAIGN_MEMO = 'sluiceCampaign';

/** The person who commands a campaign. */
export interface CampaignCommander {
  readonly by: string;
  readonly reason: string | null;
}

export const campaignQuery = defineQuery<CampaignView>('campaign');
export const campaignUpdates = {
  pause: defineUpdate<CampaignDigest, [CampaignCommander]>('pause'),
  resume: defineUpdate<CampaignDigest, [CampaignCommander]>('resume'),
  stop: defineUpdate<CampaignDigest, [CampaignCommander]>('stop'),
} as const satisfies Record<CampaignCommand, unknown>;

/** An update finishes on acceptance; people then follow the operation by its id. */
export interface Accepted {
  readonly operation: OperationRecord;
}

/**
 * A message has the request, which anybody writes, and a sender by which a process of Sluice introduces itself. Runs of
 * 0.1.0 and earlier ignore the sender.
 */
type Message = [request: unknown, sender?: Sender];
type UpdateMessage = [request: unknown, sender: Sender | null]; // an optional argument does not fit the SDK's types

/** Signal and update of a kind share one wire name. The kind's schema parses the request. */
export const operationSignals = Object.fromEntries(
  operationKinds.map((kind) => [kind, defineSignal<Message>(kind)]),
) as Record<OperationKind, ReturnType<typeof defineSignal<Message>>>; // one entry for each kind, by construction

export const operationUpdates = Object.fromEntries(
  operationKinds.map((kind) => [kind, defineUpdate<Accepted, UpdateMessage>(kind)]),
) as Record<OperationKind, ReturnType<typeof defineUpdate<Accepted, UpdateMessage>>>; // one entry for each kind, by construction

/** `cancel {operation}`: a message to the operation that holds the job. */
export const cancelSignal = defineSignal<Message>('cancel');
export const cancelUpdate = defineUpdate<Accepted, UpdateMessage>('cancel');

/** A fact of the cluster's watcher (`Fact`). The name is in the past tense, because a fact asks for nothing. */
export const observedSignal = defineSignal<[fact: unknown, sender?: Sender]>('observed');

/**
 * `turnOver`: a run that holds no operation ends at once, and the next run begins on the workers that are current then.
 * Every workflow receives this signal when a new build of the workers is rolled out; at any other time the signal is
 * harmless. With `keys` a job also reads anew whose signatures count.
 */
export const turnOverSignal = defineSignal<[what?: unknown]>('turnOver');

/** The basis of a plan for this request. The request has an id, because a query draws none. */
export const planQuery = defineQuery<PlanBasis, [PlanQuestion]>('plan');

export const PLAN_WORKFLOW = 'plan';

/** Input of `plan`: the request, parsed by the schema of its kind, and the job's answer to it. */
export interface PlanInput {
  readonly job: string;
  readonly request: Request & { readonly id: string };
  readonly basis: PlanBasis;
}

export const jobQuery = defineQuery<JobView>('job');
/** Newest first: the operation in progress and the ended ones that are carried; S3 has the older ones. */
export const historyQuery = defineQuery<OperationRecord[]>('history');

/** Key of the memo of a run: the digest of the job when the run before ended (`domain/job/list/digest.ts`). */
export const DIGEST_MEMO = 'sluiceJob';

/** The worker registers or verifies these before it polls. */
export const searchAttributes = {
  job: defineSearchAttributeKey('FlinkJobName', 'KEYWORD'),
  state: defineSearchAttributeKey('FlinkJobState', 'KEYWORD'),
  environment: defineSearchAttributeKey('FlinkEnvironment', 'KEYWORD'),
  cluster: defineSearchAttributeKey('FlinkCluster', 'KEYWORD'),
  owner: defineSearchAttributeKey('FlinkOwner', 'KEYWORD'),
  release: defineSearchAttributeKey('FlinkRelease', 'KEYWORD'),
  operation: defineSearchAttributeKey('FlinkOperation', 'KEYWORD'),
  health: defineSearchAttributeKey('FlinkJobHealth', 'KEYWORD'),
  /** When any of the others changed last: the API keeps its list of all jobs by asking for what changed since. */
  changedAt: defineSearchAttributeKey('FlinkChangedAt', 'DATETIME'),
} as const;
