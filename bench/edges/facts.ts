/** The times at which facts reached the workflows of jobs, by their histories. */
import type { Client } from '@temporalio/client';
import { workflowIdOf } from '../../src/domain/identity/workflow-ids.ts';
import type { Fact } from '../../src/domain/watch/facts.ts';
import { observedSignal } from '../../src/workflows/messages.ts';

/** Finds the first fact of a kind that reached a job after a time, in the run that began first or one that went on from it. */
export async function factAfter(
  client: Client,
  { job, at, kind, firstRun }: { job: string; at: number; kind: Fact['seen']['kind']; firstRun: string },
): Promise<number | null> {
  let runId: string | null = firstRun;
  while (runId !== null) {
    const { events } = await client.workflow.getHandle(workflowIdOf(job), runId).fetchHistory();
    let next: string | null = null;
    for (const event of events ?? []) {
      next = event.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? next;
      const signal = event.workflowExecutionSignaledEventAttributes;
      if (signal?.signalName !== observedSignal.name) continue;
      const time = Number(event.eventTime?.seconds ?? 0) * 1_000 + (event.eventTime?.nanos ?? 0) / 1e6;
      // The signal's own argument, as the watcher wrote it.
      const fact = JSON.parse(Buffer.from(signal.input?.payloads?.[0]?.data ?? []).toString()) as Fact;
      if (time >= at && fact.seen.kind === kind) return time;
    }
    runId = next;
  }
  return null;
}
