/**
 * The API's door to the workflow, on a real Temporal: cancel and kill by force while an operation runs.
 *
 * Seen to fail: without its own answer for a workflow that is not there, a cancel of an unknown job was `Internal`.
 */
import { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JobGateway } from '../../src/temporal/job-gateway.ts';
import { createTemporalGateway } from '../../src/temporal/job-gateway-on-temporal.ts';
import { createWorld, type World } from '../world/world.ts';
import { withJob, type Driver, type Harness } from '../workflows/harness.ts';
import { useHarness } from '../workflows/use-harness.ts';

const job = 'clicks-gateway';
const harness = useHarness();
let world: World;
beforeAll(async () => {
  world = await createWorld();
  world.publish('clicks/1.0.0', [job]);
  world.publish('clicks/2.0.0', [job]);
  world.behaviour.set('clicks/2.0.0', 'neverCheckpoints');
});
afterAll(() => world.close());

function gatewayOf({ environment }: Harness): JobGateway {
  const { connection, namespace = 'default' } = environment;
  const client = new Client({ connection, namespace, workflow: { queryRejectCondition: 'NOT_OPEN' } });
  return createTemporalGateway({ client, taskQueue: 'of the driver' });
}

const API = { door: 'api' } as const;

const deploy = (gateway: JobGateway, id: string) =>
  gateway.submit({ job, kind: 'deploy', request: { id, release: 'clicks/2.0.0' }, start: false, sender: API });

const verifying = (driver: Driver, id: string) =>
  driver.until(`${id} to verify`, ({ operation }) => operation?.id === id && operation.phase === 'verifying');

test('a cancel reaches the operation that it names and no other; a kill by force takes its place', async () => {
  const gateway = gatewayOf(harness());
  await expect(gateway.cancel('nobody', { operation: 'x' }, API)).rejects.toMatchObject({ code: 'NotFound' });

  await withJob(harness(), world, job, async (driver) => {
    await driver.signal('deploy', { id: 'first', release: 'clicks/1.0.0' });
    await driver.until('the first deploy', ({ state, operation }) => state === 'running' && operation === null);

    await deploy(gateway, 'second');
    await verifying(driver, 'second');
    for (const operation of ['first', 'unheard-of']) {
      const code = operation === 'first' ? 'CommandNotAllowed' : 'NotFound';
      await expect(gateway.cancel(job, { operation }, API)).rejects.toMatchObject({ code });
    }
    const asked = { operation: 'second', actor: 'ads', reason: 'wrong release', via: 'cli' as const };
    expect(await gateway.cancel(job, asked, API)).toMatchObject({ id: 'second', outcome: null });
    expect(await driver.ended('second')).toMatchObject({
      outcome: 'cancelled',
      interruption: {
        how: 'cancelled',
        actor: 'ads',
        via: 'api',
        claimed: { actor: 'ads', via: 'cli' },
        reason: 'wrong release',
      },
    });
    await expect(gateway.cancel(job, asked, API)).rejects.toMatchObject({ code: 'CommandNotAllowed' });

    await deploy(gateway, 'third');
    await verifying(driver, 'third');
    const kill = { id: 'now', force: true, actor: 'ads' };
    await gateway.submit({ job, kind: 'kill', request: kill, start: false, sender: API });
    expect(await driver.ended('third')).toMatchObject({ outcome: 'superseded', interruption: { by: 'now' } });
    expect(await driver.ended('now')).toMatchObject({ outcome: 'succeeded' });
    expect(world.live(job)).toEqual([]);
    expect(world.overlaps).toEqual([]);
  });
});
