/** Jobs that wait for their turn on a real Temporal: how they are deployed, how they fail, and who has the turn. */
import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { workflowIdOf } from '../../../src/domain/identity/workflow-ids.ts';
import type { TurnAsk } from '../../../src/domain/turns/messages.ts';
import type { clusterTurns } from '../../../src/workflows/index.ts';
import { askTurnSignal, FLINK_JOB_WORKFLOW, leaveTurnSignal } from '../../../src/workflows/messages.ts';
import { seen, type Driver } from '../harness.ts';
import { deployed, failed, tell } from '../leased.ts';
import type { Stage } from '../use-stage.ts';

/** The bounds of a cluster that brings up one job at a time. */
export const ONE = { maxParallel: 1, perMinute: 60 };
type Turns = WorkflowHandle<typeof clusterTurns>;

export async function dies(stage: Stage, driver: Driver): Promise<void> {
  const instance = await deployed(stage, driver);
  await stage.yarn.end(instance.applicationId, { state: 'FAILED', diagnostics: 'exited with 137' });
  await tell(driver, instance, failed);
}

/** Another job takes the one turn. @returns gives it back. */
export async function occupy({ client, taskQueue }: Driver, turns: Turns): Promise<() => Promise<void>> {
  const job = `occupant-${randomUUID().slice(0, 8)}`;
  const options = { workflowId: workflowIdOf(job), taskQueue, args: [{ job }] };
  const occupant = await client.workflow.start(FLINK_JOB_WORKFLOW, options);
  await turns.signal(askTurnSignal, { job, operationId: 'o', priority: 0, at: new Date().toISOString() });
  await seen('its turn', async () => (await signalsOf(occupant)).includes('turn'));
  return async () => {
    await turns.signal(leaveTurnSignal, { job, operationId: 'o' });
    await occupant.terminate();
  };
}

/** The jobs that have asked for a turn in its present run. */
export async function asking(turns: Turns): Promise<ReadonlySet<string>> {
  const { events } = await turns.fetchHistory();
  const asked = (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) =>
    signal?.signalName === askTurnSignal.name
      ? (JSON.parse(Buffer.from(signal.input?.payloads?.[0]?.data ?? []).toString()) as TurnAsk).job
      : [],
  );
  return new Set(asked);
}

const signalsOf = async (handle: WorkflowHandle): Promise<readonly (string | null | undefined)[]> =>
  (await handle.fetchHistory()).events?.flatMap(
    ({ workflowExecutionSignaledEventAttributes: signal }) => signal?.signalName ?? [],
  ) ?? [];

/** Until jobs have given so many turns back, or left the queue. */
export const left = (turns: Turns, times = 1): Promise<void> =>
  seen('its leave', async () => (await signalsOf(turns)).filter((name) => name === 'leaveTurn').length >= times);
