/**
 * Programs that set in main() what the deployment file declares, or what nobody declares.
 *
 * Seen to fail: with the deadline of the file alone, an undeclared interval rolls a healthy job back; without the early look,
 * an overridden interval is only found out when the verification has timed out.
 */
import { describe, expect, test } from 'vitest';
import type { Driver } from '../harness.ts';
import { useStage } from '../use-stage.ts';

const stage = useStage();
const release = 'clicks/2.0.0';
const publish = (lines: Readonly<Record<string, string>> = {}) => stage.world.publish(release, [stage.job], lines);

describe('the program sets what is declared', () => {
  test('an interval that cannot be verified in time is refused at once, with both values', async () => {
    publish();
    stage.world.inCode.set(release, { intervalMs: 600_000 });
    stage.world.behaviour.set(release, 'neverCheckpoints');
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const operation = await driver.run('deploy', { release });
      expect(operation).toMatchObject({ outcome: 'rolledBack', error: { code: 'ConfigOverriddenByCode' } });
      expect(operation.error?.detail).toContain('sets execution.checkpointing.interval to 10m; declared is 1s');
    });
  });

  test('everything else is a warning of the operation, with both values', async () => {
    publish();
    stage.world.inCode.set(release, { intervalMs: 2_000, timeoutMs: 5_000, parallelism: 2 });
    await stage.story(async (driver) => {
      await driver.signal('deploy', { id: 'first', actor: 'ci', release });
      const operation = await driver.ended('first');
      expect(operation.outcome).toBe('succeeded');
      expect(operation.warnings).toEqual([
        'the program sets execution.checkpointing.interval to 2s; declared is 1s',
        'the program sets execution.checkpointing.timeout to 5s; declared is 30s',
        'the program sets parallelism to 2; declared is 1 (job.parallelism)',
      ]);
    });
  });

  test('nothing is said of a program that does as declared', async () => {
    publish({ job: '{jar: clicks.jar, entryClass: com.example.Clicks, parallelism: 3}' });
    await stage.story(async (driver) => {
      await driver.signal('deploy', { id: 'first', actor: 'ci', release });
      expect(await driver.ended('first')).toMatchObject({ outcome: 'succeeded', warnings: [] });
    });
  });
});

test('an interval that only the program decides gets the time that it needs', async () => {
  publish({ flink: '{version: "1.20.1"}', upgrade: '{timeouts: {stop: 10s, start: 10s}, verify: {timeout: 10s}}' });
  stage.world.inCode.set(release, { intervalMs: 150_000, timeoutMs: 30_000 });
  stage.world.behaviour.set(release, 'neverCheckpoints');
  stage.world.deadlines.set('verifyRunning', 2_000);
  await stage.story(async (driver) => {
    await driver.signal('deploy', { id: 'slow', actor: 'ci', release });
    await driver.until('it verifies', ({ operation }) => operation?.phase === 'verifying');
    const { flink, job } = stage.running();
    await expect.poll(() => flink.asked, { timeout: 20_000 }).toContain('checkpointsConfig');
    stage.world.deadlines.delete('verifyRunning');
    await expect.poll(() => verifications(driver), { timeout: 20_000 }).toBe(2);
    flink.completeCheckpoint(job.id);
    expect(await driver.ended('slow')).toMatchObject({ outcome: 'succeeded' });
  });
});

/** Counts how often the workflow asked for a verification. */
async function verifications({ handle }: Driver): Promise<number> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).filter(
    ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name === 'verifyRunning',
  ).length;
}
