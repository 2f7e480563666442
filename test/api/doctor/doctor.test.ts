/**
 * The doctor finds what is wrong, leaves out what is well, and never acts.
 *
 * Seen to fail: an open start taken for the owner of any application of its job; a cluster that is silent taken for one
 * without applications; a probe of S3 that looks at one of the two conditions only.
 */
import { describe, expect, test } from 'vitest';
import { checkCluster, type AskedYarn } from '../../../src/api/doctor/cluster-setup.ts';
import { checkJobs } from '../../../src/api/doctor/job-checks.ts';
import { checkDistributions, checkStorage } from '../../../src/api/doctor/storage-setup.ts';
import type { JobSummary } from '../../../src/temporal/jobs/job-gateway.ts';
import { RecordStore } from '../../../src/records/record-store.ts';
import type { S3Client } from '../../../src/clients/s3/s3.ts';
import { createYarnClient } from '../../../src/clients/yarn/yarn.ts';
import type { Finding } from '../../../src/api/checkups.ts';
import { emptyFence, withClosed, withStart } from '../../../src/domain/lock/fence.ts';
import { tagsOf } from '../../../src/domain/identity/yarn-tags.ts';
import { createFakeS3, type FakeS3 } from '../../fakes/s3.ts';
import { createFakeYarn, type FakeYarn } from '../../fakes/yarn.ts';

const told = (findings: readonly Finding[]): string[] =>
  findings
    .filter(({ level }) => level !== 'ok')
    .map(({ check, level, subject }) => `${level} ${check}: ${subject ?? ''}`);

describe('jobs', () => {
  const FLINK_JOB = 'a'.repeat(32);
  const APPLICATION = 'application_1_0001';
  const summary = (name: string, state: JobSummary['state'], operation: string | null = null): JobSummary => ({
    ...{ name, state, operation },
    ...{ environment: null, cluster: 'yarn-a', owner: null, release: null },
  });
  const ours = { name: 'clicks', tags: tagsOf({ job: 'clicks', flinkJobId: FLINK_JOB, epoch: 1 }) };

  async function look(
    jobs: readonly JobSummary[],
    arrange: (yarn: FakeYarn, s3: FakeS3) => void | Promise<void>,
    fence: 'open' | 'closed' | 'none' = 'open',
  ): Promise<string[]> {
    const s3 = createFakeS3();
    const yarn = await createFakeYarn();
    const start = {
      startKey: 'one/1',
      launcher: 'direct' as const,
      deployment: 1,
      flinkJobId: FLINK_JOB,
      cluster: 'yarn-a',
      applicationId: APPLICATION,
    };
    const holder = { installation: 'local', runId: 'run' };
    const { fence: open } = withStart(emptyFence('clicks'), { ...start, holder, takenAt: '2026-01-01T00:00:00Z' });
    const closed = withClosed(open, 'one/1', { at: '2026-01-01T00:00:00Z', how: 'stopped' });
    if (fence !== 'none') await s3.put('fences/clicks.json', JSON.stringify(fence === 'open' ? open : closed));
    await arrange(yarn, s3);
    const client = createYarnClient({ name: 'yarn-a', resourceManager: yarn.url, user: 'sluice' });
    const before = s3.objects.size;
    const found = await checkJobs({ records: new RecordStore(s3), jobs, clusters: new Map([['yarn-a', client]]) });
    expect(yarn.asked.filter((route) => route === 'submit' || route === 'kill')).toEqual([]);
    expect(s3.objects.size).toBe(before);
    await yarn.close();
    return told(found);
  }

  const running = [summary('clicks', 'running')];

  test.each<[string, readonly JobSummary[], Parameters<typeof look>[1], Parameters<typeof look>[2], string[]]>([
    ['that run as they say', running, (yarn) => void yarn.addApplication({ id: APPLICATION, ...ours }), 'open', []],
    [
      'adopted, without a tag',
      running,
      (yarn) => void yarn.addApplication({ id: APPLICATION, name: 'clicks' }),
      'open',
      [],
    ],
    [
      'of others',
      running,
      (yarn) => {
        yarn.addApplication({ id: APPLICATION, ...ours });
        yarn.addApplication({ id: 'application_1_0002', name: 'not ours', type: 'SPARK' });
      },
      'open',
      [],
    ],
    [
      'without a workflow',
      [],
      (yarn) => void yarn.addApplication({ id: APPLICATION, ...ours }),
      'open',
      ['broken lostJobs: clicks'],
    ],
    [
      'started by hand beside',
      running,
      (yarn) => {
        yarn.addApplication({ id: APPLICATION, ...ours });
        yarn.addApplication({ id: 'application_1_0002', name: 'clicks' });
      },
      'open',
      ['broken orphans: application_1_0002'],
    ],
    [
      'with the tags of a start that is closed',
      [summary('clicks', 'stopped')],
      (yarn) => void yarn.addApplication({ id: APPLICATION, ...ours }),
      'closed',
      [`broken orphans: ${APPLICATION}`],
    ],
    [
      'with tags of nobody',
      [],
      (yarn) => void yarn.addApplication({ id: APPLICATION, name: 'x', tags: ['sluice'] }),
      'none',
      [`broken orphans: ${APPLICATION}`],
    ],
    [
      'left by a launcher',
      [summary('clicks', 'stopped')],
      (yarn) => void yarn.addApplication({ id: 'application_1_0003', name: 'x', type: 'Sluice Launcher' }),
      'closed',
      ['broken launchers: application_1_0003'],
    ],
    ['that say they run and do not', running, () => undefined, 'open', ['broken disagreements: clicks']],
    ['that say they run and have no start', running, () => undefined, 'closed', ['broken disagreements: clicks']],
    ['on a cluster that is silent', running, (yarn) => yarn.unreachable(), 'open', []],
    [
      'stopped with a start that is open',
      [summary('clicks', 'stopped')],
      () => undefined,
      'open',
      ['warning unclosedStarts: clicks'],
    ],
    [
      'stopped, and living',
      [summary('clicks', 'stopped')],
      (yarn) => void yarn.addApplication({ id: APPLICATION, ...ours }),
      'open',
      ['broken unclosedStarts: clicks'],
    ],
    [
      'in an operation',
      [summary('clicks', 'stopped', 'deploy')],
      (yarn) => void yarn.addApplication({ id: APPLICATION, ...ours }),
      'open',
      [],
    ],
  ])('%s', async (_name, jobs, arrange, fence, expected) => {
    expect(await look(jobs, arrange, fence)).toEqual(expected);
  });

  test('leave staging folders behind, which is said once they are old', async () => {
    const old = Date.now() - 2 * 3_600_000;
    const stage = (s3: FakeS3, flinkJobId: string, lastModified: number) =>
      s3.objects.set(`staging/clicks/${flinkJobId}/config.yaml`, {
        body: Buffer.from('x'),
        etag: '"e"',
        lastModified,
        sha256: '',
      });
    const found = await look(
      running,
      (yarn, s3) => {
        yarn.addApplication({ id: APPLICATION, ...ours });
        stage(s3, FLINK_JOB, old);
        stage(s3, 'b'.repeat(32), old);
        stage(s3, 'c'.repeat(32), Date.now());
      },
      'open',
    );
    expect(found).toEqual([`warning staging: staging/clicks/${'b'.repeat(32)}/`]);
  });
});

