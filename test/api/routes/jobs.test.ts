import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptyNotes } from '../../../src/domain/watch/notes.ts';
import type { JobBody } from '../../../src/api/contract.ts';
import { releaseKey } from '../../../src/domain/identity/storage-keys.ts';
import { smallFile } from '../../domain/deployment-file/examples.ts';
import { deployment } from '../../support/deployment.ts';
import { startApp, type App } from '../start-app.ts';

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
    const applications = new Map([[applicationId, { mark: 'h' as const, answers }]]);
    app.gateway.notes.set('yarn-a', { ...emptyNotes, seenAt: Date.parse('2026-01-01T00:00:05Z'), applications });
    expect((await app.send('/api/v1/jobs/clicks-dev')).body).toMatchObject({ observedAt });
    expect((await app.send('/api/v1/jobs')).body).toMatchObject({ items: [{ observedAt }] });
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
});
