/**
 * The waits of a job between operations, in order of precedence: the run awaits the first one that applies. Each new
 * kind of wait gets an entry here.
 */
import { allHandlersFinished, condition, patched } from '@temporalio/workflow';
import { returnedInstance } from '../../domain/job/end-transitions.ts';
import { memoryLimits, type JobMemory } from '../../domain/job/job-memory.ts';
import { isTurnUnwanted } from '../../domain/job/recovery-transitions.ts';
import type { Desk } from '../desk/desk.ts';
import { leaveTurn } from '../desk/turn.ts';
import { writeWaiting } from '../operations/recording.ts';
import { heedExpiry, untilNextLook } from './hotfix-expiry.ts';
import { isRescalePending, undoPendingRescale } from './pending-rescale.ts';
import { awaitPendingStop } from './pending-stop.ts';
import { endReturnedAgain } from './returned.ts';
import { awaitTurnToRestart, beginFailover, beginRestart, untilFailover, untilRestart } from './recovery.ts';
import { isRetentionDue, retire } from './retention.ts';
import { awaitAnswer } from './unreachable.ts';

/** A run without any work closes after this time, because somebody mistyped a name. */
const IDLE_UNTIL_CLOSED = '10m';
/** Time between two tries to write the waiting records. */
const WRITE_AGAIN = '1m';

/** Tells whether somebody wants something of this run. */
type IsAwake = () => boolean;

interface Wait {
  readonly when: (memory: JobMemory) => boolean;
  /** Comes again after each try in vain, so that nothing below it may have to wait for its end. */
  readonly comesAgain?: true;
  /** @returns `nothing` when the run has waited in vain for something to do. */
  readonly await: (desk: Desk, isAwake: IsAwake) => Promise<unknown>;
}

const restart: Wait = {
  when: (memory) => untilRestart(memory) !== null,
  async await(desk, isAwake) {
    if (await condition(isAwake, untilRestart(desk.memory) ?? 1)) return;
    await awaitTurnToRestart(desk, isAwake);
    if (!isAwake()) beginRestart(desk);
  },
};

const expiry: Wait = {
  when: (memory) => untilNextLook(memory) !== null,
  async await(desk, isAwake) {
    if (!(await condition(isAwake, untilNextLook(desk.memory) ?? 1))) heedExpiry(desk);
  },
};

const waits: readonly Wait[] = [
  { when: isTurnUnwanted, await: leaveTurn },
  {
    when: ({ pendingStop }) => pendingStop !== null,
    async await(desk) {
      if (desk.memory.pendingStop) await awaitPendingStop(desk, desk.memory.pendingStop);
    },
  },
  {
    // The watcher of the cluster tells when it answers again.
    when: (memory) => untilFailover(memory) !== null,
    async await(desk, isAwake) {
      if (!(await condition(isAwake, untilFailover(desk.memory) ?? 1))) beginFailover(desk);
    },
  },
  {
    when: ({ state, current }) => state === 'unreachable' && current?.ended === null,
    async await(desk) {
      if (desk.memory.current) await awaitAnswer(desk, desk.memory.current);
    },
  },
  {
    when: (memory) => returnedInstance(memory) !== null,
    comesAgain: true,
    await: endReturnedAgain,
  },
  {
    when: ({ waitingRecords }) => waitingRecords.length > 0,
    comesAgain: true,
    async await({ memory }, isAwake) {
      if (!(await condition(isAwake, WRITE_AGAIN))) await writeWaiting(memory);
    },
  },
  // Below the records that wait for S3, because this needs S3 too.
  { when: isRescalePending, comesAgain: true, await: undoPendingRescale },
  restart,
  { when: isRetentionDue, comesAgain: true, await: retire },
  expiry,
  {
    when: ({ state }) => state !== 'new',
    await: (_desk, isAwake) => condition(isAwake),
  },
  {
    when: () => true,
    async await(_desk, isAwake) {
      if (await condition(isAwake, IDLE_UNTIL_CLOSED)) return 'something';
      await condition(allHandlersFinished);
      return 'nothing';
    },
  },
];

/**
 * Awaits the first wait that applies.
 * @returns `nothing` when the wait was in vain and the run may close.
 */
export async function awaitNext(desk: Desk, isAwake: IsAwake): Promise<unknown> {
  const first = waits.find(({ when }) => when(desk.memory));
  const due = first?.comesAgain && dueNow(desk.memory);
  const wait = due && patched('2026-11-30-due-first') ? due : first;
  return await wait?.await(desk, isAwake);
}

/** The act whose time has come. */
function dueNow(memory: JobMemory): Wait | null {
  // Each act adds a record, and the memory keeps only so many while S3 is away.
  if (memory.waitingRecords.length >= memoryLimits.waitingRecords) return null;
  if (isNow(untilRestart(memory))) return restart;
  return isNow(untilNextLook(memory)) ? expiry : null;
}

const isNow = (untilMs: number | null): boolean => untilMs !== null && untilMs <= 1;
