/**
 * Routes of one deployment: its record, its file, its effective configuration, and its differences from another one.
 *
 * Seen to fail: with the value of a secret shown; with `from` that is taken as the newest.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256Of } from '../../../../src/clients/s3/checksum.ts';
import { deploymentKey, textKey } from '../../../../src/domain/identity/storage-keys.ts';
import { deployment } from '../../../support/deployment.ts';
import { startApp, type App } from '../../start-app.ts';

const OLD = 'name: clicks-dev\njob:\n  parallelism: 1\n';
const NEW = 'name: clicks-dev\njob:\n  parallelism: 2\n';
const entriesOf = (parallelism: string) =>
  JSON.stringify([
    { key: 'parallelism.default', value: parallelism, origin: 'deployment file' },
    { key: 'fs.s3a.secret.key', value: `canary-${parallelism}`, origin: 'cluster' },
  ]);

let app: App;
beforeEach(async () => {
  app = await startApp();
  for (const [number, text, parallelism] of [
    [1, OLD, 1],
    [2, NEW, 2],
  ] as const) {
    const entries = entriesOf(String(parallelism));
    const [file, configuration] = [text, entries].map((one) => sha256Of(one)) as [string, string]; // two texts
    const record = { ...deployment, number, file, configuration, parallelism, release: `clicks/${number}.0.0` };
    await app.s3.put(textKey(file), text);
    await app.s3.put(textKey(configuration), entries);
    await app.s3.put(deploymentKey('clicks-dev', number), JSON.stringify(record));
  }
});
afterEach(async () => await app.stop());

const get = (path: string) => app.send(`/api/v1/jobs/clicks-dev${path}`);
const read = async (path: string): Promise<unknown> => JSON.parse((await get(path)).text) as unknown;

describe('one deployment', () => {
  it('has its record, and its file as it was released', async () => {
    expect(await read('/deployments/1')).toMatchObject({ number: 1, release: 'clicks/1.0.0' });
    expect(await read('/deployments/1/file')).toEqual({
      job: 'clicks-dev',
      deployment: 1,
      release: 'clicks/1.0.0',
      sha256: sha256Of(OLD),
      text: OLD,
    });
  });

  it('has its effective configuration with origins, without the values of secrets', async () => {
    const { text } = await get('/deployments/2/configuration');
    expect(JSON.parse(text)).toMatchObject({
      deployment: 2,
      entries: [
        { key: 'fs.s3a.secret.key', origin: 'cluster' },
        { key: 'parallelism.default', value: '2', origin: 'deployment file' },
      ],
    });
    expect(text).not.toContain('canary');
  });

  it.each([
    ['/deployments/9', 404],
    ['/deployments/9/file', 404],
    ['/deployments/zero', 422],
    ['/diff?from=9', 404],
    ['/diff?from=zero', 422],
  ])('%s is refused', async (path, status) => {
    expect((await get(path)).status).toBe(status);
  });

  it('without a configuration says why', async () => {
    await app.s3.put(deploymentKey('clicks-dev', 3), JSON.stringify({ ...deployment, number: 3 }));
    const { status, body } = await get('/deployments/3/configuration');
    expect([status, body.detail]).toEqual([404, 'Deployment 3 of clicks-dev ended before its configuration was made']);
  });
});

describe('the difference', () => {
  it('is that of the newest from the one before, unless both are named', async () => {
    const newest = await read('/diff');
    expect(newest).toMatchObject({
      from: 1,
      to: 2,
      release: { before: 'clicks/1.0.0', after: 'clicks/2.0.0' },
      file: { diff: expect.stringContaining('-  parallelism: 1\n+  parallelism: 2') as string },
      configuration: [{ key: 'fs.s3a.secret.key' }, { key: 'parallelism.default', before: '1', after: '2' }],
    });
    expect(JSON.stringify(newest)).not.toContain('canary');
    expect(await read('/diff?from=2&to=1')).toMatchObject({ from: 2, to: 1, parallelism: { before: 2, after: 1 } });
  });

  it('of the first deployment needs another one', async () => {
    const { status, body } = await get('/diff?to=1');
    expect([status, body.detail]).toEqual([
      404,
      'clicks-dev has no deployment before 1 that could be compared with it',
    ]);
  });
});
