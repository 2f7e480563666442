/** The memory that a job's workflow carries from run to run, its limits, and the view of it for people. */
import { z } from 'zod';
import { openEnum } from '../compatibility/open-enum.ts';
import { keysOf } from '../values/keys-of.ts';
import { whereTheStateIs } from './account.ts';
import { ownerViewOf, type OwnerView } from './belonging.ts';
import { Cause } from '../errors/cause.ts';
import { causes } from '../errors/causes.ts';
import { Deployment } from '../deployment/deployment.ts';
import type { HotfixView } from '../hotfix/hotfix.ts';
import { HotfixReminder, reminderOf } from '../hotfix/expiry.ts';
import { healths, jobStates, type JobState, type syncs } from '../lifecycle.ts';
import { OperationId } from '../identity/ids.ts';
import { Ownership } from '../identity/ownership.ts';
import { GivenUpInstance, riskOf } from '../lock/give-up.ts';
import { OperationRecord, KindInRecords, OutcomeInRecords } from '../operation/operation.ts';
import type { LastOperation } from '../operation/last-operation.ts';
import { KnownKeys } from '../operation/signature.ts';
import { RestorePoint } from '../restore-points/restore-point.ts';
import { noRecovery, Recovery } from './recovery/recovery.ts';
import { plannedInWords, recoveryViewOf, STARTED_SOON, type RecoveryView } from './recovery/view.ts';
import { Decision, EndInProgress, endKnownBy, type EndKnownBy } from './state/ending.ts';
import { healthViewOf } from './state/health-view.ts';
import { contacts, deployingSince, stateOf, wishes, type Wish } from './state/state.ts';

const states = keysOf(jobStates).filter((state) => state !== 'deploying');

export const Rejection = z.strictObject({
  at: z.string(),
  kind: z.string(),
  id: z.string().nullable(),
  actor: z.string().nullable(),
  code: z.string(),
  detail: z.string(),
});
export type Rejection = z.infer<typeof Rejection>;

const KnownOperation = z.strictObject({
  id: z.string(),
  fingerprint: z.string(),
  outcome: OutcomeInRecords,
  kind: KindInRecords,
});

/**
 * A stop-with-savepoint that was triggered and whose outcome is unknown. Nothing may start until the outcome is known.
 */
export const PendingStop = z.strictObject({
  operationId: OperationId,
  epoch: z.number().int(),
  since: z.string(),
  /** Whether the stop drains the job. */
  drain: z.boolean().optional(),
});
export type PendingStop = z.infer<typeof PendingStop>;

/** How far retention has come. It is lost with the workflow, and the next operation makes it begin anew. */
const Retention = z.strictObject({
  /** The operation after which it became due. */
  operationId: OperationId,
  /** Where the next turn goes on; null at the beginning. */
  cursor: z.string().nullable(),
  /** Another operation has succeeded meanwhile, so that it begins anew after its end. */
  isAgain: z.boolean(),
  /** Why the last turn ended before its time; the next one tries again. */
  problem: z.string().nullable(),
});

/** Retention for people; null: no restore points wait to be looked at. */
export const RetentionView = Retention.pick({ operationId: true, problem: true }).nullable();

/** Periodic savepoints that were skipped because the job was busy, unhealthy or not running. */
export const Skipped = z.strictObject({
  count: z.number().int(),
  last: z.strictObject({ at: z.string(), code: z.string(), detail: z.string() }).nullable(),
});

/**
 * The most entries of each list that a run carries; S3 has the older ones. A test holds the largest memory below 128
 * KiB.
 */
export const memoryLimits = {
  knownOperations: 200,
  operations: 4,
  rejections: 50,
  savepoints: 10,
  waitingRecords: 8,
  /** Kills that are accepted beyond the limit and recorded briefly. */
  waitingKills: 5,
  givenUp: 5,
  /** Characters of the whole memory as JSON, with some room below 128 KiB. */
  characters: 127 * 1024,
} as const;

