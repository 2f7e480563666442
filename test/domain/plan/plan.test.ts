import { describe, expect, test } from 'vitest';
import { configChanges } from '../../../src/domain/deployment/config-changes.ts';
import type { ConfigEntry } from '../../../src/domain/deployment/effective-config.ts';
import { SluiceError, type ErrorCode } from '../../../src/domain/errors/errors.ts';
import { newMemory } from '../../../src/domain/job/job-memory.ts';
import { jobPartOf, jobRevision, planRevision } from '../../../src/domain/plan/revision.ts';
import { jointError, type Preflight } from '../../../src/domain/plan/preflight.ts';

const entry = (key: string, value: string, origin: ConfigEntry['origin'] = 'deployment file'): ConfigEntry => ({
  key,
  value,
  origin,
});

describe('changes of the configuration', () => {
  test.each([
    ['a new option', [], [entry('a', '1')], ['a', null, '1', null, 'deployment file']],
    ['one that goes', [entry('a', '1')], [], ['a', '1', null, 'deployment file', null]],
    [
      'another value of another origin',
      [entry('a', '1')],
      [entry('a', '2', 'hotfix')],
      ['a', '1', '2', 'deployment file', 'hotfix'],
    ],
    [
      'the same value of another origin',
      [entry('a', '1', 'platform')],
      [entry('a', '1')],
      ['a', '1', '1', 'platform', 'deployment file'],
    ],
    [
      'another name of the same option',
      [entry('state.backend', 'hashmap')],
      [entry('state.backend.type', 'rocksdb')],
      ['state.backend.type', 'hashmap', 'rocksdb', 'deployment file', 'deployment file'],
    ],
    [
      'a secret, of which only that is told',
      [entry('s3.secret-key', 'one', 'cluster')],
      [entry('s3.secret-key', 'two', 'cluster')],
      ['s3.secret-key', '******', '******', 'cluster', 'cluster'],
    ],
    [
      'what was ours and is set by the file now',
      [entry('a', '1', 'framework')],
      [entry('a', '1')],
      ['a', '1', '1', 'framework', 'deployment file'],
    ],
  ] as const)('tell of %s', (_what, before, after, [key, was, is, originBefore, originAfter]) => {
    expect(configChanges(before, after)).toEqual([{ key, before: was, after: is, originBefore, originAfter }]);
  });

  test('do not tell of what belongs to one start, or stays', () => {
    const before = [entry('yarn.tags', 'epoch-1', 'framework'), entry('a', '1'), entry('old.path', 'x', 'framework')];
    const after = [entry('yarn.tags', 'epoch-2', 'framework'), entry('a', '1')];
    expect(configChanges(before, after)).toEqual([]);
  });
});

describe('the revision of a plan', () => {
  const memory = newMemory('clicks-dev', '2026-01-01T00:00:00.000Z');
  const known = (id: string, kind: 'deploy' | 'savepoint') =>
    ({ id, kind, fingerprint: 'f', outcome: 'succeeded' }) as const;

  test('changes with each operation but savepoints, and with the state', () => {
    const after = { ...memory, knownOperations: [known('one', 'deploy')] };
    expect(jobRevision(after)).not.toBe(jobRevision(memory));
    expect(jobRevision({ ...after, knownOperations: [known('two', 'savepoint'), ...after.knownOperations] })).toBe(
      jobRevision(after),
    );
    expect(jobRevision({ ...memory, state: 'stopped' })).not.toBe(jobRevision(memory));
    expect(jobRevision({ ...memory, proven: true, observedAt: 'later' })).toBe(jobRevision(memory));
  });

  test('has the part that the job compares in front, and is nothing else', () => {
    const revision = planRevision(jobRevision(memory), { release: 'clicks/1.0.0' });
    expect(revision).toMatch(/^[0-9a-f]{64}$/);
    expect(jobPartOf(revision)).toBe(jobRevision(memory));
    expect(revision).not.toBe(planRevision(jobRevision(memory), { release: 'clicks/1.1.0' }));
    for (const wrong of ['', '*', revision.slice(1), `${revision}0`, revision.toUpperCase()])
      expect(jobPartOf(wrong)).toBeNull();
  });
});

describe('the one error of several problems', () => {
  const problem = (name: Preflight, code: ErrorCode, message: string = code) => ({
    name,
    error: new SluiceError(code, message),
  });

  test('is the first of the table, and names the others', () => {
    const error = jointError([problem('jar', 'JarMissing'), problem('restorePoint', 'RestorePointBroken')]);
    expect(error).toMatchObject({
      code: 'RestorePointBroken',
      message: 'RestorePointBroken; and JarMissing: JarMissing',
    });
  });

  test('is none that may go away by itself, if there is another; a silent cluster is told once', () => {
    const silent = [problem('queue', 'ClusterUnreachable', 'no queues'), problem('instances', 'ClusterUnreachable')];
    expect(jointError([...silent, problem('jar', 'JarMissing')])?.code).toBe('JarMissing');
    expect(jointError(silent)).toMatchObject({ code: 'ClusterUnreachable', message: 'no queues' });
    expect(jointError([])).toBeNull();
  });

  test('is the very error where there is one alone', () => {
    const one = problem('jar', 'JarMissing');
    expect(jointError([one])).toBe(one.error);
  });
});
