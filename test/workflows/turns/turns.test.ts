/**
 * Turns on a real Temporal: a job that Sluice brings up by itself waits while the cluster is busy with others, says so, and
 * gives its turn back; a person never waits.
 *
 * Seen to fail: a job that begins without its turn; a turn that is kept after the operation; a run that continues and loses
 * its place; a person who comes first and leaves the job in the queue.
 */
import { describe, expect, test } from 'vitest';
import type { JobView } from '../../../src/domain/job/job-memory.ts';
import { askTurnSignal, leaveTurnSignal, turnLimitsSignal, turnOverSignal } from '../../../src/workflows/messages.ts';
import { seen } from '../harness.ts';
import { useStage } from '../use-stage.ts';
import { dies, left, occupy, ONE } from './waiting.ts';

const stage = useStage({ releases: [] });

const waits = ({ recovery }: JobView): boolean => recovery?.turn?.before === 0;
const runs = (number: number) => (view: JobView) =>
  view.state === 'running' && view.deployment?.number === number && view.operation === null;

describe('a restart', () => {
  test('waits for its turn, says so, begins when the turn comes, and gives it back', async () => {
    await stage.story(async (driver) => {
      const turns = await driver.turns('yarn-a', ONE);
      const leave = await occupy(driver, turns);
      await dies(stage, driver);
      const view = await driver.until('the queue', waits);
      expect(view).toMatchObject({
        state: 'failed',
        operation: null,
        deployment: { priority: 1 },
        recovery: { turn: { cluster: 'yarn-a', before: 0 } },
      });
      expect(view.next).toMatch(
        /starts the job again when its turn comes: the job waits for its turn on yarn-a since .*, 0 before it/,
      );
      expect(stage.yarn.submissions).toHaveLength(1);
      await leave();
      expect((await driver.until('the restart', runs(2))).recovery).toMatchObject({ turn: null, attempts: 1 });
      await left(turns, 2);
    });
  });

  test('keeps its place when its run, and that of the turns, is turned over', async () => {
    await stage.story(async (driver) => {
      const turns = await driver.turns('yarn-a', ONE);
      const leave = await occupy(driver, turns);
      await dies(stage, driver);
      const { recovery } = await driver.until('the queue', waits);
      for (const handle of [driver.handle, turns]) {
        const { runId } = await handle.describe();
        await handle.signal(turnOverSignal);
        await seen('the next run', async () => (await handle.describe()).runId !== runId);
      }
      await driver.until('the queue once more', ({ recovery: now }) => now?.turn?.since === recovery?.turn?.since);
      expect(stage.yarn.submissions).toHaveLength(1);
      await leave();
      await driver.until('the restart', runs(2));
    });
  });

  test('begins when the bounds of the cluster are raised', async () => {
    await stage.story(async (driver) => {
      const turns = await driver.turns('yarn-a', ONE);
      await occupy(driver, turns);
      await dies(stage, driver);
      await driver.until('the queue', waits);
      await turns.signal(turnLimitsSignal, { maxParallel: 0 });
      await turns.signal(turnLimitsSignal, 'nonsense');
      await turns.signal(turnLimitsSignal, { maxParallel: 2, perMinute: 60 });
      await driver.until('the restart', runs(2));
    });
  });

  test('gives way to a person at once, and leaves the queue', async () => {
    await stage.story(async (driver) => {
      const turns = await driver.turns('yarn-a', ONE);
      await occupy(driver, turns);
      await dies(stage, driver);
      await driver.until('the queue', waits);
      expect(await driver.run('resume', { actor: 'ann' })).toMatchObject({ outcome: 'succeeded' });
      expect((await driver.view()).recovery).toMatchObject({ turn: null });
      await left(turns);
    });
  });

  test('leaves the queue when a person kills the job', async () => {
    await stage.story(async (driver) => {
      const turns = await driver.turns('yarn-a', ONE);
      const leave = await occupy(driver, turns);
      await dies(stage, driver);
      await driver.until('the queue', waits);
      await driver.run('kill', { actor: 'ann' });
      await left(turns);
      await leave();
      expect(stage.yarn.submissions).toHaveLength(1);
    });
  });

  test('begins at once where no turns run', async () => {
    await stage.story(async (driver) => {
      await dies(stage, driver);
      await driver.until('the restart', runs(2));
    });
  });
});

test('rubbish changes no turns, and fails no task', async () => {
  await stage.story(async (driver) => {
    const turns = await driver.turns('yarn-a', ONE);
    for (const message of [
      null,
      7,
      { job: '../x' },
      { job: stage.job, operationId: '', priority: 'high', at: 'now' },
    ]) {
      await turns.signal(askTurnSignal, message);
      await turns.signal(leaveTurnSignal, message);
      await driver.client.workflow.getHandle(turns.workflowId).signal('turnLimits', message);
    }
    await dies(stage, driver);
    for (const answer of [
      null,
      { operationId: 'restart-e1-1', isGranted: 'yes' },
      { operationId: 'x', isGranted: true, before: 0 },
    ])
      await driver.handle.signal('turn', answer);
    await driver.until('the restart', runs(2));
  });
});
