/** What a job's workflow remembers and carries from run to run, its limits, and what people are shown of it. */
import { z } from 'zod';
import { keysOf } from '../values/keys-of.ts';
import { whereTheStateIs } from './account.ts';
import { Cause } from '../errors/cause.ts';
import { causes } from '../errors/causes.ts';
import { Deployment, endings } from '../deployment/deployment.ts';
import type { HotfixView } from '../hotfix/hotfix.ts';
import { HotfixReminder, reminderOf } from '../hotfix/expiry.ts';
import { healths, jobStates, operationKinds, outcomes, type JobState, type syncs } from '../lifecycle.ts';
import { OperationId } from '../identity/ids.ts';
import { OperationRecord } from '../operation/operation.ts';
import { RestorePoint } from '../restore-points/restore-point.ts';
import { withFactsOfState } from './facts-of-state.ts';
import { contacts, deployingSince, stateOf, wishes } from './state.ts';

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
  outcome: z.enum(outcomes),
  kind: z.enum(operationKinds),
});

/** A stop-with-savepoint that was triggered and whose outcome nobody knows yet: until it is known, nothing may start. */
export const PendingStop = z.strictObject({ operationId: OperationId, epoch: z.number().int(), since: z.string() });
export type PendingStop = z.infer<typeof PendingStop>;

const EndInProgress = z.strictObject({
  epoch: z.number().int(),
  how: z.enum(endings),
  /** Whether it is to end even if nobody could be reached for a while; one that was to be replaced may live on. */
  forGood: z.boolean(),
});
export type EndInProgress = z.infer<typeof EndInProgress>;

const Decision = z.strictObject({ epoch: z.number().int(), operationId: OperationId, at: z.string() });

/** Periodic savepoints that were not taken, since the job was busy, unhealthy or not running. */
export const Skipped = z.strictObject({
  count: z.number().int(),
  last: z.strictObject({ at: z.string(), code: z.string(), detail: z.string() }).nullable(),
});

/** Most of each that is carried; older things are in S3. A test holds the whole, at its largest, below 128 KiB. */
export const memoryLimits = {
  knownOperations: 200,
  operations: 4,
  rejections: 50,
  savepoints: 10,
  waitingRecords: 8,
  /** Kills that are accepted beyond, and recorded briefly. */
  waitingKills: 5,
  /** Of all of it as JSON, with some room below 128 KiB. */
  characters: 126 * 1024,
} as const;

export const JobMemory = z.strictObject({
  version: z.literal(1),
  job: z.string(),
  /** What somebody wants: said by operations once they take effect. */
  desired: z.enum(wishes),
  /** What is known of the current instance while its end is not. */
  contact: z.enum(contacts),
  /** A person's decision that stands in for the confirmed end of the instance of an epoch. */
  decision: Decision.nullable().default(null),
  /** False until S3 and YARN were asked what is there: `new` is proven, never assumed. */
  proven: z.boolean(),
  /** Derived: see `settledStateOf`. */
  state: z.enum(states),
  stateSince: z.string(),
  /** Why it is so, for people; null when the state says it all. */
  stateReason: z.string().nullable(),
  /** What made it so, where it failed or ails. */
  cause: Cause.nullable().default(null),
  health: z.enum(healths),
  /** Why it is not healthy, and since when it is what it is. */
  healthReasons: z.array(z.string()).default([]),
  healthSince: z.string().nullable().default(null),
  observedAt: z.string(),
  /** Newest epoch that this workflow knows; a higher one in S3 means that somebody else acted. */
  epoch: z.number().int(),
  /** The deployment that runs, or the last that did. */
  current: Deployment.nullable(),
  /** The deployment before it that ran: where a failed start goes back to. */
  previous: Deployment.nullable(),
  deployments: z.number().int(),
  pendingStop: PendingStop.nullable().default(null),
  /** How the instance of an epoch is being ended whose end is not confirmed yet. */
  ending: EndInProgress.nullable().default(null),
  /** Newest checkpoint that the current deployment was found to have left behind. */
  left: RestorePoint.nullable().default(null),
  /** When somebody was last reminded of the hotfix that an operation brought. */
  hotfixReminder: HotfixReminder.nullable().default(null),
  savepoints: z.array(RestorePoint),
  operations: z.array(OperationRecord),
  knownOperations: z.array(KnownOperation),
  rejections: z.array(Rejection),
  rejectedBeyond: z.number().int(),
  skippedSavepoints: Skipped.default({ count: 0, last: null }),
  /** Ended operations whose audit object could not be written yet. */
  waitingRecords: z.array(OperationRecord),
});
/** The memory as transitions change it. */
export type StoredMemory = z.infer<typeof JobMemory>;
type ReadonlyOnce<T> = T extends readonly (infer Item)[] ? readonly Item[] : T extends object ? Readonly<T> : T;
/** The memory as everybody else has it: only `transitions.ts` changes it. */
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
    current: null,
    previous: null,
    deployments: 0,
    pendingStop: null,
    ending: null,
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

