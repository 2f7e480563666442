import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { releaseKey } from '../../../src/domain/identity/storage-keys.ts';
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
});
