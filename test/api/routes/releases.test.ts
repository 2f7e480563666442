/**
 * The catalogue of releases.
 *
 * Seen to fail: with releases that need the list of jobs, nobody saw them while Temporal was away; with jobs that are stopped
 * among those that run a release.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { releaseKey } from '../../../src/domain/identity/storage-keys.ts';
import type { ReleaseItem } from '../../../src/api/contract.ts';
import { deployment } from '../../support/deployment.ts';
import { startApp, type App } from '../start-app.ts';

let app: App;
beforeEach(async () => void (app = await startApp()));
afterEach(async () => await app.stop());

describe('releases', () => {
  it('appear at once, newest first', async () => {
    const release = (version: string) => ({
      apiVersion: 'sluice/v1',
      project: 'clicks',
      version,
      gitCommit: null,
      buildUrl: null,
      createdAt: `2026-01-01T00:00:0${version.at(-1) ?? ''}.000Z`,
      files: [
        { name: 'c.yaml', kind: 'deployment', size: 1, sha256: 'c'.repeat(64), job: 'clicks-dev', environment: 'dev' },
      ],
    });
    expect((await app.send('/api/v1/releases')).body).toEqual({ items: [], nextCursor: null, unreadable: [] });
    for (const version of ['1.0.0', '1.0.1']) {
      await app.s3.put(releaseKey('clicks', version), JSON.stringify(release(version)));
    }
    await app.s3.put(releaseKey('clicks', 'broken'), '{');
    const { body } = await app.send('/api/v1/releases');
    expect(body.items.map(({ name }) => name)).toEqual(['clicks/1.0.1', 'clicks/1.0.0']);
    expect(body.items[0]?.jobs).toEqual(['clicks-dev']);
    expect((await app.send('/api/v1/releases/clicks')).body.items).toHaveLength(2);
    const { publishedAt } = body.items[1] as unknown as { publishedAt: string };
    expect((await app.send('/api/v1/releases/clicks/1.0.0')).body).toEqual({
      ...release('1.0.0'),
      name: 'clicks/1.0.0',
      publishedAt,
    });
    expect((await app.send('/api/v1/releases/clicks/9.9.9')).body.code).toBe('ReleaseNotFound');
    expect((await app.send('/api/v1/releases/clicks/broken')).body.code).toBe('ReleaseInvalid');
    expect((await app.send('/api/v1/releases/..%2f')).body.code).toBe('InvalidRequest');
    expect((await app.send('/api/v1/releases/nothing')).status).toBe(404);
  });

  const listed = async (query: string): Promise<ReleaseItem[]> =>
    (await app.send(`/api/v1/releases?${query}`)).body.items as unknown as ReleaseItem[]; // items of this list

  it('are found by words and by a job, page by page', async () => {
    for (const version of ['1.0.0', '1.1.0', '2.0.0']) await app.publish(`clicks/${version}`, 'clicks-dev');
    await app.publish('orders/1.1.0', 'orders-dev', 'orders-prod');
    const names = async (query: string) => (await listed(query)).map(({ name }) => name).sort();
    expect(await names('job=orders-prod')).toEqual(['orders/1.1.0']);
    expect(await names('q=1.1')).toEqual(['clicks/1.1.0', 'orders/1.1.0']);
    expect(await names('q=CLICKS+1.')).toEqual(['clicks/1.0.0', 'clicks/1.1.0']);
    expect(await names('q=nothing')).toEqual([]);
    const pages: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const path = `/api/v1/releases?job=clicks-dev&limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`;
      const { body } = await app.send(path);
      pages.push(...body.items.map(({ name }) => name));
      cursor = body.nextCursor;
    }
    expect(pages.sort()).toEqual(['clicks/1.0.0', 'clicks/1.1.0', 'clicks/2.0.0']);
  });

  it('say which jobs run them', async () => {
    await app.publish(deployment.release, 'clicks-dev');
    app.gateway.visibility.hasDigests = true;
    const current = { ...deployment, ended: null };
    app.gateway.put('clicks-dev', { state: 'running', current });
    const ended = { at: '2026-01-01T00:00:00.000Z', how: 'stopped' as const, savepoint: null };
    app.gateway.put('clicks-prod', { state: 'stopped', current: { ...deployment, ended } });
    const [release] = await listed('q=');
    expect(release?.runsAs).toEqual([{ job: 'clicks-dev', deployment: deployment.number }]);
  });

  it('are listed while Temporal is away', async () => {
    await app.publish('clicks/1.0.0', 'clicks-dev');
    app.gateway.down();
    expect((await listed('q=')).map(({ name }) => name)).toEqual(['clicks/1.0.0']);
  });
});
