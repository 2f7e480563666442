/**
 * An instance counts as one that never ran only by proof.
 *
 * Seen to fail: with an end that is seen late taken for proof; with any application that YARN does not know taken for one
 * that it never took; with a container ignored.
 */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { neverRanBy, neverTaken, NotBegun } from '../../../src/activities/instance/never-ran.ts';
import { ApplicationReport } from '../../../src/clients/yarn/replies.ts';
import { timeLimits } from '../../../src/domain/time-limits.ts';
import { createWorld } from '../../world/world.ts';

const BOUND = timeLimits.firstCheckpoint;
const LOGS = 'http://node-1.example.com:8042/node/containerlogs/container_1_0001_01_000001/sluice';

describe("YARN's last word", () => {
  const word = (state: string, more: object = {}) =>
    neverRanBy(ApplicationReport.parse({ id: 'application_1_0001', state, startedTime: 1_000, ...more }));

  test.each([
    ['no container was ever given', true, word('FAILED', { finishedTime: 1_000 + 100 * BOUND })],
    ['the whole life was too short', true, word('KILLED', { amContainerLogs: LOGS, finishedTime: 1_000 + BOUND })],
    ['it lived for longer', false, word('KILLED', { amContainerLogs: LOGS, finishedTime: 1_001 + BOUND })],
    ['nobody says for how long', false, word('KILLED', { amContainerLogs: LOGS })],
    ['it still waits for a container', false, word('ACCEPTED')],
  ])('when %s: %s', (_, proves, found) => expect(found).toBe(proves));
});

describe('an end that is seen', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test.each([
    ['a moment after it had not begun', true, [true], BOUND],
    ['too late after that', false, [true], BOUND + 1],
    ['without any look before', false, [], 0],
    ['after it had begun', false, [true, false], 0],
    ['after it had begun, whatever a recovered ResourceManager said since', false, [true, false, true], 0],
  ])('%s: %s', (_, proves, looks, later) => {
    const notBegun = new NotBegun();
    for (const isBefore of looks) notBegun.saw(isBefore, performance.now());
    vi.advanceTimersByTime(later);
    expect(notBegun.isRecent).toBe(proves);
  });
});

test('only the ResourceManager that gave the id can say that it never took the application', async () => {
  const world = await createWorld();
  const cluster = world.dependencies.clusters.get('yarn-a')!;
  const id = `application_${world.clusters.get('yarn-a')!.timestamp()}_0007`;
  expect(await neverTaken(cluster, id)).toBe(true);
  world.clusters.get('yarn-a')!.forgetApplications();
  expect(await neverTaken(cluster, id)).toBe(false);
  await world.close();
});
