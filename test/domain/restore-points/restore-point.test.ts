/**
 * Which restore points Flink may not be able to read. Seen to fail: with `>=` for `>` a parallelism as high as the maximum
 * was refused; without the comparison of what is declared another number of key groups was let through.
 */
import { describe, expect, it } from 'vitest';
import { riskOf } from '../../../src/domain/restore-points/restore-point.ts';

const canonical = {
  kind: 'savepoint',
  format: 'canonical',
  flinkVersion: '1.20.1',
  stateBackend: 'hashmap',
  maxParallelism: 128,
} as const;
const checkpoint = { ...canonical, kind: 'checkpoint', format: null } as const;
const program = { flinkVersion: '1.20.1', stateBackend: 'hashmap', parallelism: 8, maxParallelism: null } as const;

describe('the risk of a restore point', () => {
  it.each([
    ['a savepoint of the same program', canonical, {}, null],
    ['a savepoint of an older version', canonical, { flinkVersion: '2.1.0' }, null],
    ['a savepoint of a newer version', canonical, { flinkVersion: '1.19.0' }, 'is older'],
    ['a checkpoint of an older version', checkpoint, { flinkVersion: '2.1.0' }, 'only a canonical savepoint'],
    ['a checkpoint of another patch release', checkpoint, { flinkVersion: '1.20.9' }, null],
    ['a savepoint of another state backend', canonical, { stateBackend: 'rocksdb' }, null],
    ['a checkpoint of another state backend', checkpoint, { stateBackend: 'rocksdb' }, 'state backend hashmap'],
    ['as many subtasks as key groups', canonical, { parallelism: 128 }, null],
    ['more subtasks than key groups', canonical, { parallelism: 129 }, 'the parallelism of 129 is higher'],
    ['the same key groups, declared', canonical, { maxParallelism: 128 }, null],
    ['other key groups, declared', canonical, { maxParallelism: 256 }, 'pipeline.max-parallelism is 256'],
    ['a point of which it is not known', { ...canonical, maxParallelism: null }, { maxParallelism: 256 }, null],
  ] as const)('%s', (_what, point, change, expected) => {
    const risk = riskOf(point, { ...program, ...change });
    if (expected === null) expect(risk).toBeNull();
    else expect(risk).toContain(expected);
  });
});
