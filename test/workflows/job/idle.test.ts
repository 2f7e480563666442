import { expect, test } from 'vitest';
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
