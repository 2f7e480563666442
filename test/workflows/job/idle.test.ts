import { expect, test } from 'vitest';
import { observedSignal } from '../../../src/workflows/messages.ts';
import { createWorld } from '../../world/world.ts';
import { withJob } from '../harness.ts';
import { useHarness } from '../use-harness.ts';

const harness = useHarness('time-skipping');

test('a run that nobody gives anything to do closes after ten minutes: somebody mistyped a name', async () => {
  const world = await createWorld();
  await withJob(harness(), world, 'mistyped', async (driver) => {
    const { handle } = driver;
    await driver.signal('savepoint', { nonsense: true });
    // Until then nothing is known that would forbid anything.
    await driver.until('the proof', ({ allowed }) => !allowed.includes('kill'));
    await handle.result();
    const { events } = await handle.fetchHistory();
    const timers = (events ?? []).flatMap(({ timerStartedEventAttributes: timer }) =>
      timer ? [Number(timer.startToFireTimeout?.seconds)] : [],
    );
    expect(timers).toEqual([600]);
    expect((await handle.describe()).status.name).toBe('COMPLETED');
  });
  await world.close();
});

test('a job that Flink restarts for too long is started anew from its newest checkpoint', async () => {
  const world = await createWorld();
  const job = 'crashes';
  world.publish('clicks/1.0.0', [job], { recovery: '{restart: {whenDegradedFor: 10m}}' });
  await withJob(harness(), world, job, async (driver) => {
    await driver.signal('deploy', { id: 'first', actor: 'ci', release: 'clicks/1.0.0' });
    expect(await driver.ended('first')).toMatchObject({ outcome: 'succeeded' });
    const { deployment } = await driver.view();
    const [application] = world.live(job);
    const { flink, job: flinkJob } = world.jobOf(application!);
    flink.completeCheckpoint(flinkJob.id);
    flinkJob.state = 'RESTARTING';
    await driver.handle.signal(observedSignal, {
      ...{ epoch: 1, applicationId: deployment!.applicationId, at: '2026-01-01T00:00:00Z' },
      seen: { kind: 'degraded', reasons: ['the Flink job is RESTARTING'], cause: null },
    });
    await driver.until('the plan', ({ recovery }) => recovery?.nextAt != null);
    await harness().environment.sleep('11m');
    const view = await driver.until(
      'the restart',
      ({ state, deployment: now }) => state === 'running' && now?.number === 2,
    );
    expect(view.recovery).toMatchObject({ left: null });
    expect(view.deployment?.restorePoint?.path).toContain(`/${deployment!.flinkJobId}/chk-2`);
    const [restart] = await driver.history();
    expect(restart).toMatchObject({ kind: 'restart', actor: 'supervisor' });
    expect(restart?.reason).toBe('attempt 1 of 5: deployment 1 is degraded: the Flink job is RESTARTING');
  });
  expect(world.overlaps).toEqual([]);
  await world.close();
});
