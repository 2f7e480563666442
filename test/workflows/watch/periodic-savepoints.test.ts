/**
 * Periodic savepoints by a schedule of the real Temporal.
 */
import { ScheduleNotFoundError } from '@temporalio/client';
import { describe, expect, test } from 'vitest';
import { periodicIdOf, scheduleIdOf } from '../../../src/domain/identity/workflow-ids.ts';
import { PERIODIC_SAVEPOINT_WORKFLOW } from '../../../src/workflows/messages.ts';
import { seen, type Driver } from '../harness.ts';
import { useStage } from '../use-stage.ts';

const stage = useStage();
/** The longest life is a dozen operations, one after the other. */
const LONG_MS = 400_000;

const schedule = ({ client }: Driver) => client.schedule.getHandle(scheduleIdOf(stage.job));
const isScheduled = (driver: Driver): Promise<boolean> =>
  schedule(driver)
    .describe()
    .then(
      () => true,
      (error: unknown) => {
        if (error instanceof ScheduleNotFoundError) return false;
        throw error;
      },
    );
const second = (): number => Math.floor(Date.now() / 1_000);

/** Triggers in a second of its own, once the action before is over: an action is known by its second, and Temporal skips one that overlaps. */
async function trigger(driver: Driver): Promise<void> {
  const before = second();
  await seen('another second', () => second() > before);
  await seen('the end of the action before', async () => {
    const { info } = await schedule(driver).describe();
    return info.runningActions.length === 0;
  });
  await schedule(driver).trigger();
}
const publish = (release: string, savepoints: string): void =>
  stage.world.publish(release, [stage.job], { savepoints });
const deploy = (driver: Driver, release: string) => driver.signal('deploy', { id: release.replace('/', '-'), release });
async function deployed(driver: Driver, release: string): Promise<void> {
  await deploy(driver, release);
  expect(await driver.ended(release.replace('/', '-'))).toMatchObject({ outcome: 'succeeded' });
}

describe('periodic savepoints', () => {
  test(
    'are taken by the schedule, skipped and counted when the job is busy or degraded, and end with it',
    async () => {
      publish('clicks/periodic', '{every: 1h}');
      await stage.story(async (driver) => {
        await deployed(driver, 'clicks/periodic');
        const { spec, policies, action } = await schedule(driver).describe();
        expect(spec.intervals?.[0]).toMatchObject({ every: 3_600_000 });
        expect(policies).toMatchObject({ overlap: 'SKIP' });
        expect(action).toMatchObject({ workflowId: periodicIdOf(stage.job), args: [{ job: stage.job, every: '1h' }] });

        await trigger(driver);
        const taken = await driver.until('a periodic savepoint', ({ savepoints }) => savepoints.length === 1);
        expect(taken.savepoints[0]).toMatchObject({ taken: 'periodic', epoch: 1 });
        const [operation] = await driver.history();
        expect(operation).toMatchObject({ kind: 'savepoint', via: 'schedule', actor: 'sluice', reason: 'every 1h' });
        expect(operation?.id).toMatch(/^periodic-\d{8}T\d{6}Z$/);
        expect(await driver.ended(operation?.id ?? '')).toMatchObject({ outcome: 'succeeded' });

        // Busy: the flow of the savepoint before is held where it asks Flink.
        const { flink } = stage.running();
        flink.savepointMode = 'never';
        const { id } = await driver.ask('savepoint', {});
        await seen('the savepoint of a person', () => flink.begun.length === 2);
        await trigger(driver);
        const busy = await driver.until('a skipped one', ({ skippedSavepoints }) => skippedSavepoints.count === 1);
        expect(busy.skippedSavepoints.last).toMatchObject({ code: 'OperationInProgress' });
        expect(busy.rejections).toEqual({ last: [], beyond: 0 });
        flink.endSavepoints('ok');
        flink.savepointMode = 'ok';
        expect(await driver.ended(id)).toMatchObject({ outcome: 'succeeded' });

        const { epoch, applicationId } = (await driver.view()).deployment!;
        const seenNow = { kind: 'degraded', reasons: ['restarts again and again'] };
        await driver.handle.signal('observed', { epoch, applicationId, at: new Date().toISOString(), seen: seenNow });
        await driver.until('degraded', ({ health }) => health === 'degraded');
        await trigger(driver);
        const degraded = await driver.until('another', ({ skippedSavepoints }) => skippedSavepoints.count === 2);
        expect(degraded.skippedSavepoints.last?.detail).toContain('restarts again and again');
        expect(flink.begun).toHaveLength(2);

        expect(await driver.run('stop', {})).toMatchObject({ outcome: 'succeeded' });
        expect(await isScheduled(driver)).toBe(false);
        expect(await driver.run('resume', {})).toMatchObject({ outcome: 'succeeded' });
        expect(await isScheduled(driver)).toBe(true);
        await deployed(driver, 'clicks/1.1.0');
        expect(await isScheduled(driver)).toBe(false);
      });
    },
    LONG_MS,
  );

  test('of a job without a workflow, or under an id that is none of ours, end at once and ask nobody', async () => {
    await stage.story(async ({ client, taskQueue, handle }) => {
      const start = (workflowId: string, job: string) =>
        client.workflow.execute<(input: object) => Promise<string>>(PERIODIC_SAVEPOINT_WORKFLOW, {
          workflowId,
          taskQueue,
          args: [{ job, every: '1h' }],
        });
      const at = '2026-01-01T00:00:00Z';
      expect(await start(`${periodicIdOf(stage.job)}-${at}`, stage.job)).toBe('nobody to ask');
      expect(await start(`${periodicIdOf(stage.job)}-${at}-x`, stage.job)).toBe('nobody to ask');
      expect(await start(`${periodicIdOf(`${stage.job}-b`)}-${at}`, stage.job)).toBe('nobody to ask');
      await expect(handle.describe()).rejects.toThrow();
    });
  });
});
