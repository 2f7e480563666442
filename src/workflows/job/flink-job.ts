/**
 * The workflow of one job: lock, state and audit log in one. Each run receives requests, locks the job, runs one
 * operation, records it and continues as new, so that the history of a run is one operation.
 */
import { allHandlersFinished, CancellationScope, condition, log, patched, workflowInfo } from '@temporalio/workflow';
import { jobOfWorkflowId } from '../../domain/identity/workflow-ids.ts';
import { keepsFacts } from '../../domain/job/carried/facts-of-state.ts';
import { carriedOf, migrateMemory, withinBudget } from '../../domain/job/carried/carried-memory.ts';
import { digestOf } from '../../domain/job/list/digest.ts';
import { newMemory, viewOf } from '../../domain/job/job-memory.ts';
import type { Desk } from '../desk/desk.ts';
import { heedFacts } from './facts.ts';
import { openDesk } from './front-desk.ts';
import { interruptByTemporal } from '../desk/interruptions.ts';
import { now } from '../desk/now.ts';
import { DIGEST_MEMO, type FlinkJobInput } from '../messages.ts';
import { nextRun } from '../next-run.ts';
import { OperationRun } from '../operations/operation-run.ts';
import { runOperation } from '../operations/index.ts';
import { prove } from './prove.ts';
import { recordingEnd } from './settled.ts';
import { learnKeys } from '../desk/signed.ts';
import { show } from '../desk/show.ts';
import { awaitNext } from './waits.ts';

export async function flinkJob(input: FlinkJobInput): Promise<void> {
  const job = jobOfWorkflowId(workflowInfo().workflowId);
  // The workflow id is the lock. A workflow with another id or input would be a second lock, so it does nothing at all.
  if (job === null || (input as FlinkJobInput | undefined)?.job !== job) return;

  // A carried state that this build would misread fails the task: no message is lost meanwhile, and the run goes on as
  // soon as a newer worker takes it.
  const carried = migrateMemory(input.carried);
  if (carried === null && input.carried !== undefined)
    log.warn('the carried state is no memory of a job; S3 and YARN are asked');
  const memory = carried ?? newMemory(job, now());
  const desk = openDesk(memory, keepsFacts(input.carried));
  // Temporal's own cancel must not tear an operation apart, so it becomes a message like `cancel`.
  CancellationScope.current().cancelRequested.catch(() => interruptByTemporal(desk));
  await CancellationScope.nonCancellable(() => serve(desk));
}

async function serve(desk: Desk): Promise<void> {
  const { memory } = desk;
  // An update may arrive with the first task, or replay together with it. Its handler finishes before the run issues
  // any other command, so that the order of commands is always the same.
  await condition(allHandlersFinished);

  show(desk);
  // A request that is already here has the job proven together with its claim.
  if (!memory.proven && !desk.taken) await prove(desk);

  // A job without anything to do is a mistyped name, so the run closes. The claims in S3 still answer repeated ids.
  if ((await somethingToDo(desk)) === 'nothing' && desk.taken === null) return;
  // This run also serves what arrives meanwhile, so that every accepted request is served and no fact is lost: the next
  // run knows only what this one carries.
  do {
    await serveTaken(desk);
    await recordingEnd(desk, () => heedFacts(desk));
    if (desk.isToLearnKeys) await learnKeys(desk);
    desk.isToLearnKeys = false;
    await condition(allHandlersFinished);
  } while (desk.taken !== null || desk.fact !== null);
  const digest = { ...digestOf(viewOf(memory, null, [])), writtenAt: now() };
  await nextRun<typeof flinkJob>([{ job: memory.job, carried: carriedOf(withinBudget(memory)) }], {
    [DIGEST_MEMO]: digest,
  });
}

async function serveTaken(desk: Desk): Promise<void> {
  while (desk.taken) {
    await runOperation(new OperationRun(desk, desk.taken.operation), desk.taken.request);
    desk.taken = desk.next;
    desk.next = null;
    desk.interruption = null; // The interruption was meant for the operation that has ended.
    await condition(allHandlersFinished);
  }
}

/** Acts on facts between operations, and waits for the outcome of a pending stop. */
async function somethingToDo(desk: Desk): Promise<'something' | 'nothing'> {
  // Rejected signals and repeated updates stay in the history, so a run that only collects them is turned over too.
  const isOver = () => desk.taken !== null || desk.isLong || desk.isToTurnOver;
  while (!isOver() && !workflowInfo().continueAsNewSuggested) {
    const isAwake = () => isOver() || desk.fact !== null;
    // A fact that came while an end was confirmed must not wait for the answer of a silent cluster, as it did before.
    const isHeedingFirst = desk.fact !== null && patched('2026-11-30-heed-first');
    if (!isHeedingFirst && (await recordingEnd(desk, () => awaitNext(desk, isAwake))) === 'nothing') return 'nothing';
    await recordingEnd(desk, () => heedFacts(desk));
    show(desk);
  }
  await condition(allHandlersFinished);
  return 'something';
}