/** Newest first; what waits for the audit log is kept there only, so that carried state stays small. */
export const rememberedOperations = ({ waitingRecords, operations }: JobMemory): readonly OperationRecord[] => [
  ...waitingRecords.toReversed(),
  ...operations,
];

/**
 * What is carried to the next run. Nearly always all of it; where it is too big, what S3 has too or what is only told is
 * left out, oldest first. What runs and what is not written down yet is always kept.
 */
export function withinBudget(memory: JobMemory): JobMemory {
  const { rejections, operations, knownOperations } = memory;
  const over = JSON.stringify(memory).length - memoryLimits.characters;
  if (over <= 0) return memory;
  const [keptRejections, left] = withoutOldest(rejections.toReversed(), over);
  const [keptOperations, still] = withoutOldest(operations, left);
  const [keptKnown] = withoutOldest(knownOperations, still);
  return {
    ...memory,
    rejections: keptRejections.toReversed(),
    rejectedBeyond: memory.rejectedBeyond + rejections.length - keptRejections.length,
    operations: keptOperations,
    knownOperations: keptKnown,
  };
}

/** @returns the list, newest first, without as many at its end as `over` needs, and what is over then. */
function withoutOldest<T>(list: readonly T[], over: number): [kept: T[], over: number] {
  const kept = [...list];
  let left = over;
  while (left > 0 && kept.length > 0) left -= JSON.stringify(kept.pop()).length + 1;
  return [kept, left];
}

/** Carried state of any shape ever released, brought to today's; null for anything else: then S3 and YARN are asked. */
export function migrateMemory(carried: unknown): JobMemory | null {
  const parsed = JobMemory.safeParse(withFactsOfState(carried));
  return parsed.success ? parsed.data : null;
}

/** Why a job is not well, where its state is, and what to do. */
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

/** What the query `job` answers, and `GET /jobs/{job}` with links added. */
export interface JobView {
  readonly name: string;
  readonly state: JobState;
  readonly stateMeaning: string;
  readonly stateSince: string;
  readonly stateReason: string | null;
  /** What says that nothing of it runs any more; null while something may. */
  readonly endKnownBy: EndKnownBy | null;
  /** Why it failed or ails, in words; null when nothing is wrong. */
  readonly cause: JobCause | null;
  readonly next: string;
  readonly allowed: readonly string[];
  readonly health: JobMemory['health'];
  readonly healthReasons: readonly string[];
  readonly healthSince: string | null;
  readonly sync: (typeof syncs)[number];
  readonly observedAt: string;
  readonly operation: OperationRecord | null;
  readonly pendingStop: PendingStop | null;
  readonly deployment: Deployment | null;
  readonly configuration: string | null;
  /** What overrides the deployment file of what runs, or of what ran last. */
  readonly hotfix: HotfixView | null;
  readonly savepoints: readonly RestorePoint[];
  readonly skippedSavepoints: z.infer<typeof Skipped>;
  readonly rejections: { readonly last: readonly Rejection[]; readonly beyond: number };
}

/** Seen by Sluice, or decided by whoever killed it by force: then lost nodes were not asked. */
export type EndKnownBy =
  { readonly kind: 'confirmed' } | { readonly kind: 'decided'; readonly operation: string; readonly at: string };

function endKnownBy({ current, decision }: JobMemory): EndKnownBy | null {
  if (!current?.ended) return null;
  if (decision?.epoch !== current.epoch) return { kind: 'confirmed' };
  return { kind: 'decided', operation: decision.operationId, at: decision.at };
}

export function viewOf(memory: JobMemory, operation: OperationRecord | null, allowed: readonly string[]): JobView {
  const hotfix = memory.current?.hotfix ?? null;
  const state = stateOf(memory, operation);
  const isDeploying = state === 'deploying';
  return {
    name: memory.job,
    state,
    stateMeaning: jobStates[state].meaning,
    stateSince: operation && isDeploying ? deployingSince(operation) : memory.stateSince,
    stateReason: isDeploying ? null : memory.stateReason,
    endKnownBy: endKnownBy(memory),
    cause: isDeploying ? null : causeIn(memory),
    next: jobStates[state].next,
    allowed,
    health: memory.health,
    healthReasons: memory.healthReasons,
    healthSince: memory.healthSince,
    sync: hotfix === null ? 'inSync' : 'hotfixed',
    observedAt: memory.observedAt,
    operation,
    pendingStop: memory.pendingStop,
    deployment: memory.current,
    configuration: memory.current?.configuration ?? null,
    hotfix: hotfix && { ...hotfix, reminder: reminderOf(memory, hotfix) },
    savepoints: memory.savepoints,
    skippedSavepoints: memory.skippedSavepoints,
    rejections: { last: memory.rejections, beyond: memory.rejectedBeyond },
  };
}
