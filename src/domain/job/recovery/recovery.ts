/**
 * Recovery: the part of a job's memory from which Sluice decides what it does by itself when an instance fails or its cluster is
 * gone. The decision is a function of the memory, like the state: no timer has to be carried from run to run.
 */
import { z } from 'zod';
import type { Deployment } from '../../deployment/deployment.ts';
import type { CauseClass } from '../../errors/causes.ts';
import { errorTable, type ErrorCode } from '../../errors/errors.ts';
import { isFailoverId, isRestartId } from '../../identity/ids.ts';
import { isOwnDoor } from '../../operation/doors.ts';
import type { OperationRecord } from '../../operation/operation.ts';
import { keysOf } from '../../values/keys-of.ts';
import { Drill, drillOf, type EndedDrill } from './drill.ts';
import { bringsUp, type SettledState } from '../state/state.ts';

/** A restart or failover that Sluice tried. */
const Try = z.strictObject({
  at: z.string(),
  /** Free tries cost no attempt: the cluster had lost the instance, or nothing could be started. */
  isFree: z.boolean().default(false),
  /** A restart asked its cluster for minutes, and had no answer. */
  foundSilence: z.boolean().default(false),
});

/** The part of a job's memory that acts of Sluice leave. A person's operation clears the tries. */
export const Recovery = z.strictObject({
  /** Oldest first. */
  tries: z.array(Try).default([]),
  /** Why the job is left to people; null while Sluice would act. */
  left: z.string().nullable().default(null),
  /** The epoch of the instance that a run without memory found failed, or out of reach, and left to people; null where another reason stands in `left`. */
  foundFailed: z.number().int().nullable().default(null),
  /** The act that runs. */
  trying: z.strictObject({ operationId: z.string(), isFree: z.boolean() }).nullable().default(null),
  /** Since when, and why, the cluster with the instance of an epoch counts as gone; null while it does not. */
  gone: z.strictObject({ epoch: z.number().int(), at: z.string(), detail: z.string() }).nullable().default(null),
  /** The turn that was asked for, until it is left: the cluster brings up only so many jobs at one time. */
  turn: z
    .strictObject({
      cluster: z.string(),
      operationId: z.string(),
      /** When the job asked first. */
      since: z.string(),
      /** When the cluster's turns answered last; null while they never did. */
      answeredAt: z.string().nullable(),
      /** How many jobs came before this one then; null while that is not known. */
      before: z.number().int().nullable(),
      isGranted: z.boolean(),
    })
    .nullable()
    .default(null),
  /** The epoch of the instance that an act of Sluice was to replace, and replaced with nothing; null where there is none. */
  took: z.number().int().nullable().default(null),
  /** The newest drill; a workflow that has lost its memory knows none. */
  drill: Drill.nullable().default(null),
});
export type Recovery = z.infer<typeof Recovery>;

export const noRecovery: Recovery = {
  tries: [],
  left: null,
  foundFailed: null,
  trying: null,
  gone: null,
  turn: null,
  took: null,
  drill: null,
};

/** Tries that a memory keeps; `recovery.restart.maxAttempts` is at most as many. */
const MOST_TRIES = 100;

type Known = Pick<Deployment, 'number' | 'runningAt' | 'restorePoint' | 'epoch' | 'ended'> | null;

/** The act that begins now. Its end counts as an attempt, unless the cluster had lost the instance before. */
export const actTaken = (
  { recovery, current }: { readonly recovery: Recovery; readonly current: Pick<Deployment, 'ended'> | null },
  operationId: string,
): Recovery => ({
  ...recovery,
  trying: { operationId, isFree: current?.ended?.by === 'cluster' },
});

type Ended = EndedDrill & Pick<OperationRecord, 'via' | 'error'>;

type Act = Pick<OperationRecord, 'kind' | 'via' | 'id'>;

/** Tells whether an operation is a restart by Sluice itself. */
export const isOwnRestart = ({ kind, via, id }: Act): boolean =>
  kind === 'restart' && via === 'supervisor' && isRestartId(id);

/** Tells whether an operation is a failover by Sluice itself. */
export const isOwnFailover = ({ kind, via, id }: Act): boolean =>
  kind === 'failover' && via === 'supervisor' && isFailoverId(id);

/** Tells whether Sluice brings the job up by itself, for which a start without state is no choice. */
export const isOwnAct = (operation: Act): boolean => isOwnRestart(operation) || isOwnFailover(operation);

const notLeft = { left: null, foundFailed: null } as const;

