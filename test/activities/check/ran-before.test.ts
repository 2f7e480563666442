/**
 * A deployment that ran before is started again, although its file breaks a rule that came later; a release is not.
 *
 * Seen to fail: with `parseDeploymentFile` for both, a rollback ends with `InvalidDeploymentFile` after the old instance is
 * gone.
 */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkStart } from '../../../src/activities/check/check-start.ts';
import type { Checked, CheckInput } from '../../../src/activities/check/checked.ts';
import { keepDeploymentFile } from '../../../src/records/texts.ts';
import { createWorld, type World } from '../../world/world.ts';
import { firstStart } from '../start/first-start.ts';

const job = 'clicks-dev';
const BROKEN = { taskManager: '{memory: 512m}' };
let world: World;

beforeEach(async () => {
  world = await createWorld();
  world.publish('clicks/1.0.0', [job]);
  world.publish('clicks/broken', [job], BROKEN);
});
afterEach(() => world.close());

function check(source: CheckInput['request']['source']): Promise<Checked> {
  const input = firstStart(job, source);
  const fence = () => Promise.resolve({ epoch: 0, starts: [] });
  return new MockActivityEnvironment().run<[], Checked, () => Promise<Checked>>(() =>
    checkStart(world.dependencies, input, fence as unknown as Parameters<typeof checkStart>[2]),
  );
}

test('a file that breaks a rule of today is refused as a release, and only warned about as what ran before', async () => {
  await expect(check({ release: 'clicks/broken', launcher: null })).rejects.toMatchObject({
    code: 'InvalidDeploymentFile',
  });
  const { plan } = await check({ release: 'clicks/1.0.0', launcher: null });
  const text = world.s3.objects.get('releases/clicks/broken/clicks-dev.yaml')?.body.toString() ?? '';
  const file = await keepDeploymentFile(world.s3, text);
  const again = await check({ again: { ...plan, file } });
  expect(again.plan.file).toBe(file);
  expect(again.warnings).toEqual([expect.stringContaining('taskManager.memory has 64m for Flink')]);
});
