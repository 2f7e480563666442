/** Has a worker make the class archives of a distribution on a cluster. */
import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { WarmUpInput } from '../domain/distribution/distribution.ts';
import { warmUpIdOf } from '../domain/identity/workflow-ids.ts';
import { WARM_UP_WORKFLOW } from '../workflows/messages.ts';
import { askOf } from './call.ts';

const START_DEADLINE_MS = 10_000;

/** @returns a function that answers `running` while another warm-up of the cluster runs. @throws SluiceError `TemporalUnavailable`. */
export function createWarmUpStarts(client: Client, taskQueue: string) {
  const ask = askOf(client);
  return async (input: WarmUpInput): Promise<'started' | 'running'> => {
    const { flinkVersion, cluster, by } = input;
    try {
      await ask(`Starting a warm-up of ${cluster}`, START_DEADLINE_MS, () =>
        client.workflow.start<(input: WarmUpInput) => Promise<string | null>>(WARM_UP_WORKFLOW, {
          workflowId: warmUpIdOf(flinkVersion, cluster),
          taskQueue,
          args: [input],
          staticSummary: `class archives of Flink ${flinkVersion} on ${cluster}, asked for by ${by}`,
        }),
      );
      return 'started';
    } catch (failure) {
      if (failure instanceof WorkflowExecutionAlreadyStartedError) return 'running';
      throw failure;
    }
  };
}
