/**
 * Signs of life on real parts, on both versions of Flink: the object in the bucket says that a job runs and completes checkpoints, has
 * started again, and has ended, and the job hears of its end. Its container writes the object with the rights of containers.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFlinkClient } from '../../../src/clients/flink/flink.ts';
import { createYarnClient } from '../../../src/clients/yarn/yarn.ts';
import type { Deployment } from '../../../src/domain/deployment/deployment.ts';
import { signKey } from '../../../src/domain/identity/storage-keys.ts';
import { Api, until } from '../../support/api.ts';
import { endApplicationsOf } from '../../support/outside/applications.ts';
import { containersOf, killContainer } from '../../support/outside/containers.ts';
import { publish } from '../../support/releases.ts';
import { bucketOf, newJobName, runningStack } from '../../support/stack.ts';
import { Sign } from '../../world/agent/signs.ts';

const CLUSTER = 'yarn-a';
const stack = runningStack();
const api = new Api(stack);
const bucket = bucketOf(stack);

const restarts = {
  'restart-strategy.type': 'fixed-delay',
  'restart-strategy.fixed-delay.attempts': '100',
  'restart-strategy.fixed-delay.delay': '1s',
};

describe.each([
  ['1.20.1', false],
  ['2.1.0', true],
] as const)('a job on Flink %s', (flinkVersion, hasLease) => {
  const job = newJobName(`signs-${flinkVersion.charAt(0)}`);
  let deployment: Pick<Deployment, 'startKey' | 'epoch' | 'applicationId' | 'flinkJobId'>;

  beforeAll(async () => {
    const fields = {
      flink: { config: restarts },
      ...(hasLease
        ? { placement: { cluster: CLUSTER, backups: ['yarn-b'] }, recovery: { failover: { mode: 'automatic' } } }
        : {}),
    };
    await api.succeed(job, 'deploy', { release: await publish({ job, version: '1.0.0', flinkVersion, fields }) });
    deployment = await api.deployment(job);
  });
  afterAll(() => endApplicationsOf(job));

  /** Waits for a sign of this start. */
  const sign = (what: string, is: (sign: Sign) => boolean): Promise<Sign> =>
    until(`a sign that says ${what}`, 120_000, async () => {
      const object = await bucket.get(signKey(CLUSTER, job));
      const seen = object === null ? null : Sign.parse(JSON.parse(object.body));
      return seen !== null && is(seen) ? seen : null;
    });

  test('gives one that it runs and has completed a checkpoint', async () => {
    const seen = await sign('running', (one) => one.seen === 'running' && one.checkpoint !== null);
    const { startKey, epoch, applicationId } = deployment;
    expect(seen).toMatchObject({ job, startKey, epoch, applicationId, restarts: 0 });
  });

  if (hasLease) {
    test('gives one although nothing happens, because it has a lease', async () => {
      await sign('a beat', ({ because }) => because === 'beat');
    });
  }

  test('gives one that it has started again, and stays running', async () => {
    const { taskManagers } = await containersOf(deployment.applicationId);
    expect(killContainer(taskManagers[0] ?? '')).toBeGreaterThan(0);
    await sign('not running', (one) => one.restarts > 0 || one.seen === 'notRunning');
    await sign('running again', (one) => one.restarts > 0 && one.seen === 'running');
    expect(await api.job(job)).toMatchObject({ state: 'running' });
  });

  test('gives one that it has ended, and the job hears of the end', async () => {
    const [cluster] = stack.clusters;
    const report = await createYarnClient({ ...cluster!, user: 'somebody' }).application(deployment.applicationId);
    await createFlinkClient().cancel(report?.amAddress ?? '', deployment.flinkJobId);
    await sign('ended', ({ seen }) => seen === 'ended');
    const { stateReason } = await until('the end of the job', 120_000, async () => {
      const seen = await api.job(job);
      return seen.state === 'failed' && seen.operation === null ? seen : null;
    });
    expect(stateReason).toContain('CANCELED');
  });
});
