/**
 * Clusters: what they tell of themselves, the jobs that a caller may see there, and the applications that Sluice does not
 * know.
 *
 * Seen to fail: with jobs counted that the caller may not see; with strangers shown to a viewer; with any start taken for
 * the owner of an application; with the time of the silence set anew by each question; with a fence read by the name of an
 * application that can be none of a job.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClusterBody, ClusterItem } from '../../../src/api/cluster-contract.ts';
import { readStrangers } from '../../../src/api/doctor/strangers.ts';
import { createClusterList } from '../../../src/api/instances/clusters.ts';
import { createFlinkClient } from '../../../src/clients/flink/flink.ts';
import { createYarnClient } from '../../../src/clients/yarn/yarn.ts';
import { tagsOf } from '../../../src/domain/identity/yarn-tags.ts';
import { emptyFence, withStart } from '../../../src/domain/lock/fence.ts';
import { createFakeS3 } from '../../fakes/s3.ts';
import { createFakeYarn, type FakeYarn } from '../../fakes/yarn.ts';
import { deployment } from '../../support/deployment.ts';
import { firstTokenOf } from '../first-token.ts';
import { startApp, yarnA, type App } from '../start-app.ts';

const s3 = createFakeS3();
let yarn: FakeYarn;
let app: App;
let admin: string;

beforeEach(async () => {
  s3.objects.clear();
  yarn = await createFakeYarn();
  const client = createYarnClient({ name: 'yarn-a', resourceManager: yarn.url, user: 'sluice' });
  app = await startApp({
    access: { anonymous: [], policy: {}, tokens: s3 },
    clusters: createClusterList([yarnA], () => client),
    instances: { flink: createFlinkClient(), yarn: new Map([['yarn-a', client]]) },
  });
  admin = await firstTokenOf(s3);
  const ads = { project: 'clicks', team: 'ads', environment: 'prod' };
  app.gateway.put('clicks-prod', { state: 'running', ownership: ads, current: { ...deployment, job: 'clicks-prod' } });
  app.gateway.put('views-prod', { state: 'failed', ownership: ads, current: { ...deployment, job: 'views-prod' } });
  app.gateway.put('orders-prod', {
    state: 'running',
    ownership: { ...ads, team: 'web' },
    current: { ...deployment, job: 'orders-prod' },
  });
});
afterEach(async () => {
  await app.stop();
  await yarn.close();
});

const get = async <Body>(path: string, token: string): Promise<Body> =>
  JSON.parse((await app.send(`/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } })).text) as Body;
const list = async (token: string): Promise<ClusterItem> =>
  (await get<{ items: [ClusterItem] }>('/clusters', token)).items[0];
const one = (token: string): Promise<ClusterBody> => get('/clusters/yarn-a', token);

async function viewer(): Promise<string> {
  const request = { name: 'viewer', bindings: [{ role: 'viewer', teams: ['ads'] }] };
  const { text } = await app.post('/api/v1/tokens', request, { authorization: `Bearer ${admin}` });
  return (JSON.parse(text) as { token: string }).token;
}

describe('a cluster', () => {
  it('tells its nodes, memory and vcores, its watcher, and the jobs that the caller may see', async () => {
    app.gateway.heard.set('yarn-a', '2026-01-01T00:00:00.000Z');
    expect(await list(admin)).toMatchObject({
      ...{ name: 'yarn-a', reachable: true, unreachableSince: null, vcores: { total: 4, available: 4 } },
      nodes: { active: 2, unhealthy: 0, lost: 0, decommissioned: 0 },
      watch: { heardAt: '2026-01-01T00:00:00.000Z' },
      jobs: { running: 2, failed: 1 },
    });
    expect((await list(await viewer())).jobs).toEqual({ running: 1, failed: 1 });
  });

  it('that has gone silent says since when, and answers again', async () => {
    yarn.unreachable();
    const { reachable, unreachableSince, jobs } = await list(admin);
    await vi.waitFor(() => expect(new Date().toISOString()).not.toBe(unreachableSince));
    expect([reachable, jobs]).toEqual([false, { running: 2, failed: 1 }]);
    expect(await one(admin)).toMatchObject({ unreachableSince, queues: null, strangers: null });
    yarn.healthy();
    expect(await list(admin)).toMatchObject({ reachable: true, unreachableSince: null });
  });

  it('is shown while Temporal is away, without its jobs', async () => {
    app.gateway.down();
    const item = await list(admin);
    expect(item).toMatchObject({ reachable: true, watch: { heardAt: null } });
    expect(item).not.toHaveProperty('jobs');
  });

  it('has queues, with what runs and waits there', async () => {
    yarn.addApplication({ id: 'application_1_0001', queue: 'ads' });
    const { queues } = await one(await viewer());
    expect(queues?.map(({ path, leaf, runningApplications }) => [path, leaf, runningApplications])).toEqual([
      ['root', false, null],
      ['root.default', true, 0],
      ['root.ads', true, 1],
    ]);
    expect(queues?.at(-1)).toMatchObject({ capacity: 50, used: { memoryMb: 1024 }, pendingContainers: 0 });
  });

  it('that is not configured is not found', async () => {
    expect(await get('/clusters/yarn-z', admin)).toMatchObject({ status: 404, code: 'NotFound' });
  });
});

describe('strangers', () => {
  const flinkJobId = 'a'.repeat(32);
  const ours = (job: string) => ({ name: job, tags: tagsOf({ job, flinkJobId, epoch: 1 }) });

  /** A fence of a job that has an open start with this application. */
  async function opened(job: string, applicationId: string): Promise<void> {
    const start = { startKey: 'one/1', launcher: 'direct' as const, deployment: 1, flinkJobId: 'b'.repeat(32) };
    const holder = { installation: 'local', runId: 'run' };
    const taken = { ...start, cluster: 'yarn-a', applicationId, holder, takenAt: '2026-01-01T00:00:00Z' };
    await app.s3.put(`fences/${job}.json`, JSON.stringify(withStart(emptyFence(job), taken).fence));
  }

  it('are those that have tags or name of a job, and Flink jobs of others, newest first', async () => {
    yarn.addApplication({ id: deployment.applicationId, ...ours('clicks-prod'), startedAt: 1_000 });
    yarn.addApplication({ id: 'application_1_0007', ...ours('clicks-prod'), startedAt: 2_000 });
    yarn.addApplication({ id: 'application_1_0008', name: 'views-prod', startedAt: 3_000 });
    yarn.addApplication({ id: 'application_1_0009', name: 'their job', startedAt: 4_000 });
    yarn.addApplication({ id: 'application_1_0010', name: 'spark', type: 'SPARK' });
    yarn.addApplication({ id: 'application_1_0011', ...ours('orders-prod'), name: 'orders-prod', startedAt: 5_000 });
    await opened('clicks-prod', deployment.applicationId);
    await opened('views-prod', 'application_1_0099');
    await opened('orders-prod', 'application_1_0011');
    const { strangers } = await one(admin);
    expect(strangers?.map(({ application, job, by }) => [application, job, by])).toEqual([
      ['application_1_0009', null, null],
      ['application_1_0008', 'views-prod', 'name'],
      ['application_1_0007', 'clicks-prod', 'tags'],
    ]);
    expect(strangers?.[0]).toMatchObject({ user: 'somebody', startedAt: '1970-01-01T00:00:04.000Z' });
  });

  it('are shown to whoever may run the doctor', async () => {
    yarn.addApplication({ id: 'application_1_0009', name: 'their job' });
    expect((await one(await viewer())).strangers).toBeNull();
    expect((await one(admin)).strangers).toHaveLength(1);
  });
});

it('reads fences of names that a job can have, and of no other', async () => {
  const asked: string[] = [];
  const fence = (job: string): Promise<null> => {
    asked.push(job);
    return Promise.resolve(null);
  };
  const applications = ['clicks-new', '../tokens/first', 'x'.repeat(2_000)].map((name, place) => ({
    ...{ id: `application_1_000${place}`, name, tags: [], type: 'Apache Flink', user: 'ann', queue: 'default' },
    ...{ state: 'RUNNING', startedAt: place },
  }));
  const cluster = { name: 'yarn-a', applications: () => Promise.resolve(applications) };
  const strangers = await readStrangers({ records: { fence }, jobs: [] } as never, cluster as never);
  expect(asked).toEqual(['clicks-new']);
  expect(strangers.map(({ application }) => application)).toHaveLength(3);
});
