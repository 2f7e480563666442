/** Seen to fail: the minimum of the overhead ignored; a heap of 95m taken. */
import { describe, expect, it, test } from 'vitest';
import { jobManagerMemory } from '../../../src/domain/flink-options/job-manager-memory.ts';

const MIB = 2 ** 20;

describe('the memory of a JobManager', () => {
  test.each([
    [1600, 1024, 192],
    [700, 124, 192],
    [2048, 1459.2, 204.8],
    [16_384, 14_976, 1024],
  ])('of %d MiB has %d MiB of heap', (size, heap, overhead) => {
    const memory = jobManagerMemory(size);
    expect(memory).toMatchObject({ offHeapBytes: 128 * MIB, metaspaceBytes: 256 * MIB, limitDirectMemory: false });
    expect(memory.heapBytes).toBe(Math.ceil(heap * MIB));
    expect(memory.overheadBytes).toBe(Math.floor(overhead * MIB));
  });

  it('honours the four parts', () => {
    expect(
      jobManagerMemory(1600, {
        'jobmanager.memory.off-heap.size': '64m',
        'jobmanager.memory.jvm-metaspace.size': '128 mb',
        'jobmanager.memory.jvm-overhead.min': '100m',
        'jobmanager.memory.jvm-overhead.fraction': '0.25',
        'jobmanager.memory.jvm-overhead.max': '300m',
        'jobmanager.memory.enable-jvm-direct-memory-limit': 'true',
      }),
    ).toEqual({
      heapBytes: (1600 - 64 - 128 - 300) * MIB,
      offHeapBytes: 64 * MIB,
      metaspaceBytes: 128 * MIB,
      overheadBytes: 300 * MIB,
      limitDirectMemory: true,
    });
  });

  test.each([
    [600, {}, 'must be at least 672m'],
    [1600, { 'jobmanager.memory.off-heap.size': 'much' }, 'must be a memory size, got "much"'],
    [1600, { 'jobmanager.memory.jvm-overhead.fraction': '2' }, 'must be a number from 0 to below 1'],
    [1600, { 'jobmanager.memory.jvm-overhead.min': '2g' }, 'must not be greater than its max'],
  ])('of %d MiB with %j is refused', (size, config, error) =>
    expect(() => jobManagerMemory(size, config as Record<string, string>)).toThrow(error),
  );
});
