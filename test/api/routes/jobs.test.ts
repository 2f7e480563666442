import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptyNotes } from '../../../src/domain/watch/notes.ts';
import type { JobBody } from '../../../src/api/contract.ts';
import type { JobList } from '../../../src/api/job-list-contract.ts';
import { releaseKey, textKey } from '../../../src/domain/identity/storage-keys.ts';
import { smallFile } from '../../domain/deployment-file/examples.ts';
import { deployment } from '../../support/deployment.ts';
import { startApp, type Answered, type App } from '../start-app.ts';

let app: App;
beforeEach(async () => void (app = await startApp()));
afterEach(async () => await app.stop());

describe('jobs', () => {
  it.each([
    ['by the watcher of its cluster, later than by itself', 'application_1_0002', true, '2026-01-01T00:00:05.000Z'],
    ['by itself, where its JobManager does not answer', 'application_1_0002', false, '2026-01-01T00:00:00.000Z'],
    ['by itself, where the watcher saw another application', 'application_1_0001', true, '2026-01-01T00:00:00.000Z'],
  ])('says when it was seen: %s', async (_what, applicationId, answers, observedAt) => {
    app.gateway.put('clicks-dev', { state: 'running', current: deployment });
    const checkpointAt = Date.parse('2026-01-01T00:00:03Z');
    const applications = new Map([[applicationId, { mark: 'h' as const, answers, checkpointAt }]]);
    app.gateway.notes.set('yarn-a', { ...emptyNotes, seenAt: Date.parse('2026-01-01T00:00:05Z'), applications });
    const isOwn = applicationId === deployment.applicationId;
    const seen = { observedAt, checkpointAt: isOwn ? '2026-01-01T00:00:03.000Z' : null };
    expect((await app.send('/api/v1/jobs/clicks-dev')).body).toMatchObject(seen);
    expect((await app.send('/api/v1/jobs')).body).toMatchObject({ items: [seen] });
  });

  it('has links built from the configuration', async () => {
    app.gateway.put('clicks-dev', { state: 'running', current: deployment });
    const { body } = await app.send('/api/v1/jobs/clicks-dev');
    expect(body).toMatchObject({ name: 'clicks-dev', state: 'running', deployment: { number: 2 } });
    expect(body.links).toEqual({
      self: '/api/v1/jobs/clicks-dev',
      temporal: 'http://temporal.example/namespaces/default/workflows/flink-job%3Aclicks-dev',
      yarn: 'http://rm-a.example:8088/cluster/app/application_1_0002',
      flink: 'http://rm-a.example:8088/proxy/application_1_0002/',
    });
  });

  it.each([
    ['is left, since the job is stopped', 'autoDeploy: {enabled: true}', { state: 'stopped' }, 'left', 'stopped'],
    ['waits for a window', 'autoDeploy: {enabled: true, windows: [W]}', { state: 'running' }, 'waits', 'window'],
    ['is deployed', 'autoDeploy: {enabled: true}', { state: 'running' }, 'deploys', null],
    ['is left, since its file is broken', 'autoDeploy: [', { state: 'running' }, 'left', 'invalid'],
  ] as const)(
    'says what becomes of a newer release that deploys itself: it %s',
    async (_what, wish, is, answer, reason) => {
      const yesterday = new Date(Date.now() - 86_400_000).toUTCString().slice(0, 3);
      const file = `${smallFile}${wish.replace('W', `"${yesterday} 00:00-00:01"`)}\n`;
      const job = /^name: (.*)$/m.exec(file)?.[1] ?? '';
      const sha256 = createHash('sha256').update(file).digest('hex');
      const entry = { name: 'clicks.yaml', kind: 'deployment', size: 1, sha256, job, autoDeploy: true };
      const release = { apiVersion: 'sluice/v1', project: 'clicks', version: '1.1.0', gitCommit: null, buildUrl: null };
      await app.s3.put('releases/clicks/1.1.0/clicks.yaml', file);
      const body = { ...release, createdAt: '2026-01-01T00:00:00Z', files: [entry] };
      await app.s3.put(releaseKey('clicks', '1.1.0'), JSON.stringify(body));
      const autoDeploy = async () => {
        const { text } = await app.send(`/api/v1/jobs/${job}`);
        return (JSON.parse(text) as JobBody).autoDeploy; // the Contract's shape
      };
      app.gateway.put(job, { ...is, current: { ...deployment, job } });
      const seen = await autoDeploy();
      expect(seen).toMatchObject({ release: 'clicks/1.1.0', answer, reason });
      expect(seen?.until === null).toBe(reason !== 'window');
      app.gateway.put(job, { ...is, current: { ...deployment, job, release: 'clicks/1.1.0' } });
      expect(await autoDeploy()).toBeNull();
    },
  );

  it('are listed by name, filtered and paged', async () => {
    for (const name of ['b-dev', 'a-prod', 'c-dev']) app.gateway.put(name, { state: 'running', health: 'healthy' });
    app.gateway.put('d-dev', { state: 'stopped' });
    const names = async (query: string): Promise<string[]> =>
      (await app.send(`/api/v1/jobs?${query}`)).body.items.map(({ name }) => name);
    expect(await names('')).toEqual(['a-prod', 'b-dev', 'c-dev', 'd-dev']);
    expect(await names('environment=dev&state=running')).toEqual(['b-dev', 'c-dev']);
    expect(await names('health=healthy')).toEqual(['a-prod', 'b-dev', 'c-dev']);
    expect(await names('health=unknown')).toEqual(['d-dev']);
    const first = await app.send('/api/v1/jobs?limit=2');
    expect(await names(`limit=2&cursor=${first.body.nextCursor}`)).toEqual(['c-dev', 'd-dev']);
    const healthy = await app.send('/api/v1/jobs?limit=2&health=healthy');
    expect(await names(`health=healthy&cursor=${healthy.body.nextCursor}`)).toEqual(['c-dev']);
  });

  it('are found by several values, labels, words and attention, with counts of what another choice would give', async () => {
    const text = `${smallFile}labels: {tier: "1", team: clicks}\ndescription: Deduplicated ad clicks\n`;
    const file = createHash('sha256').update(text).digest('hex');
    await app.s3.put(textKey(file), text);
    app.gateway.put('a-dev', { state: 'running', health: 'degraded', current: { ...deployment, job: 'a-dev', file } });
    app.gateway.put('b-prod', { state: 'failed' });
    app.gateway.put('c-test', { state: 'stopped' });
    app.gateway.put('d-dev', { state: 'running', health: 'healthy' });
    const list = async (query: string) => (await app.send(`/api/v1/jobs?${query}`)).body as unknown as JobList;
    const names = async (query: string) => (await list(query)).items.map(({ name }) => name);
    expect(await names('state=running&state=failed')).toEqual(['a-dev', 'b-prod', 'd-dev']);
    expect(await names('environment=dev,test&state=running,stopped')).toEqual(['a-dev', 'c-test', 'd-dev']);
    expect(await names('attention=true')).toEqual(['a-dev', 'b-prod']);
    expect(await names('attention=degraded,unreachable')).toEqual(['a-dev']);
    expect(await names('q=DEV+a')).toEqual(['a-dev', 'd-dev']);
    expect(await names('sort=-name')).toEqual(['d-dev', 'c-test', 'b-prod', 'a-dev']);
    expect(await names('sort=state')).toEqual(['b-prod', 'a-dev', 'd-dev', 'c-test']);
    expect(await names('operation=any')).toEqual([]);
    expect(await list('state=failed&facets=state,environment')).toMatchObject({
      total: 1,
      facets: { state: { running: 2, failed: 1, stopped: 1 }, environment: { prod: 1 } },
    });
    await expect.poll(() => names('label=tier%3D1'), { timeout: 10_000 }).toEqual(['a-dev']);
    expect(await names('label=tier%3D2')).toEqual([]);
    expect(await names('label=team')).toEqual(['a-dev']);
    expect(await names('q=deduplicated+tier%3D1')).toEqual(['a-dev']);
    expect((await app.send('/api/v1/jobs?state=nonsense')).status).toBe(422);
    expect((await app.send('/api/v1/jobs?limit=201')).status).toBe(422);
  });

  it('are paged in any order, and a cursor of another order is refused', async () => {
    for (const [name, state] of [
      ['a', 'running'],
      ['b', 'failed'],
      ['c', 'running'],
      ['d', 'failed'],
      ['e', 'stopped'],
    ] as const)
      app.gateway.put(name, { state });
    for (const sort of ['name', '-name', 'state', '-state', '-since']) {
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const { body }: Answered = await app.send(
          `/api/v1/jobs?limit=2&sort=${sort}${cursor === null ? '' : `&cursor=${cursor}`}`,
        );
        seen.push(...body.items.map(({ name }) => name));
        cursor = body.nextCursor;
      } while (cursor !== null);
      const whole = (await app.send(`/api/v1/jobs?sort=${sort}`)).body.items.map(({ name }) => name);
      expect([sort, seen]).toEqual([sort, whole]);
      expect(new Set(seen).size).toBe(5);
    }
    const { body } = await app.send('/api/v1/jobs?limit=2&sort=state');
    expect((await app.send(`/api/v1/jobs?sort=-state&cursor=${body.nextCursor}`)).status).toBe(422);
  });

  it('are behind when a newer release of their project has a file for them', async () => {
    const publish = async (project: string, version: string, jobs: readonly string[], at: string) => {
      const files = jobs.map((job) => ({
        name: `${job}.yaml`,
        kind: 'deployment',
        size: 1,
        sha256: '0'.repeat(64),
        job,
      }));
      const release = {
        apiVersion: 'sluice/v1',
        project,
        version,
        gitCommit: null,
        buildUrl: null,
        createdAt: at,
        files,
      };
      await app.s3.put(releaseKey(project, version), JSON.stringify({ ...release, publishedAt: at }));
    };
    await publish('clicks', '1.0.0', ['a-dev', 'b-dev'], '2026-01-01T00:00:00Z');
    await publish('clicks', '1.1.0', ['a-dev'], '2026-01-02T00:00:00Z');
    await publish('thief', '9.0.0', ['b-dev'], '2026-01-03T00:00:00Z');
    const current = { ...deployment, release: 'clicks/1.0.0' };
    app.gateway.put('a-dev', { state: 'running', current });
    app.gateway.put('b-dev', { state: 'running', current });
    expect((await app.send('/api/v1/jobs')).body.items).toMatchObject([
      { name: 'a-dev', sync: 'behind', newestRelease: 'clicks/1.1.0' },
      { name: 'b-dev', sync: 'inSync', newestRelease: 'clicks/1.0.0' },
    ]);
    expect((await app.send('/api/v1/jobs?sync=behind')).body.items.map(({ name }) => name)).toEqual(['a-dev']);
    expect((await app.send('/api/v1/jobs/a-dev')).body).toMatchObject({
      sync: 'behind',
      newestRelease: 'clicks/1.1.0',
    });
  });

  it('are answered with 304 while nothing has changed, and compressed', async () => {
    for (let number = 0; number < 50; number += 1) app.gateway.put(`job-${number}`, { state: 'running' });
    const first = await app.send('/api/v1/jobs');
    expect(first.headers.get('content-encoding')).toMatch(/gzip|br/);
    expect(first.headers.get('vary')).toContain('Accept-Encoding');
    const etag = first.headers.get('etag')!;
    const same = await app.send('/api/v1/jobs', { headers: { 'if-none-match': etag } });
    expect([same.status, same.text]).toEqual([304, '']);
    expect((await app.send('/api/v1/jobs?state=failed', { headers: { 'if-none-match': etag } })).status).toBe(200);
    app.gateway.put('job-7', { state: 'failed' });
    await expect
      .poll(async () => (await app.send('/api/v1/jobs', { headers: { 'if-none-match': etag } })).status, {
        timeout: 5_000,
      })
      .toBe(200);
    const made = await app.post('/api/v1/tokens', {
      name: 'x'.repeat(40),
      bindings: Array.from({ length: 30 }, () => ({ role: 'viewer', jobs: ['clicks-*'] })),
    });
    expect([made.status, made.headers.get('content-encoding')]).toEqual([201, null]);
    expect((await app.send('/api/v1/tokens')).headers.get('content-encoding')).toBeNull();
  });

  it('are counted only as far as the caller may see them', async () => {
    const own = await startApp({
      access: { anonymous: [{ role: 'viewer', environments: ['dev'] }], policy: {}, tokens: app.s3 },
    });
    own.gateway.put('a-dev', { state: 'running' });
    own.gateway.put('b-prod', { state: 'failed' });
    const { body } = await own.send('/api/v1/jobs?facets=state,environment');
    expect(body).toMatchObject({ total: 1, facets: { state: { running: 1 }, environment: { dev: 1 } } });
    expect(body.items.map(({ name }) => name)).toEqual(['a-dev']);
    await own.stop();
  });
});
