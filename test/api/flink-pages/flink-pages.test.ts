/**
 * Flink's own pages, out of the JAR of a published distribution: which files are served, how, and what keeps their scripts from
 * everything else. That they work is in `test/ui/browser/flink.test.ts`.
 *
 * Seen to fail: with a policy without `sandbox`; with a distribution that is read once.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FlinkPages } from '../../../src/api/flink-pages/flink-pages.ts';
import { createFakeS3, type FakeS3 } from '../../fakes/s3.ts';
import { zipOf } from '../../world/jar.ts';
import { startApp, type Answered, type App } from '../start-app.ts';

const KEY = 'dist/flink-1.20.1/lib/flink-dist-1.20.1.jar';
const INDEX = [
  '<!DOCTYPE html><html><head><link rel="manifest" href="assets/favicon/manifest.json"><base href="./">',
  `<link rel="stylesheet" href="styles.1.css" media="print" onload="this.media='all'"></head>`,
  '<body><script src="main.1.js" type="module"></script></body></html>',
].join('\n');
const files = {
  'META-INF/MANIFEST.MF': 'Manifest-Version: 1.0\n',
  'org/apache/flink/Secret.class': 'x',
  'web/index.html': INDEX,
  'web/main.1.js': 'console.log("flink");\n'.repeat(100),
  'web/assets/favicon/manifest.json': '{}',
};
const bridge = { type: 'text/javascript; charset=utf-8', bodies: { identity: Buffer.from('bridge()') } };
const built = { page: '<html></html>', assets: new Map([['/assets/flink-bridge-1.js', bridge]]) };

let now: number;
let s3: FakeS3;
let app: App;
beforeEach(async () => {
  now = 0;
  s3 = createFakeS3();
  await s3.put(KEY, zipOf(files));
  const flinkPages = new FlinkPages(s3, { '1.20.1': 'dist/flink-1.20.1/', '9.9.9': 'dist/nothing' }, () => now);
  app = await startApp({ flinkPages, console: built, access: { anonymous: [], policy: {}, tokens: s3 } });
});
afterEach(async () => await app.stop());

const get = (path: string, headers: Record<string, string> = {}): Promise<Answered> =>
  app.send(`/flink/${path}`, { headers });

describe('a file of the pages', () => {
  it('comes from the JAR, packed as it is there, and is asked for in the bucket once', async () => {
    const { status, text, headers } = await get('1.20.1/main.1.js');
    expect([status, text]).toEqual([200, files['web/main.1.js']]); // fetch has unpacked it
    expect(headers.get('content-encoding')).toBe('gzip');
    expect(headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    const asked = s3.requests();
    expect((await get('1.20.1/main.1.js', { 'accept-encoding': 'identity' })).text).toBe(files['web/main.1.js']);
    expect(s3.requests()).toBe(asked);
  });

  it('is there for everybody, also for a page without an origin, and has no rights', async () => {
    const { status, headers } = await get('1.20.1/main.1.js', { origin: 'null', 'sec-fetch-site': 'cross-site' });
    expect([status, headers.get('access-control-allow-origin')]).toEqual([200, '*']);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain('sandbox allow-scripts');
    expect(policy).not.toContain('allow-same-origin');
    expect(policy).toContain(`default-src 'none'`);
    expect(policy).not.toMatch(/connect-src|worker-src/); // nothing, as by default
    expect(policy).toContain(`frame-ancestors 'self'`);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each([
    ...['1.20.1/no.js', '1.20.1/../META-INF/MANIFEST.MF', '1.20.1/%2e%2e/META-INF/MANIFEST.MF', '9.8.7/main.1.js'],
    ...['1.20.1//main.1.js', '__proto__/main.1.js', 'constructor/main.1.js', '1.20.1/assets/favicon/manifest.json'],
    ...['1.20.1/org/apache/flink/Secret.class', '1.20.1', 'dist/flink-1.20.1/lib/flink-dist-1.20.1.jar'],
  ])('%s is not one', async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  it('is not served with another method', async () => {
    expect((await app.send('/flink/1.20.1/main.1.js', { method: 'POST' })).status).toBe(404);
  });

  it('is the new one a minute after somebody has uploaded the distribution again', async () => {
    await get('1.20.1/main.1.js');
    await s3.put(KEY, zipOf({ ...files, 'web/main.1.js': 'new' }));
    now = 30_000;
    expect((await get('1.20.1/main.1.js')).text).not.toBe('new');
    now = 61_000;
    expect((await get('1.20.1/main.1.js')).text).toBe('new');
  });

  it('is a problem while the bucket is silent, and comes when it answers again', async () => {
    s3.unavailable();
    expect((await get('1.20.1/main.1.js')).body.code).toBe('StorageUnavailable');
    s3.healthy();
    expect((await get('1.20.1/main.1.js')).status).toBe(200);
  });

  it('is a problem where the distribution has no JAR, or one that is none', async () => {
    expect((await get('9.9.9/main.1.js')).body.code).toBe('UnknownFlinkVersion');
    await s3.put(KEY, 'no JAR at all, just some text that is long enough');
    expect((await get('1.20.1/main.1.js')).body.code).toBe('JarMismatch');
  });
});

describe('the first page', () => {
  it('begins with the bridge, and has nothing that its policy does not let happen', async () => {
    const { text, headers } = await get('1.20.1/');
    expect(text).toContain('<script src="sluice-bridge.js" type="module"></script></head>');
    expect(text).not.toMatch(/manifest|onload/);
    expect(text).toContain('<script src="main.1.js" type="module">');
    expect(headers.get('cache-control')).toBe('no-store');
    expect((await get('1.20.1/sluice-bridge.js')).text).toBe('bridge()');
  });

  it('is not there without the console, which reads for it', async () => {
    await app.stop();
    app = await startApp({ flinkPages: new FlinkPages(s3, { '1.20.1': 'dist/flink-1.20.1' }), console: null });
    expect((await get('1.20.1/')).status).toBe(404);
  });
});
