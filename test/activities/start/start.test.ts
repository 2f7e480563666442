/**
 * Staging that is tried again, since the worker died or an answer was lost, goes on with the start that it has taken.
 *
 * Seen to fail: when a start that was taken is settled like those of others, it is closed as never submitted, and the
 * deploy ends with `LockLost` once the old instance is gone.
 */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createActivities } from '../../../src/activities/index.ts';
import type { Ready, ReadyInput } from '../../../src/activities/start/start.ts';
import type { Start } from '../../../src/domain/lock/fence.ts';
import { createWorld, type World } from '../../world/world.ts';

const job = 'clicks-dev';
let world: World;

beforeEach(async () => {
  world = await createWorld();
  world.publish('clicks/1.0.0', [job]);
});

afterEach(() => world.close());

/** Makes one attempt to stage the first deploy. */
const attempt = async (): Promise<Start> => {
  const request = {
    source: { release: 'clicks/1.0.0', launcher: null },
    from: 'latest',
    stopWith: null,
    allowNonRestoredState: false,
    discardNewerState: false,
    acceptStateRisk: false,
  } as const;
  const input: ReadyInput = {
    check: { job, operationId: 'first', request, last: null, before: null, running: false },
    prepare: { startKey: 'first/1', number: 1, runId: 'run-1', running: null, knownEpoch: 0 },
  };
  const { start } = await new MockActivityEnvironment().run<[], Ready, () => Promise<Ready>>(() =>
    createActivities(world.dependencies).readyStart(input),
  );
  return start;
};

test('the second attempt finds the start of the first: one epoch, one application id, and it may still submit', async () => {
  const start = await attempt();
  expect(await attempt()).toEqual(start);
  expect(world.json(`fences/${job}.json`)).toMatchObject({ epoch: 1, starts: [{ ...start, closed: null }] });
});
