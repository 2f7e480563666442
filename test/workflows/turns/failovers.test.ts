/**
 * Turns of failovers by Sluice, on a real Temporal: the leases of all jobs run out at the same time, and the starts elsewhere are
 * bounded.
 *
 * Seen to fail: a job that begins elsewhere without its turn; a wait that no cancel ends.
 */
import { describe, expect, test } from 'vitest';
import type { JobView } from '../../../src/domain/job/job-memory.ts';
import type { Driver } from '../harness.ts';
import { useStage } from '../use-stage.ts';
import { deployed, gone, lose, silent, tell } from '../leased.ts';
import { left, occupy, ONE } from './waiting.ts';

const stage = useStage({ releases: [] });

describe('a failover by Sluice', () => {
  async function lost(driver: Driver): Promise<void> {
    const old = await deployed(stage, driver);
    const { flink, job } = stage.running();
    flink.completeCheckpoint(job.id);
    lose(stage);
    await tell(driver, old, silent);
    await driver.until('the doubt', ({ state }) => state === 'unreachable');
    await tell(driver, old, gone);
  }
  const waitsElsewhere = ({ operation, recovery }: JobView): boolean =>
    operation?.kind === 'failover' && recovery?.turn?.cluster === 'yarn-b' && recovery.turn.before === 0;

  test('waits for its turn on the other cluster once its lease is over', async () => {
    await stage.story(async (driver) => {
      const leave = await occupy(driver, await driver.turns('yarn-b', ONE));
      await lost(driver);
      const view = await driver.until('the queue', waitsElsewhere);
      expect(view.givenUp).toHaveLength(1);
      expect(stage.backup.submissions).toEqual([]);
      await leave();
      await driver.until(
        'the move',
        ({ state, deployment, operation }) =>
          state === 'running' && deployment?.cluster === 'yarn-b' && operation === null,
      );
    });
  });

  test('is cancelled while it waits', async () => {
    await stage.story(async (driver) => {
      const turns = await driver.turns('yarn-b', ONE);
      await occupy(driver, turns);
      await lost(driver);
      const { operation } = await driver.until('the queue', waitsElsewhere);
      await driver.cancel(operation!.id);
      expect(await driver.ended(operation!.id)).toMatchObject({ outcome: 'cancelled' });
      await left(turns);
      expect(stage.backup.submissions).toEqual([]);
    });
  });
});
