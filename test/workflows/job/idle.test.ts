import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorld } from '../../world/world.ts';
import { startHarness, withJob, type Harness } from '../harness.ts';

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness('time-skipping');
}, 120_000);
afterAll(() => harness.close());

test('a run that nobody gives anything to do closes after ten minutes: somebody mistyped a name', async () => {
  const world = await createWorld();
  await withJob(harness, world, 'mistyped', async (driver) => {
    const { handle } = driver;
    await driver.signal('savepoint', { nonsense: true });
    // Until then nothing is known that would forbid anything.
    await driver.until('the proof', ({ allowed }) => !allowed.includes('kill'));
    const before = await harness.environment.currentTimeMs();
    await handle.result();
    expect((await harness.environment.currentTimeMs()) - before).toBeGreaterThanOrEqual(599_000);
    expect((await handle.describe()).status.name).toBe('COMPLETED');
  });
  await world.close();
});
