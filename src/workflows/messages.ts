/** The names and payloads by which the outside talks to `flinkJob`: fixed, since CI scripts and people use them. */
import { defineSearchAttributeKey } from '@temporalio/common';
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { JobView } from '../domain/job/job-memory.ts';
import type { OperationKind } from '../domain/lifecycle.ts';
import { operationKinds } from '../domain/lifecycle.ts';
import type { OperationRecord, Request } from '../domain/operation/operation.ts';
import type { PlanBasis } from '../domain/plan/plan.ts';

export const FLINK_JOB_WORKFLOW = 'flinkJob';

/** Input of `flinkJob`; the job's name counts from the workflow id, this one must agree with it. */
export interface FlinkJobInput {
  readonly job: string;
  /** Only between runs: what the run before remembered. */
  readonly carried?: unknown;
}

export const CLUSTER_WATCH_WORKFLOW = 'clusterWatch';

/** Input of `clusterWatch`; as with a job, the name counts from the workflow id. */
export interface ClusterWatchInput {
  readonly cluster: string;
  /** Only between runs: the notes of the run before. */
  readonly carried?: unknown;
}

export const RELEASE_WATCH_WORKFLOW = 'releaseWatch';

/** Input of `releaseWatch`; the bucket's name counts from the workflow id. */
export interface ReleaseWatchInput {
  readonly bucket: string;
  /** Only between runs: the notes of the run before. */
  readonly carried?: unknown;
}

export const PERIODIC_SAVEPOINT_WORKFLOW = 'periodicSavepoint';

/** Input of `periodicSavepoint`; job and operation count from the workflow id, to which Temporal adds the time. */
export interface PeriodicSavepointInput {
  readonly job: string;
  /** How often, as people write it. */
  readonly every: string;
}

/** An update finishes on acceptance; the operation is then followed by its id. */
export interface Accepted {
  readonly operation: OperationRecord;
}

/** One wire name for the signal and the update of a kind. The payload is parsed by the kind's schema. */
export const operationSignals = Object.fromEntries(
  operationKinds.map((kind) => [kind, defineSignal<[unknown]>(kind)]),
) as Record<OperationKind, ReturnType<typeof defineSignal<[unknown]>>>; // one entry for each kind, by construction

export const operationUpdates = Object.fromEntries(
  operationKinds.map((kind) => [kind, defineUpdate<Accepted, [unknown]>(kind)]),
) as Record<OperationKind, ReturnType<typeof defineUpdate<Accepted, [unknown]>>>; // one entry for each kind, by construction

/** `cancel {operation}`: a message to the operation that holds the job. */
export const cancelSignal = defineSignal<[unknown]>('cancel');
export const cancelUpdate = defineUpdate<Accepted, [unknown]>('cancel');

/** A fact of the cluster's watcher (`Fact`): past tense, since it asks for nothing. */
export const observedSignal = defineSignal<[unknown]>('observed');

/**
 * `turnOver`: a run that holds no operation ends at once and the next one begins, on the workers that are current then.
 * Sent to every workflow when a new build of the workers is rolled out; harmless at any other time.
 */
export const turnOverSignal = defineSignal('turnOver');

/** What a plan of this request begins with. The request has an id: a query draws none. */
export const planQuery = defineQuery<PlanBasis, [PlanQuestion]>('plan');

export interface PlanQuestion {
  readonly kind: OperationKind;
  readonly request: Readonly<Record<string, unknown>> & { readonly id: string };
}

export const PLAN_WORKFLOW = 'plan';

/** Input of `plan`: what is asked, by the schema of its kind, and what the job says of it. */
export interface PlanInput {
  readonly job: string;
  readonly request: Request & { readonly id: string };
  readonly basis: PlanBasis;
}

export const jobQuery = defineQuery<JobView>('job');
/** Newest first: the operation in progress and those that are carried; older ones are in S3. */
export const historyQuery = defineQuery<OperationRecord[]>('history');

/** The seven keywords; registered or verified by the worker before it polls. */
export const searchAttributes = {
  job: defineSearchAttributeKey('FlinkJobName', 'KEYWORD'),
  state: defineSearchAttributeKey('FlinkJobState', 'KEYWORD'),
  environment: defineSearchAttributeKey('FlinkEnvironment', 'KEYWORD'),
  cluster: defineSearchAttributeKey('FlinkCluster', 'KEYWORD'),
  owner: defineSearchAttributeKey('FlinkOwner', 'KEYWORD'),
  release: defineSearchAttributeKey('FlinkRelease', 'KEYWORD'),
  operation: defineSearchAttributeKey('FlinkOperation', 'KEYWORD'),
} as const;