export const JobMemory = z.strictObject({
  version: z.literal(1),
  job: z.string(),
  /** The wish for the job; an operation sets it when it takes effect. */
  desired: z.enum(wishes),
  /** The contact with the current instance while its end is unknown. */
  contact: openEnum(contacts, 'silent'),
  /** A person's decision that stands in for the confirmed end of the instance of an epoch. */
  decision: Decision.nullable().default(null),
  /** False until the workflow has asked S3 and YARN what exists: `new` is proven, never assumed. */
  proven: z.boolean(),
  /** Derived by `settledStateOf`. */
  state: openEnum(states, 'unreachable'),
  stateSince: z.string(),
  /** Why the job is in this state, for people; null when the state says it all. */
  stateReason: z.string().nullable(),
  /** The cause of a failure or of bad health. */
  cause: Cause.nullable().default(null),
  health: openEnum(healths, 'unknown'),
  /** Why the job is unhealthy. */
  healthReasons: z.array(z.string()).default([]),
  healthSince: z.string().nullable().default(null),
  observedAt: z.string(),
  /** The newest epoch that this workflow knows. A higher epoch in S3 means that somebody else acted. */
  epoch: z.number().int(),
  /** The keys whose signatures count; null while requests need none, as far as the job has learnt. */
  signing: KnownKeys.nullable().default(null),
  /** To whom the job belongs, as its fence said last; null until the workflow has read a fence that says it. */
  ownership: Ownership.nullable().default(null),
  /** The deployment that runs, or the last one that ran. */
  current: Deployment.nullable(),
  /** The deployment that ran before `current`: a failed start goes back to this deployment. */
  previous: Deployment.nullable(),
  deployments: z.number().int(),
  pendingStop: PendingStop.nullable().default(null),
  /** How the instance of an epoch is being ended while its end is not confirmed. */
  ending: EndInProgress.nullable().default(null),
  /** Instances that were given up and may live on, newest first. */
  givenUp: z.array(GivenUpInstance).default([]),
  /** Restarts and failovers by Sluice itself, and why it leaves the job to people. */
  recovery: Recovery.default(noRecovery),
  /** Retention is due, or has come so far (`retention.ts` of the workflow); null: nothing is due. */
  retention: Retention.nullable().default(null),
  /** Given-up instances that their cluster has shown again, by application id, until their end is confirmed. */
  returned: z.array(z.string()).default([]),
  /** The newest checkpoint that the current deployment left behind. */
  left: RestorePoint.nullable().default(null),
  /** When Sluice last reminded people of the hotfix of an operation. */
  hotfixReminder: HotfixReminder.nullable().default(null),
  savepoints: z.array(RestorePoint),
  operations: z.array(OperationRecord),
  knownOperations: z.array(KnownOperation),
  rejections: z.array(Rejection),
  rejectedBeyond: z.number().int(),
  skippedSavepoints: Skipped.default({ count: 0, last: null }),
  /** Ended operations whose audit object is not written yet. */
  waitingRecords: z.array(OperationRecord),
});
/** The memory as transitions change it. */
export type StoredMemory = z.infer<typeof JobMemory>;
type ReadonlyOnce<T> = T extends readonly (infer Item)[] ? readonly Item[] : T extends object ? Readonly<T> : T;
/** The memory as all other code has it: read-only, because only `transitions.ts` changes it. */
export type JobMemory = { readonly [Field in keyof StoredMemory]: ReadonlyOnce<StoredMemory[Field]> };

export function newMemory(job: string, now: string): JobMemory {
  return {
    version: 1,
    job,
    desired: 'stopped',
    contact: 'none',
    decision: null,
    proven: false,
    state: 'new',
    stateSince: now,
    stateReason: null,
    cause: null,
    health: 'unknown',
    healthReasons: [],
    healthSince: null,
    observedAt: now,
    epoch: 0,
    signing: null,
    ownership: null,
    current: null,
    previous: null,
    deployments: 0,
    pendingStop: null,
    ending: null,
    givenUp: [],
    recovery: noRecovery,
    retention: null,
    returned: [],
    left: null,
    hotfixReminder: null,
    savepoints: [],
    operations: [],
    knownOperations: [],
    rejections: [],
    rejectedBeyond: 0,
    skippedSavepoints: { count: 0, last: null },
    waitingRecords: [],
  };
}

/**
 * Lists the ended operations, newest first. A record that waits for the audit log is stored once, so that carried state
 * stays small.
 */
