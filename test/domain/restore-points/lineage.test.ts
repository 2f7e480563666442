/**
 * Which restore points led to what runs. Seen to fail: with `<` for `<=` the point that a deployment started from was
 * abandoned; without the bound the checkpoint of a zombie was on the way; with `false` for an unknown beginning the points
 * before a given path were abandoned.
 */
import { describe, expect, it } from 'vitest';
import { lineageOf, type Descent } from '../../../src/domain/restore-points/lineage.ts';

/** A deployment of an epoch, started from `[epoch, checkpoint id]`, from nothing, or from a path that somebody gave. */
const start = (epoch: number, from: readonly [number | null, number | null] | null): Descent => ({
  epoch,
  restorePoint: from && { epoch: from[0], checkpointId: from[1] },
});

const has = (deployments: readonly Descent[], [epoch, checkpointId]: readonly [number | null, number | null]) =>
  lineageOf(deployments, deployments.at(-1)!).has({ epoch, checkpointId });

describe('an upgrade', () => {
  const deployments = [start(1, null), start(2, [1, 10]), start(3, [2, 25])];

  it.each([
    ['what runs goes on', [3, 26], true],
    ['also with a point whose id nobody read', [3, null], true],
    ['the point that it started from', [2, 25], true],
    ['a checkpoint before that', [2, 20], true],
    ['one of the first deployment, before its stop', [1, 9], true],
    ['the checkpoint of a zombie that completed after the next epoch began', [2, 26], false],
    ['and one of the very first', [1, 11], false],
    ['a point of an epoch before all that is known', [0, 1], false],
    ['a point of an epoch that nobody has started', [4, 30], false],
    ['a path from elsewhere', [null, 7], null],
    ['a point of an ancestor whose id nobody read', [2, null], null],
  ] as const)('%s: %j is %s', (_what, point, expected) => {
    expect(has(deployments, point)).toBe(expected);
  });

  it('names each deployment on the way, and up to which checkpoint it counts', () => {
    const { hops } = lineageOf(deployments, deployments[2]!);
    expect(hops.map(({ deployment, upTo }) => [deployment.epoch, upTo])).toEqual([
      [3, null],
      [2, 25],
      [1, 10],
    ]);
  });
});

describe('a branch that was left', () => {
  it.each([
    [
      'a start that was rolled back, with its checkpoints',
      [start(1, null), start(2, [1, 10]), start(3, [1, 10])],
      [2, 12],
    ],
    ['newer state that was discarded', [start(1, null), start(2, [1, 10]), start(3, [2, 15])], [2, 20]],
    [
      'a rollback over two deployments',
      [start(1, null), start(2, [1, 10]), start(3, [2, 20]), start(4, [1, 8])],
      [1, 10],
    ],
    ['everything before a start without state', [start(1, null), start(2, null)], [1, 5]],
  ] as const)('%s: %j is abandoned', (_what, deployments, point) => {
    expect(has(deployments, point)).toBe(false);
  });

  it('is abandoned also where the way goes on to an unknown beginning', () => {
    const deployments = [start(1, [null, 3]), start(2, [1, 10]), start(3, [1, 10])];
    expect(has(deployments, [2, 12])).toBe(false);
    expect(has(deployments, [1, 10])).toBe(true);
  });
});

describe('a beginning that is not known', () => {
  it.each([
    ['a path that somebody gave', [start(1, null), start(2, [null, 9])], [1, 5]],
    ['a deployment whose record is lost', [start(3, [2, 8])], [1, 5]],
    ['a record that contradicts itself', [start(1, null), start(2, [2, 9])], [1, 5]],
  ] as const)('%s: nobody knows whether %j led to it', (_what, deployments, point) => {
    expect(has(deployments, point)).toBeNull();
  });

  it('still bounds the epoch that it names', () => {
    const deployments = [start(3, [2, 8])];
    expect(has(deployments, [2, 8])).toBe(true);
    expect(has(deployments, [2, 9])).toBe(false);
  });
});
