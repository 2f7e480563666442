/**
 * Bad input gets a clear error and changes nothing: after each case the same application runs, and YARN has seen no other.
 *
 * Seen to fail: with `checkJar` left out of `checkStart`, the running instance is stopped for a JAR that is not there.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { JobBody } from '../../../src/api/contract.ts';
import { errorTable, isErrorCode } from '../../../src/domain/errors/errors.ts';
import { releasePrefix } from '../../../src/domain/identity/storage-keys.ts';
import { Api, problemIn, withoutMark } from '../../support/api.ts';
import { applicationsOf, endApplicationsOf } from '../../support/outside/applications.ts';
import { sluice, temporal } from '../../support/commands.ts';
import { publish, type Fields } from '../../support/releases.ts';
import { bucketOf, newJobName, runningStack } from '../../support/stack.ts';

const stack = runningStack();
const api = new Api(stack);
const job = newJobName('bad');
const JAR = 'clicks-flink-1.20.jar';
const bucket = bucketOf(stack);
let good: string;
let running: ReturnType<typeof withoutMark<NonNullable<JobBody['deployment']>>> | null = null;
let folder: string;
let published = 0;

/** A release of the running job that differs from the good one by these fields. */
const variant = (fields: Fields = {}) => publish({ job, version: `1.1.${(published += 1)}`, fields });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-bad-'));
  good = await publish({ job, version: '1.0.0' });
  await api.succeed(job, 'deploy', { release: good });
  running = withoutMark(await api.deployment(job));
});

afterEach(async () => {
  expect(await api.job(job)).toMatchObject({ state: 'running', operation: null, deployment: running });
  const known = (await applicationsOf(job)).map(({ id, state }) => ({ id, state }));
  expect(known).toEqual([{ id: running?.applicationId, state: 'RUNNING' }]);
});

afterAll(async () => {
  await endApplicationsOf(job);
  await rm(folder, { recursive: true, force: true });
});

describe('a deploy is refused before the running instance is touched', () => {
  interface Case {
    readonly story: string;
    readonly code: string;
    readonly says: readonly string[];
    readonly ask: () => Promise<Fields>;
  }
  const cases: readonly Case[] = [
    {
      story: 'a release that does not exist',
      code: 'ReleaseNotFound',
      says: [`release ${job}/0.0.1 does not exist`],
      ask: () => Promise.resolve({ release: `${job}/0.0.1` }),
    },
    {
      story: 'a JAR that is missing in S3',
      code: 'JarMissing',
      says: [JAR, 'is not in bucket sluice'],
      ask: async () => {
        const release = await variant();
        await bucket.remove(keyOf(release, JAR));
        return { release };
      },
    },
    {
      story: 'a JAR that somebody overwrote',
      code: 'JarMismatch',
      says: [JAR, 'sha256', 'the release recorded'],
      ask: async () => {
        const release = await variant();
        await bucket.put(keyOf(release, JAR), 'another program');
        return { release };
      },
    },
    {
      story: 'a restore path without _metadata',
      code: 'RestorePointBroken',
      says: [`s3://sluice/savepoints/${job}/nowhere/savepoint-1 has no _metadata`],
      ask: async () => ({
        release: await variant(),
        from: `s3://sluice/savepoints/${job}/nowhere/savepoint-1`,
        discardNewerState: true,
      }),
    },
    {
      story: 'a restore path to something that is no snapshot',
      code: 'RestorePointBroken',
      says: ["not Flink's 0x4960672d"],
      ask: async () => {
        await bucket.put(`savepoints/${job}/forged/_metadata`, 'sixteen bytes and more');
        return { release: await variant(), from: `s3://sluice/savepoints/${job}/forged`, discardNewerState: true };
      },
    },
    {
      story: 'a running job from older state that nobody agreed to',
      code: 'DiscardsNewerState',
      says: ['is older than what it has done since'],
      ask: async () => {
        const { savepoint } = await api.succeed(job, 'savepoint');
        return { release: await variant(), from: savepoint };
      },
    },
    {
      story: 'a checkpoint of a running job, which its stop would delete',
      code: 'RestorePointNotKept',
      says: ['Flink deletes its checkpoints when it stops with a savepoint'],
      ask: async () => ({ release: await variant(), from: 'latest-checkpoint' }),
    },
    {
      story: 'a queue that does not exist',
      code: 'QueueNotFound',
      says: ['cluster yarn-a has no queue nowhere; there are', 'root.default'],
      ask: async () => ({ release: await variant({ yarn: { queue: 'nowhere' } }) }),
    },
    {
      story: 'a container larger than the cluster allows',
      code: 'ResourcesTooLarge',
      says: ['taskManager.memory is 9g (9216 MiB)', 'at most 6144 MiB'],
      ask: async () => ({ release: await variant({ taskManager: { memory: '9g' } }) }),
    },
    {
      story: 'more memory in all than the cluster has',
      code: 'ResourcesTooLarge',
      says: ['the job needs', 'cluster yarn-a has 8192 MiB'],
      ask: async () => ({ release: await variant({ taskManager: { memory: '4g' }, job: { parallelism: 4 } }) }),
    },
    {
      story: 'a cluster that does not exist',
      code: 'UnknownCluster',
      says: ['cluster yarn-z is not configured; there are yarn-a, yarn-b'],
      ask: async () => ({ release: await variant({ placement: { cluster: 'yarn-z' } }) }),
    },
  ];

  test.each(cases)('$story', async ({ code, says, ask }) => {
    const operation = await api.run(job, 'deploy', { ...(await ask()) });
    expect(operation).toMatchObject({ outcome: 'failed', savepoint: null, deployment: null, error: { code } });
    for (const text of says) expect(operation.error?.detail).toContain(text);
    expect(operation.error?.hint).toBe(isErrorCode(code) ? errorTable[code].hint : '');
  });

  test('by the CLI, with exit code 1 and the names of the queues there are', async () => {
    const release = await variant({ yarn: { queue: 'nowhere' } });
    const { code, stdout } = await sluice('deploy', job, '--release', release);
    expect(code).toBe(1);
    expect(stdout).toContain('QueueNotFound');
    expect(stdout).toContain('has no queue nowhere; there are root.default, root.ads');
  });
});

