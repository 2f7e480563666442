/**
 * The API's door to the workflow, on a real Temporal: cancel and kill by force while an operation runs.
 *
 * Seen to fail: without its own answer for a workflow that is not there, a cancel of an unknown job was `Internal`.
 */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { JobGateway, JobRow } from '../../../src/temporal/jobs/job-gateway.ts';
import { createTemporalGateway } from '../../../src/temporal/jobs/job-gateway-on-temporal.ts';
import { createWorld, type World } from '../../world/world.ts';
import { withJob, type Driver, type Harness } from '../../workflows/harness.ts';
import { useHarness } from '../../workflows/use-harness.ts';
import { observedSignal } from '../../../src/workflows/messages.ts';
import { createTemporalClient } from '../../../src/temporal/connection/client.ts';

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
  const client = createTemporalClient(connection, namespace);
  return createTemporalGateway({ client, taskQueue: 'of the driver' });
}

const API = { door: 'api' } as const;

const deploy = (gateway: JobGateway, id: string) =>
  gateway.submit({ job, kind: 'deploy', request: { id, release: 'clicks/2.0.0' }, start: false, sender: API });

const verifying = (driver: Driver, id: string) =>
  driver.until(`${id} to verify`, ({ operation }) => operation?.id === id && operation.phase === 'verifying');

test('a row says what changed and when; the run after an operation has the digest of the job in its memo', async () => {
  const name = 'rows-gateway';
  world.publish('rows/1.0.0', [name]);
  const gateway = gatewayOf(harness());
  const row = async (holds: (found: JobRow) => boolean): Promise<JobRow> =>
    await vi.waitUntil(async () => (await gateway.list()).find((one) => one.name === name && holds(one)), {
      timeout: 10_000,
      interval: 100,
    });
  await withJob(harness(), world, name, async (driver) => {
    await driver.signal('deploy', { id: 'first', release: 'rows/1.0.0' });
    const { deployment, lastOperation } = await driver.until(
      'the deploy',
      ({ state, operation }) => state === 'running' && operation === null,
    );
    expect(lastOperation).toMatchObject({ id: 'first', outcome: 'succeeded' });
    const healthy = await row(({ operation, health }) => operation === null && health === 'healthy');
    const { number, applicationId } = deployment!;
    expect(healthy.digest).toMatchObject({
      desired: 'running',
      deployment: { number, applicationId, release: 'rows/1.0.0' },
      lastOperation: { id: 'first' },
    });
    // Temporal warns of more than 2 KiB.
    expect(JSON.stringify(healthy.digest).length).toBeLessThan(2_048);
    expect(healthy.changedAt! - healthy.startedAt).toBeLessThan(5_000);

    const degraded = { kind: 'degraded', reasons: ['slow'], cause: null };
    const fact = { epoch: deployment!.epoch, applicationId, at: new Date().toISOString(), seen: degraded };
    await driver.handle.signal(observedSignal, fact);
    const ill = await row(({ health }) => health === 'degraded');
    expect(ill.runId).toBe(healthy.runId);
    expect(ill.changedAt).toBeGreaterThan(healthy.changedAt!);
    const changed = await gateway.changedJobs(ill.changedAt!);
    expect(changed?.filter((one) => one.name === name)).toEqual([ill]);

    expect(await gateway.isOpen(name)).toBe(true);
    await driver.handle.terminate();
    const ended = await vi.waitUntil(
      async () => (await gateway.changedJobs(ill.changedAt! + 1))?.find((one) => one.name === name && !one.isOpen),
      { timeout: 10_000, interval: 100 },
    );
    expect(ended.runId).toBe(ill.runId);
    expect(await gateway.isOpen(name)).toBe(false);
  });
});

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
