/** What a job's workflow remembers and carries from run to run, its limits, and what people are shown of it. */
import { z } from 'zod';
import { Deployment } from './deployment.ts';
import { healths, jobStates, operationKinds, outcomes, syncs, type JobState } from './lifecycle.ts';
import { OperationRecord, type Holder } from './operation.ts';
import { RestorePoint } from './restore-point.ts';

const states = Object.keys(jobStates) as [JobState, ...JobState[]]; // keys of a literal table

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

/** Most of each that is carried; older things are in S3. A test holds the whole, at its largest, below 128 KiB. */
export const memoryLimits = {
  knownOperations: 200,
  operations: 5,
  rejections: 50,
  savepoints: 10,
  waitingRecords: 12,
} as const;

export const JobMemory = z.strictObject({
  version: z.literal(1),
  job: z.string(),
  /** False until S3 and YARN were asked what is there: `new` is proven, never assumed. */
  proven: z.boolean(),
  state: z.enum(states),
  stateSince: z.string(),
  /** Why it is so, for people; null when the state says it all. */
  stateReason: z.string().nullable(),
  health: z.enum(healths),
  sync: z.enum(syncs),
  observedAt: z.string(),
  /** Newest epoch that this workflow knows; a higher one in S3 means that somebody else acted. */
  epoch: z.number().int(),
  /** The deployment that runs, or the last that did. */
  current: Deployment.nullable(),
  /** The deployment before it that ran: where a failed start goes back to. */
  previous: Deployment.nullable(),
  deployments: z.number().int(),
  savepoints: z.array(RestorePoint),
  operations: z.array(OperationRecord),
  knownOperations: z.array(KnownOperation),
  rejections: z.array(Rejection),
  rejectedBeyond: z.number().int(),
  /** Ended operations whose audit object could not be written yet. */
  waitingRecords: z.array(OperationRecord),
});
export type JobMemory = z.infer<typeof JobMemory>;

export function newMemory(job: string, now: string): JobMemory {
  return {
    version: 1,
    job,
    proven: false,
    state: 'new',
    stateSince: now,
    stateReason: null,
    health: 'unknown',
    sync: 'inSync',
    observedAt: now,
    epoch: 0,
    current: null,
    previous: null,
    deployments: 0,
    savepoints: [],
    operations: [],
    knownOperations: [],
    rejections: [],
    rejectedBeyond: 0,
    waitingRecords: [],
  };
}

/** Newest first; what waits for the audit log is kept there only, so that carried state stays small. */
export const rememberedOperations = ({ waitingRecords, operations }: JobMemory): readonly OperationRecord[] => [
  ...waitingRecords.toReversed(),
  ...operations,
];

/** Carried state of any shape ever released, brought to today's; null for anything else: then S3 and YARN are asked. */
export function migrateMemory(carried: unknown): JobMemory | null {
  const parsed = JobMemory.safeParse(carried);
  return parsed.success ? parsed.data : null;
}

/** What the query `job` answers, and `GET /jobs/{job}` with links added. */
export interface JobView {
  readonly name: string;
  readonly state: JobState;
  readonly stateMeaning: string;
  readonly stateSince: string;
  readonly stateReason: string | null;
  readonly next: string;
  readonly allowed: readonly string[];
  readonly health: JobMemory['health'];
  readonly sync: JobMemory['sync'];
  readonly observedAt: string;
  readonly operation: OperationRecord | null;
  readonly deployment: Deployment | null;
  readonly configuration: string | null;
  readonly hotfix: null;
  readonly savepoints: readonly RestorePoint[];
  readonly rejections: { readonly last: readonly Rejection[]; readonly beyond: number };
}

export function viewOf(memory: JobMemory, operation: OperationRecord | null, allowed: readonly string[]): JobView {
  return {
    name: memory.job,
    state: memory.state,
    stateMeaning: jobStates[memory.state].meaning,
    stateSince: memory.stateSince,
    stateReason: memory.stateReason,
    next: jobStates[memory.state].next,
    allowed,
    health: memory.health,
    sync: memory.sync,
    observedAt: memory.observedAt,
    operation,
    deployment: memory.current,
    configuration: memory.current?.configuration ?? null,
    hotfix: null,
    savepoints: memory.savepoints,
    rejections: { last: memory.rejections, beyond: memory.rejectedBeyond },
  };
}

/** What a rejected asker is told. */
export interface RejectionDetails {
  readonly holder?: Holder;
  readonly operation?: OperationRecord;
}
