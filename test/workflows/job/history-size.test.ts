/**
 * Each run's history is one operation, and its size does not depend on how long anything is waited for.
 *
 * Seen to fail: a dozen timers more in each operation; a start that is awaited by activities of two seconds.
 */
import { WithStartWorkflowOperation } from '@temporalio/client';
import { describe, expect, test } from 'vitest';
import type { Claim } from '../../../src/domain/lock/fence.ts';
import { claimKey } from '../../../src/domain/identity/storage-keys.ts';
import { FLINK_JOB_WORKFLOW, operationUpdates } from '../../../src/workflows/messages.ts';
import { seen, type Driver } from '../harness.ts';
import { useStage } from '../use-stage.ts';

const stage = useStage();

/** More than twice the wait of an instance that starts at once, and longer than the interval of heartbeats. */
const SLOW_START_MS = 7_000;

type Door = 'signal' | 'update';

/** Events of the run that did an operation, from its start until it continued as new. */
async function eventsOf(driver: Driver, operation: string): Promise<number> {
  return (await historyOf(driver, operation)).length;
}

/**
 * Counts commands and their results. Workflow tasks are left out, because a slow machine may try one again; so is retention,
 * which the operation before has left to this run.
 */
async function deedsOf(driver: Driver, operation: string): Promise<number> {
  const events = await historyOf(driver, operation);
  const retention = new Set(
    events
      .filter((event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'retireRestorePoints')
      .map(({ eventId }) => String(eventId)),
  );
  const about = ({ eventId, ...event }: (typeof events)[number]) =>
    String(
      event.activityTaskStartedEventAttributes?.scheduledEventId ??
        event.activityTaskCompletedEventAttributes?.scheduledEventId ??
        event.activityTaskCancelRequestedEventAttributes?.scheduledEventId ??
        event.activityTaskCanceledEventAttributes?.scheduledEventId ??
        eventId,
    );
  return events.filter(
    (event) =>
      !retention.has(about(event)) &&
      !event.workflowTaskScheduledEventAttributes &&
      !event.workflowTaskStartedEventAttributes &&
      !event.workflowTaskCompletedEventAttributes &&
      !event.workflowTaskTimedOutEventAttributes &&
      !event.workflowTaskFailedEventAttributes,
  ).length;
}

async function historyOf({ handle }: Driver, operation: string) {
  const { holder } = stage.world.json(claimKey(stage.job, operation)) as Claim;
  const { events } = await handle.client.getHandle(handle.workflowId, holder.runId).fetchHistory();
  const last = events?.at(-1);
  expect(last?.workflowExecutionContinuedAsNewEventAttributes).toBeTruthy();
  return events!;
}

async function deployed(driver: Driver, door: Door): Promise<void> {
  if (door === 'signal') {
    await stage.deployed(driver);
    return;
  }
  await driver.handle.client.executeUpdateWithStart(operationUpdates.deploy, {
    args: [{ id: 'first', release: 'clicks/1.0.0' }, null],
    startWorkflowOperation: new WithStartWorkflowOperation(FLINK_JOB_WORKFLOW, {
      workflowId: driver.handle.workflowId,
      taskQueue: driver.taskQueue,
      args: [{ job: stage.job }],
      workflowIdConflictPolicy: 'USE_EXISTING',
    }),
  });
  expect(await driver.ended('first')).toMatchObject({ outcome: 'succeeded' });
}

async function upgraded(driver: Driver, door: Door): Promise<void> {
  const request = { id: 'second', release: 'clicks/1.1.0' };
  if (door === 'signal') await driver.signal('deploy', request);
  else await driver.ask('deploy', request);
}

describe.each(['signal', 'update'] as const)('by %s', (door) => {
  test('a first deploy takes at most 45 events and an upgrade at most 75', async () => {
    await stage.story(async (driver) => {
      await deployed(driver, door);
      await upgraded(driver, door);
      expect(await driver.ended('second')).toMatchObject({ outcome: 'succeeded' });
      expect(await eventsOf(driver, 'first')).toBeLessThanOrEqual(45);
      expect(await eventsOf(driver, 'second')).toBeLessThanOrEqual(75);
    });
  });
});

test('an upgrade whose instance starts slowly takes as many events as one that starts at once', async () => {
  await stage.story(async (driver) => {
    await stage.deployed(driver);
    // Both are asked of a run that is idle: what comes with its first task takes fewer.
    await driver.view();
    await driver.run('deploy', { id: 'quick', release: 'clicks/1.1.0' });
    stage.world.behaviour.set('clicks/1.1.0', 'neverRuns');
    await driver.view();
    await driver.ask('deploy', { id: 'slow', release: 'clicks/1.1.0' });
    await seen('the start', () => stage.yarn.submissions.length === 3 && stage.world.live(stage.job)[0]?.flink != null);
    await new Promise((resolve) => setTimeout(resolve, SLOW_START_MS));
    const { flink, job } = stage.running();
    flink.completeCheckpoint(job.id);
    job.state = 'RUNNING';
    expect(await driver.ended('slow')).toMatchObject({ outcome: 'succeeded' });
    expect(await deedsOf(driver, 'slow')).toBe(await deedsOf(driver, 'quick'));
  });
});
