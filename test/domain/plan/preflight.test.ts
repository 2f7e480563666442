/** Seen to fail: an error that may go away by itself told first; a silent cluster told twice; defects swallowed. */
import { describe, expect, test } from 'vitest';
import { SluiceError, type ErrorCode } from '../../../src/domain/errors/errors.ts';
import { jointError, newFindings, passed, refused, type Preflight } from '../../../src/domain/plan/preflight.ts';

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

describe('findings', () => {
  test('collect the errors of Sluice and throw defects', async () => {
    const findings = newFindings();
    expect(await findings.of('queue', () => 'ads')).toBe('ads');
    expect(
      await findings.of('jar', () => {
        throw new SluiceError('JarMissing', 'clicks.jar is gone');
      }),
    ).toBeNull();
    expect(findings.looked).toEqual(['queue', 'jar']);
    expect(findings.problems.map(({ name, error }) => `${name}: ${error.code}`)).toEqual(['jar: JarMissing']);
    await expect(
      findings.of('state', () => {
        throw new TypeError('a defect');
      }),
    ).rejects.toThrow(TypeError);
  });

  test('become results that say what is true, or what is wrong and what to do', () => {
    expect(passed('queue')).toMatchObject({ ok: true, code: null, hint: null });
    expect(refused('jar', 'JarMissing', 'clicks.jar is gone')).toMatchObject({
      ok: false,
      code: 'JarMissing',
      message: 'clicks.jar is gone',
      hint: expect.stringContaining('Publish') as string,
    });
  });
});
