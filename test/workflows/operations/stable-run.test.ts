/**
 * `upgrade.verify.stableFor`: an operation succeeds only when the new instance has run so long without a restart.
 *
 * Seen to fail: without it, a release that crashes after its first proof is a success.
 */
import { expect, test } from 'vitest';
import { useStage } from '../use-stage.ts';

const stage = useStage();
const upgrade =
  '{timeouts: {savepoint: 2m, stop: 10s, start: 10s}, verify: {checkpoints: 0, stableFor: 5s, timeout: 1m}}';

test('an instance that crashes before it ran so long is not verified, and goes back', async () => {
  stage.world.publish('clicks/crashes', [stage.job], { upgrade });
  stage.world.behaviour.set('clicks/crashes', 'neverCheckpoints');
  await stage.story(async (driver) => {
    await stage.deployed(driver);
    await driver.signal('deploy', { id: 'second', release: 'clicks/crashes', actor: 'ci' });
    await driver.until('it verifies', ({ operation }) => operation?.phase === 'verifying');
    const { flink, job } = stage.running();
    flink.restartJob(job.id);
    expect(await driver.ended('second')).toMatchObject({
      outcome: 'rolledBack',
      error: { code: 'VerificationFailed' },
    });
    expect(stage.world.live(stage.job)).toHaveLength(1);
  });
});

test('an instance that completed a checkpoint before it crashed is not gone back from', async () => {
  stage.world.publish('clicks/crashes', [stage.job], { upgrade });
  await stage.story(async (driver) => {
    await stage.deployed(driver);
    await driver.signal('deploy', { id: 'second', release: 'clicks/crashes', actor: 'ci' });
    await driver.until('it verifies', ({ operation }) => operation?.phase === 'verifying');
    const { flink, job } = stage.running();
    flink.completeCheckpoint(job.id);
    flink.restartJob(job.id);
    const operation = await driver.ended('second');
    expect(operation).toMatchObject({ outcome: 'failed', error: { code: 'VerificationFailed' } });
    expect(operation.error?.detail).toContain('the new instance completed ');
    expect(stage.world.live(stage.job)).toEqual([]);
  });
});

test('an instance that runs so long is verified', async () => {
  stage.world.publish('clicks/stable', [stage.job], { upgrade });
  await stage.story(async (driver) => {
    await driver.signal('deploy', { id: 'first', release: 'clicks/stable', actor: 'ci' });
    expect(await driver.ended('first')).toMatchObject({ outcome: 'succeeded', error: null });
  });
});