describe('a deployment file with mistakes', () => {
  const BROKEN = 'apiVersion: sluice/v1\nkind: FlinkJob\nname: "clicks\nenvironment: dev\n';
  const unknownField = (name: string): string =>
    [
      'apiVersion: sluice/v1',
      'kind: FlinkJob',
      `name: ${name}`,
      'environment: dev',
      'owner: {team: ads}',
      'placement: {cluster: yarn-a}',
      'flink: {version: "1.20.1"}',
      'job:',
      '  jar: clicks.jar',
      '  mainClass: com.example.Clicks',
      '  paralelism: 4',
      '',
    ].join('\n');

  test('broken YAML is refused with line and column', async () => {
    const answer = await api.send('POST', '/deployment-files/validate', BROKEN, 'application/yaml');
    const { status, code, errors } = problemIn(answer);
    expect({ status, code }).toEqual({ status: 422, code: 'InvalidDeploymentFile' });
    expect(errors?.[0]).toMatchObject({ line: expect.any(Number) as number, column: expect.any(Number) as number });
  });

  test('unknown fields are refused with the field that is meant', async () => {
    const answer = await api.send('POST', '/deployment-files/validate', unknownField(job), 'application/yaml');
    const { code, detail, errors } = problemIn(answer);
    expect(code).toBe('InvalidDeploymentFile');
    expect(detail).toMatch(/line 11, column 3: .*paralelism.*parallelism/);
    expect(detail).toMatch(/mainClass.*entryClass/);
    expect(errors?.find(({ path }) => path === 'job.paralelism')).toMatchObject({ line: 11, column: 3 });
  });

  test('sluice validate and sluice publish say the same with exit code 2, and nothing is published', async () => {
    const file = join(folder, 'clicks.yaml');
    const jar = join(folder, 'clicks.jar');
    await writeFile(file, unknownField(job));
    await writeFile(jar, 'never read as a JAR');
    const validated = await sluice('validate', file);
    const publishing = await sluice('publish', '--project', job, '--version', '9.9.9', file, jar);
    for (const { code, stderr } of [validated, publishing]) {
      expect(code).toBe(2);
      expect(stderr).toMatch(/line 11, column 3: .*paralelism.*parallelism/);
    }
    expect(problemIn(await api.send('GET', `/releases/${job}/9.9.9`)).status).toBe(404);
  });
});