describe('the bucket', () => {
  const levels = async (s3: S3Client): Promise<string[]> => told(await checkStorage(s3));

  test('that enforces both conditions is fine, and nothing is left in it', async () => {
    const s3 = createFakeS3();
    expect(await levels(s3)).toEqual([]);
    expect(s3.objects.size).toBe(0);
  });

  test('that ignores one of them is broken', async () => {
    const s3 = createFakeS3();
    const careless: S3Client = {
      ...s3,
      async putIfAbsent(key, body) {
        await s3.put(key, body);
        return 'created';
      },
    };
    const forgetful: S3Client = {
      ...s3,
      async putIfMatch(key, body) {
        await s3.put(key, body);
        return 'written';
      },
    };
    expect(await levels(careless)).toEqual([`broken conditionalWrites: ${s3.bucket}`]);
    const said = (await checkStorage(careless)).map(({ detail }) => detail).join();
    expect(said).toContain('If-None-Match: * did not keep');
    expect(await levels(forgetful)).toEqual([`broken conditionalWrites: ${s3.bucket}`]);
    expect(s3.objects.size).toBe(0);
  });

  test('that lacks part of a distribution is broken', async () => {
    const s3 = createFakeS3();
    await s3.put('flink/2/lib/flink-dist-2.jar', 'x');
    expect(told(await checkDistributions(s3, { '2': 'flink/2' }))).toEqual(['broken distributions: 2']);
    await s3.put('flink/2/conf/log4j.properties', 'x');
    expect(told(await checkDistributions(s3, { '2': 'flink/2' }))).toEqual(['warning distributions: 2']);
    await s3.put('flink/2/plugins/s3-fs-hadoop/flink-s3-fs-hadoop-2.jar', 'x');
    expect(told(await checkDistributions(s3, { '2': 'flink/2' }))).toEqual([]);
  });
});

describe('a cluster', () => {
  async function look(arrange: (yarn: FakeYarn) => void): Promise<string[]> {
    const yarn = await createFakeYarn();
    arrange(yarn);
    const client: AskedYarn = createYarnClient({ name: 'yarn-a', resourceManager: yarn.url, user: 'sluice' });
    const found = told(await checkCluster('yarn-a', client, 'probe'));
    await yarn.close();
    return found;
  }

  test('that takes jobs is fine; one that is silent, or refuses submissions, is not', async () => {
    expect(await look(() => undefined)).toEqual([]);
    expect(await look((yarn) => yarn.unreachable())).toEqual(['broken resourceManager: yarn-a']);
    const refusal = { status: 403, body: { RemoteException: { exception: 'ForbiddenException', message: 'no' } } };
    expect(await look((yarn) => yarn.answerNext('newApplication', refusal))).toEqual(['broken submission: yarn-a']);
  });
});