export const rememberedOperations = ({ waitingRecords, operations }: JobMemory): readonly OperationRecord[] => [
  ...waitingRecords.toReversed(),
  ...operations,
];

/** Why a job is unwell, where its state is, and what to do. */
export interface JobCause extends Cause {
  readonly meaning: string;
  readonly state: string;
  readonly whatToDo: string;
}

function causeIn(memory: JobMemory): JobCause | null {
  if (memory.cause === null) return null;
  const { meaning, whatToDo } = causes[memory.cause.class];
  return { ...memory.cause, meaning, whatToDo, state: whereTheStateIs(memory) };
}

/** The answer of the query `job`, and of `GET /jobs/{job}` with links added. */
export interface JobView extends OwnerView {
  readonly name: string;
  readonly state: JobState;
  readonly stateMeaning: string;
  readonly stateSince: string;
  readonly stateReason: string | null;
  /** The wish for the job; operations set it. */
  readonly desired: Wish;
  /** The evidence that nothing of the job runs any more; null while something may run. */
  readonly endKnownBy: EndKnownBy | null;
  /** Instances that were given up and may still run, with the risk in words. */
  readonly givenUp: readonly (GivenUpInstance & { readonly risk: string })[];
  /** The cause of a failure or of bad health, in words; null when nothing is wrong. */
  readonly cause: JobCause | null;
  readonly next: string;
  readonly allowed: readonly string[];
  readonly health: JobMemory['health'];
  readonly healthReasons: readonly string[];
  readonly healthSince: string | null;
  readonly sync: (typeof syncs)[number];
  readonly observedAt: string;
  readonly operation: OperationRecord | null;
  /** The operation that ended last. */
  readonly lastOperation: LastOperation | null;
  readonly pendingStop: PendingStop | null;
  readonly retention: z.infer<typeof RetentionView>;
  readonly recovery: RecoveryView | null;
  readonly deployment: Deployment | null;
  readonly configuration: string | null;
  /** The hotfix of the deployment that runs, or of the last one that ran. */
  readonly hotfix: HotfixView | null;
  readonly savepoints: readonly RestorePoint[];
  readonly skippedSavepoints: z.infer<typeof Skipped>;
  readonly rejections: { readonly last: readonly Rejection[]; readonly beyond: number };
}

function lastOperationOf(memory: JobMemory): LastOperation | null {
  const [last] = rememberedOperations(memory);
  if (last === undefined) return null;
  const { id, kind, outcome, actor, endedAt } = last;
  return { id, kind, outcome, actor, endedAt };
}

export function viewOf(memory: JobMemory, operation: OperationRecord | null, allowed: readonly string[]): JobView {
  const hotfix = memory.current?.hotfix ?? null;
  const state = stateOf(memory, operation);
  const isDeploying = state === 'deploying';
  const recovery = recoveryViewOf(memory, operation !== null);
  const planned = recovery && plannedInWords(recovery);
  return {
    name: memory.job,
    ...ownerViewOf(memory),
    state,
    stateMeaning: planned === null || state !== 'failed' ? jobStates[state].meaning : STARTED_SOON,
    stateSince: operation && isDeploying ? deployingSince(operation) : memory.stateSince,
    stateReason: isDeploying ? null : memory.stateReason,
    desired: memory.desired,
    endKnownBy: endKnownBy(memory),
    givenUp: memory.givenUp.map((instance) => ({ ...instance, risk: riskOf(instance) })),
    cause: isDeploying ? null : causeIn(memory),
    next: planned ?? jobStates[state].next,
    allowed,
    ...healthViewOf(memory),
    sync: hotfix === null ? 'inSync' : 'hotfixed',
    observedAt: memory.observedAt,
    operation,
    lastOperation: lastOperationOf(memory),
    pendingStop: memory.pendingStop,
    recovery,
    retention: memory.retention && { operationId: memory.retention.operationId, problem: memory.retention.problem },
    deployment: memory.current,
    configuration: memory.current?.configuration ?? null,
    hotfix: hotfix && { ...hotfix, reminder: reminderOf(memory, hotfix) },
    savepoints: memory.savepoints,
    skippedSavepoints: memory.skippedSavepoints,
    rejections: { last: memory.rejections, beyond: memory.rejectedBeyond },
  };
}