test('a release whose JAR lacks the entry class is not published', async () => {
  const publishing = variant({ job: { entryClass: 'com.example.Clix' } });
  await expect(publishing).rejects.toThrow(`${JAR} has no class com.example.Clix`);
});

describe('a job name that is none', () => {
  const names = [
    { story: 'with a way out of its folder', name: '../clicks' },
    { story: 'of 300 characters', name: 'a'.repeat(300) },
    { story: 'with capital letters', name: 'Clicks' },
    { story: 'with a folder', name: 'clicks/prod' },
    { story: 'with a space', name: 'click s' },
  ];

  test.each(names)('$story', async ({ name }) => {
    const { status, code, detail, hint } = problemIn(await api.ask(name, 'deploy', { release: good }));
    expect({ status, code }).toEqual({ status: 422, code: 'InvalidJobName' });
    expect(detail.length).toBeLessThan(300);
    expect(hint).toContain('lower-case letters, digits and hyphens');
  });

  test('by the CLI, with exit code 2', async () => {
    const { code, stderr } = await sluice('deploy', '../clicks', '--release', good);
    expect(code).toBe(2);
    expect(stderr).toContain('1 to 63 lower-case letters');
  });

  test('by Temporal, where the workflow completes at once and does nothing', async () => {
    const workflow = ['-w', `flink-job:../${job}`];
    const signal = await temporal(
      ...['workflow', 'signal-with-start', '--type', 'flinkJob', '-t', 'sluice', ...workflow],
      ...['--signal-name', 'deploy', '--signal-input', JSON.stringify({ release: good })],
      ...['-i', JSON.stringify({ job: `../${job}` })],
    );
    expect(signal.code).toBe(0);
    const { code, stdout } = await temporal('workflow', 'result', ...workflow, '-o', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'COMPLETED' });
  });
});

describe('a body that is none', () => {
  test('of 10 MB is refused, and says how much may be sent', async () => {
    const body = JSON.stringify({ kind: 'deploy', release: good, reason: 'x'.repeat(10 * 1024 * 1024) });
    const { status, code, detail } = problemIn(await api.send('POST', `/jobs/${job}/operations`, body));
    expect({ status, code }).toEqual({ status: 413, code: 'PayloadTooLarge' });
    expect(detail).toContain('1048576');
  });

  test.each([
    {
      story: 'is not JSON',
      body: '{"kind": "deploy",\n  oops}',
      status: 422,
      code: 'Undecodable',
      says: 'line 2, column',
    },
    { story: 'has an unknown kind', body: { kind: 'explode' }, status: 422, code: 'InvalidRequest', says: 'deploy' },
    {
      story: 'has an unknown field',
      body: { kind: 'deploy', release: 'a/1', relaese: 'b/1' },
      status: 422,
      code: 'InvalidRequest',
      says: 'relaese',
    },
    { story: 'lacks the release', body: { kind: 'deploy' }, status: 422, code: 'InvalidRequest', says: 'release' },
  ])('that $story', async ({ body, status, code, says }) => {
    const problem = problemIn(await api.send('POST', `/jobs/${job}/operations`, body));
    expect(problem).toMatchObject({ status, code });
    expect(problem.detail).toContain(says);
  });

  test('a signal that nobody can decode is told in the job, and the job stays usable', async () => {
    const { code } = await temporal(
      ...['workflow', 'signal', '-w', `flink-job:${job}`, '--name', 'deploy', '--input', '{"release": 7}'],
    );
    expect(code).toBe(0);
    const { rejections } = await api.job(job);
    expect(rejections.last.at(-1)).toMatchObject({ kind: 'deploy', code: 'InvalidRequest' });
  });
});

function keyOf(release: string, file: string): string {
  const [project = '', version = ''] = release.split('/');
  return releasePrefix(project, version) + file;
}
