/**
 * One job: the lock, the state and the audit log in one. Receives, locks, runs one operation, records it, and
 * continues as new, so that each run's history is one operation.
 */
import { allHandlersFinished, condition, continueAsNew, workflowInfo } from '@temporalio/workflow';
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

  const memory: JobMemory =
    input.carried === undefined ? newMemory(job, new Date().toISOString()) : migrateMemory(input.carried);
  show({ memory, taken: null });
  const desk = openDesk(memory);
  // An update may come with the very first task, or be replayed together with it: it is answered before anything else is
  // commanded, so that the order of commands is one and the same.
  await condition(allHandlersFinished);

  if (!memory.proven) await prove(desk);

  const asked = () => desk.taken !== null && allHandlersFinished();
  if (memory.state === 'new') await condition(asked, IDLE_UNTIL_CLOSED);
  else await condition(asked);

  while (desk.taken) {
    await runOperation(new OperationRun(desk, desk.taken.operation), desk.taken.request);
    desk.taken = null;
    show(desk);
    // Who is accepted while the last handlers finish is served by this run: nothing accepted is ever dropped.
    await condition(allHandlersFinished);
  }
  if (memory.state === 'new' && memory.operations.length === 0) return;
  await continueAsNew<typeof flinkJob>({ job, carried: memory });
}
