/**
 * An end learns from the gate, which it revokes anyway, that nothing of a standby ran.
 *
 * Seen to fail: without the look at the gates; with an opened gate, and with the gate of an instance that was seen running, taken for
 * that; with a read of the gates of its own.
 */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createActivities } from '../../../src/activities/index.ts';
import type { Ended } from '../../../src/activities/end/ended.ts';
import type { S3Client } from '../../../src/clients/s3/s3.ts';
import type { Deployment } from '../../../src/domain/deployment/deployment.ts';
import type { Gates } from '../../../src/domain/lock/gate.ts';
import { readDeployment } from '../../../src/records/deployments.ts';
import { deployment } from '../../support/deployment.ts';
import { createWorld, type World } from '../../world/world.ts';

const { job, number, startKey, epoch, applicationId } = deployment;
let world: World;
let readsOfGates = 0;

const counting = (s3: S3Client): S3Client => ({
  ...s3,
  get: (key, ...rest) => {
    if (key === `gates/${job}.json`) readsOfGates += 1;
    return s3.get(key, ...rest);
  },
});

beforeEach(async () => {
  world = await createWorld({ overNetwork: counting });
  readsOfGates = 0;
});
afterEach(() => world.close());

/** Ends an instance that lives and that nobody has seen running, whose gate is as given. */
async function ended(
  { gate, admitted }: { readonly gate: 'held' | 'open' | 'revoked'; readonly admitted: string | null },
  more: Partial<Deployment> = {},
): Promise<Ended> {
  const gates: Gates = {
    version: 1,
    job,
    starts: [{ startKey, epoch, applicationId: admitted, gate, at: '2026-01-01T00:00:00.000Z' }],
  };
  await world.s3.put(`gates/${job}.json`, JSON.stringify(gates));
  const startedAt = Date.now() - 60_000; // long enough to have completed a checkpoint
  world.clusters.get('yarn-a')?.addApplication({ id: applicationId, name: job, startedAt });
  return await new MockActivityEnvironment().run<[], Ended, () => Promise<Ended>>(() =>
    createActivities(world.dependencies).endApplication({
      deployment: { ...deployment, gated: true, ...more },
      how: 'failed',
      savepoint: null,
      tasksEnded: false,
      evidenceOf: null,
      believeLost: false,
      deadlineMs: 10_000,
    }),
  );
}

const recorded = async () => (await readDeployment(world.s3, job, number))?.ended?.counted;

test.each(['held', 'revoked'] as const)('a standby whose gate is %s completed nothing', async (gate) => {
  expect((await ended({ gate, admitted: null })).ended).toMatchObject({ how: 'failed', counted: true });
  expect(await recorded()).toBe(true);
  expect(world.json(`gates/${job}.json`)).toMatchObject({ starts: [{ gate: 'revoked' }] });
});

test.each<[string, Parameters<typeof ended>]>([
  ['its gate was open', [{ gate: 'open', admitted: applicationId }]],
  ['its gate was opened before it was revoked', [{ gate: 'revoked', admitted: applicationId }]],
  ['it was seen running', [{ gate: 'held', admitted: null }, { runningAt: '2026-01-01T00:00:00.000Z' }]],
  ['it reads no gate', [{ gate: 'held', admitted: null }, { gated: false }]],
])('an instance may have completed something where %s', async (_, [gate, more]) => {
  expect((await ended(gate, more)).ended.counted).toBe(false);
  expect(await recorded()).toBe(false);
});

test('the gates are read once, to revoke them', async () => {
  await ended({ gate: 'open', admitted: applicationId });
  expect(readsOfGates).toBe(1);
});
