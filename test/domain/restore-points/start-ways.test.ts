import { describe, expect, test } from 'vitest';
import { newestVerified, pointStates } from '../../../src/domain/restore-points/point-words.ts';
import { From, isWhatStoppingGives } from '../../../src/domain/restore-points/restore-point.ts';
import { startWays, stopFor } from '../../../src/domain/restore-points/start-ways.ts';

describe('the ways to start', () => {
  test('are words of a request, or stand for a path', () => {
    const words = Object.keys(startWays).filter((way) => way !== 'point' && way !== 'path');
    expect(words.map((way) => From.safeParse(way).success)).toEqual(words.map(() => true));
  });

  test('stop an instance that runs so that its newest state is the one that was chosen', () => {
    for (const way of ['latest', 'latest-checkpoint'] as const)
      expect(isWhatStoppingGives(way, stopFor(way, true) ?? 'savepoint')).toBe(true);
  });

  test('ask for no stop where nothing runs, or where the file decides', () => {
    expect(stopFor('latest-checkpoint', false)).toBeUndefined();
    expect(stopFor('fresh', true)).toBeUndefined();
    expect(stopFor('point', true)).toBeUndefined();
  });
});

describe('restore points', () => {
  test('that are being written or broken start nothing', () => {
    const off = Object.entries(pointStates).filter(([, { startable }]) => !startable);
    expect(off.map(([state]) => state)).toEqual(['broken', 'inProgress']);
  });

  test('have a newest one among those on the way to the deployment', () => {
    const points = (['inProgress', 'abandoned', 'verified', 'verified'] as const).map((state, place) => ({
      state,
      place,
    }));
    expect(newestVerified(points)?.place).toBe(2);
    expect(newestVerified(points.slice(0, 2))).toBeUndefined();
  });
});
