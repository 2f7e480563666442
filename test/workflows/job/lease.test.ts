/**
 * A job with automatic failover keeps a lease: it is known of the deployment, and a gate that is revoked ends the job while it runs. Seen
 * to fail: with the lease left out of what the submit answers.
 */
import { expect, test } from 'vitest';
import { gatesKey } from '../../../src/domain/identity/storage-keys.ts';
import { readDeployment } from '../../../src/records/deployments.ts';
import { readGates } from '../../../src/records/gates.ts';
import { useStage } from '../use-stage.ts';

const stage = useStage();

test('a job with automatic failover ends when its gate is revoked, and says why', async () => {
  const placement = '{cluster: yarn-a, backups: [yarn-b]}';
  stage.world.publish('clicks/1.2.0', [stage.job], { placement, recovery: '{failover: {mode: automatic}}' });
  await stage.story(async (driver) => {
    await stage.deployed(driver);
    expect(await driver.run('deploy', { release: 'clicks/1.2.0' })).toMatchObject({ outcome: 'succeeded' });
    expect((await driver.view()).deployment).toMatchObject({ gated: true, lease: 2_000 });
    expect(await readDeployment(stage.world.s3, stage.job, 2)).toMatchObject({ gated: true, lease: 2_000 });
    const gates = await readGates(stage.world.s3, stage.job);
    const application = stage.only();
    const revoked = gates.starts.map((start) => ({ ...start, gate: 'revoked' }));
    await stage.world.s3.put(gatesKey(stage.job), JSON.stringify({ ...gates, starts: revoked }));
    await expect.poll(() => application.diagnostics, { timeout: 30_000 }).toContain('exitCode: 90');
    expect(await driver.run('savepoint', {})).toMatchObject({ outcome: 'rejected' });
    await driver.until('the end of the job', ({ state }) => state === 'failed');
    expect((await driver.view()).cause).toMatchObject({ class: 'gateRevoked' });
  });
});

test('a job without automatic failover keeps none', async () => {
  await stage.story(async (driver) => {
    await stage.deployed(driver);
    expect((await driver.view()).deployment).toMatchObject({ gated: true, lease: null });
  });
});
