/**
 * `task-manager-memory.json` has 400 random configurations with Flink's own verdict: `TaskExecutorProcessUtils` of 1.20.1,
 * which 2.1.0 agrees with. Seen to fail: without the check of JVM overhead, and with the fraction of managed memory at 0.3.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { memoryMegabytes } from '../../../src/domain/input/memory-size.ts';
import { problemOfTaskManagerMemory } from '../../../src/domain/flink-options/task-manager-memory.ts';

type Verdict = readonly [process: string, options: Readonly<Record<string, string>>, accepted: boolean];
const verdicts = JSON.parse(
  readFileSync(new URL('task-manager-memory.json', import.meta.url), 'utf8'),
) as readonly Verdict[]; // its form is the test's own

const problemOf = ([process, options]: Verdict): string | null =>
  problemOfTaskManagerMemory(
    memoryMegabytes(process),
    Object.fromEntries(Object.entries(options).map(([key, value]) => [`taskmanager.memory.${key}`, value])),
  );

it('accepts what Flink accepts, and refuses what Flink refuses', () => {
  const wrong = verdicts.filter((verdict) => (problemOf(verdict) === null) !== verdict[2]);
  expect(wrong.map((verdict) => ({ verdict, problem: problemOf(verdict) }))).toEqual([]);
});

describe('a problem says which part does not fit', () => {
  test.each([
    ['512m', {}, 'has 64m for Flink, less than the'],
    ['2g', { 'managed.size': '4g' }, 'managed and network memory'],
    ['4g', { 'flink.size': '6144m' }, 'must be more than 6400m'],
    ['2g', { 'managed.fraction': '1.5' }, 'managed.fraction, which must be a number from 0 to below 1'],
    ['2g', { 'network.min': '2g', 'network.max': '1g' }, 'network.min, which must not be greater than its max'],
    ['2g', { 'managed.size': 'much' }, 'managed.size, which must be a memory size, got "much"'],
  ])('%s with %j', (process, options, says) => expect(problemOf([process, options, false])).toContain(says));
});

it('reads old names of options', () =>
  expect(problemOfTaskManagerMemory(2048, { 'taskmanager.network.memory.min': '1500m' })).toContain('network memory'));
