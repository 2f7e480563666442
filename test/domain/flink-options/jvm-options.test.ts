import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { durationMs, formatDuration, parseDuration } from '../../../src/domain/input/durations.ts';
import { jobManagerMemory } from '../../../src/domain/flink-options/job-manager-memory.ts';
import {
  quoteForLaunchCommand,
  renderJvmOptions,
  tokenizeJvmOptions,
} from '../../../src/domain/flink-options/jvm-options.ts';
import { memoryMegabytes, parseMemory } from '../../../src/domain/input/memory-size.ts';

/** What a program is given when YARN's NodeManager writes this command into its launch script. */
const throughYarn = (command: string): string[] => {
  const script = `exec /bin/bash -c "printf '%s\\0' ${command}"`;
  return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
};

describe('JVM options', () => {
  test.each<readonly [string, string[]]>([
    ['', []],
    ['  -Xss1m\t-XX:+UseG1GC ', ['-Xss1m', '-XX:+UseG1GC']],
    ['-Da="b c" -Dd=\'e  f\'', ['-Da=b c', '-Dd=e  f']],
    ['"-Dx=y z"', ['-Dx=y z']],
    ['--add-opens java.base/java.lang=ALL-UNNAMED', ['--add-opens', 'java.base/java.lang=ALL-UNNAMED']],
    [
      '-Dglob=* -Dtilde=~ -Dhash=# -Dbang=! -Dparen=(x) -Dbrace={a,b} -Dpercent=%p',
      ['-Dglob=*', '-Dtilde=~', '-Dhash=#', '-Dbang=!', '-Dparen=(x)', '-Dbrace={a,b}', '-Dpercent=%p'],
    ],
  ])('%s reach the JVM word by word', (text, words) => {
    expect(tokenizeJvmOptions(text)).toEqual(words);
    if (words.length > 0) expect(throughYarn(renderJvmOptions(text))).toEqual(words);
  });

  test.each([
    ['-Dx=`id`'],
    ['-Dx=$HOME'],
    ['-Dx=$(id)'],
    ['-Dx=1;id'],
    ['-Dx=1&id'],
    ['-Dx=1|id'],
    ['-Dx=<LOG_DIR>'],
    ['-Dx=1\n-Dy=2'],
    ['-Dx=1\r'],
    ['-Dx=\\'],
    ['-Dx={{HOME}}'],
    ['-Dx=\0'],
    ['-Dx=\u202e'],
    ['-Dx=ü'],
    ["-Dx='a"],
    ['-Dx="a'],
    ['-Dx="\'"'],
    ['com.example.Evil'],
    ['@argfile'],
    ['-Xmx1g'],
    ['-XX:MaxMetaspaceSize=1g'],
    [`-Dx=${'x'.repeat(9000)}`],
  ])('%j are refused', (text) => expect(() => tokenizeJvmOptions(text)).toThrow('JVM options must'));

  it('either are refused or arrive unchanged', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        const token = `-D${text}`;
        let quoted: string;
        try {
          quoted = quoteForLaunchCommand(token);
        } catch {
          return;
        }
        expect(throughYarn(quoted)).toEqual([token]);
      }),
      { numRuns: 60 },
    );
  });

  it('are not quoted when they need not', () => expect(quoteForLaunchCommand('-XX:+UseG1GC')).toBe('-XX:+UseG1GC'));
});

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

test.each([
  ['1600m', 1600],
  ['4g', 4096],
  ['1 gb', 1024],
  ['2 GIBIBYTES', 2048],
  ['1t', 1_048_576],
  ['1024k', 1],
  ['1048576', 1],
  ['1mb', 1],
])('%s is %d MiB', (text, expected) => expect(memoryMegabytes(text)).toBe(expected));

test.each(['', 'm', '-1g', '1.5g', '4Gi', '4 x', '1g1m', '99999999999999t'])('%j is no memory size', (text) => {
  expect(parseMemory(text)).toBeNull();
  expect(() => memoryMegabytes(text)).toThrow('is not a memory size');
});

test.each([
  ['500ms', 500],
  ['10s', 10_000],
  ['5m', 300_000],
  ['5 min', 300_000],
  ['1h', 3_600_000],
  ['7d', 604_800_000],
  ['2 Days', 172_800_000],
  ['10', 10],
])('%s is %d ms', (text, expected) => expect(durationMs(text)).toBe(expected));

test.each(['', 's', '-1s', '1.5h', '5x', '1h30m', 'PT5M'])('%j is no duration', (text) => {
  expect(parseDuration(text)).toBeNull();
  expect(() => durationMs(text)).toThrow('is not a duration');
});

test.each(['11m', '90s', '1h', '7d', '1500ms'])('%s is formatted as it was', (text) =>
  expect(formatDuration(durationMs(text))).toBe(text),
);
