/**
 * One job: the lock, the state and the audit log in one. Receives, locks, runs one operation, records it, and
 * continues as new, so that each run's history is one operation.
 */
import { allHandlersFinished, CancellationScope, condition, continueAsNew, workflowInfo } from '@temporalio/workflow';
import { jobOfWorkflowId } from '../domain/identity.ts';
import { migrateMemory, newMemory, type JobMemory } from '../domain/job-memory.ts';
import { openDesk } from './front-desk.ts';
import type { FlinkJobInput } from './messages.ts';
import { OperationRun } from './operation-run.ts';
import { runOperation } from './operations/index.ts';
import { prove } from './prove.ts';
import { show } from './show.ts';

/** A run that nobody gave anything to do closes after this: somebody mistyped a name. */
const IDLE_UNTIL_CLOSED = '10m';

export async function flinkJob(input: FlinkJobInput): Promise<void> {
  const job = jobOfWorkflowId(workflowInfo().workflowId);
  // The lock is the workflow id; a workflow of another id or input would be a second lock, so it does nothing at all.
  if (job === null || (input as FlinkJobInput | undefined)?.job !== job) return;

  // Temporal's own cancel must not tear an operation apart; until `cancel` is an operation's message, it is ignored.
  await CancellationScope.nonCancellable(() => serve(job, input.carried));
}

async function serve(job: string, carried: unknown): Promise<void> {
  const memory: JobMemory = migrateMemory(carried) ?? newMemory(job, new Date().toISOString());
  show({ memory, taken: null });
  const desk = openDesk(memory);
  // An update may come with the very first task, or be replayed together with it: it is answered before anything else is
  // commanded, so that the order of commands is one and the same.
  await condition(allHandlersFinished);

  if (!memory.proven) await prove(desk);

  // Rejected signals and repeated updates stay in the history: a run that only collects them is turned over too.
  const turn = () => allHandlersFinished() && (desk.taken !== null || workflowInfo().continueAsNewSuggested);
  if (memory.state === 'new') await condition(turn, IDLE_UNTIL_CLOSED);
  else await condition(turn);

  while (desk.taken) {
    await runOperation(new OperationRun(desk, desk.taken.operation), desk.taken.request);
    desk.taken = null;
    show(desk);
    // Who is accepted while the last handlers finish is served by this run: nothing accepted is ever dropped.
    await condition(allHandlersFinished);
  }
  if (memory.state === 'new' && memory.operations.length === 0 && !workflowInfo().continueAsNewSuggested) return;
  await continueAsNew<typeof flinkJob>({ job, carried: memory });
}