/** Adds the end of an operation. An act of a person begins a new count. @param current the deployment after it. */
export function afterOperation(before: Recovery, ended: Ended, current: Known): Recovery {
  const recovery = { ...before, drill: drillOf(ended, current) ?? before.drill };
  if (isOwnAct(ended)) return afterAct(recovery, ended, current);
  if (ended.outcome === 'rejected') return recovery;
  const { gone, turn, drill } = recovery;
  if (!isOwnDoor(ended.via)) return { ...noRecovery, gone, turn, drill };
  return ended.outcome === 'succeeded' && bringsUp(ended) ? { ...recovery, ...notLeft } : recovery;
}

/**
 * A run without memory knows neither the tries before it nor what people did since, so a job that it finds failed is left to
 * people. A run that only doubts its memory keeps it when the proof finds the instance that it knows.
 */
export function afterProof(
  { current, recovery }: { readonly current: Pick<Deployment, 'epoch'> | null; readonly recovery: Recovery },
  proof: { readonly current: Pick<Deployment, 'epoch'> | null; readonly state: SettledState },
): Recovery {
  const wasFound = recovery.left !== null && recovery.foundFailed !== null;
  if (current !== null && current.epoch === proof.current?.epoch && !wasFound) return recovery;
  const mayBeFailed = proof.state === 'failed' || proof.state === 'unreachable';
  if (!mayBeFailed) return { ...recovery, ...notLeft };
  const left = 'it was found failed by a workflow that had lost its memory';
  return { ...recovery, left, foundFailed: proof.current?.epoch ?? null };
}

/** Adds a try: the act is over, and the oldest tries beyond the bound are forgotten. */
export const tried = (recovery: Recovery, last: Recovery['tries'][number]): Recovery => ({
  ...recovery,
  tries: [...recovery.tries, last].slice(-MOST_TRIES),
  trying: null,
});

function afterAct(recovery: Recovery, ended: Ended, current: Known): Recovery {
  const { tries, left, trying } = recovery;
  const isFree = ended.deployment === null || (trying?.operationId === ended.id && trying.isFree);
  const foundSilence = isOwnRestart(ended) && ended.deployment === null && ended.error?.code === 'ClusterUnreachable';
  const last = { at: ended.endedAt ?? ended.acceptedAt, isFree, foundSilence };
  // An act that was to replace the instance may have ended it, or may end it yet, and started nothing in its place.
  const took = ended.deployment === null && current !== null ? current.epoch : null;
  return { ...tried(recovery, last), left: left ?? whyNoMore(ended, tries, current), took };
}

/** Failures before a start that time may mend; after any other one the next try would fail again. */
const passing: ReadonlySet<string> = new Set<ErrorCode>([
  ...keysOf(errorTable).filter((code) => errorTable[code].retry),
  'ApplicationNotEnding',
  'ClusterCordoned',
  'CommandNotAllowed',
  'LockLost',
  'OperationTimedOut',
  'QueueFull',
  'SubmissionLost',
]);

/** Causes that lie in the state, which stays the same with each restart. */
const inTheState: ReadonlySet<string> = new Set<CauseClass>([
  'stateTypeChanged',
  'maxParallelismChanged',
  'stateWithoutOperator',
  'restorePointMissing',
  'restorePointUnreadable',
]);

/** A cluster that comes back has few nodes at first, closed queues, and applications that end only now. */
const oftenPassing: ReadonlySet<string> = new Set<ErrorCode>([
  'ClusterRejected',
  'ForeignInstance',
  'Internal',
  'QueueNotFound',
  'ResourcesTooLarge',
  'StorageDenied',
]);
/** Some three quarters of an hour with the waits that a file has by default. */
const MOST_IN_VAIN = 12;

/** Tells whether a further try would fail as the last one did. @param tries those before it. */
function isInVain(code: string, tries: Recovery['tries']): boolean {
  if (passing.has(code)) return false;
  const inARow = tries.length - 1 - tries.findLastIndex(({ isFree }) => !isFree);
  return !oftenPassing.has(code) || inARow + 1 >= MOST_IN_VAIN;
}

function whyNoMore(act: Ended, tries: Recovery['tries'], current: Known): string | null {
  const { id, kind, outcome, error, deployment } = act;
  if (outcome === 'cancelled') return `its ${kind} ${id} was cancelled`;
  if ((outcome !== 'failed' && outcome !== 'rejected') || error === null) return null;
  // A job that failed where it was can be restarted there, whatever speaks against the other cluster.
  if (isOwnFailover(act) && deployment === null && current?.ended?.how === 'failed') return null;
  const isHopeless = deployment === null ? isInVain(error.code, tries) : inTheState.has(error.cause?.class ?? '');
  return isHopeless ? `its ${kind} ${id} failed: ${error.detail}` : null;
}
