/** Which requests get the console, and with which headers. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConsole } from '../../../src/api/console/files.ts';
import { startApp, type App } from '../start-app.ts';

const HTML = 'text/html,application/xhtml+xml,*/*;q=0.8';
const folder = mkdtempSync(join(tmpdir(), 'sluice-console-'));
let app: App;

beforeAll(async () => {
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<meta content="__NONCE__"><meta content="__VERSION__">');
  const script = Buffer.from('console.log(1);'.repeat(50));
  writeFileSync(join(folder, 'assets', 'main-1.js'), script);
  writeFileSync(join(folder, 'assets', 'main-1.js.br'), brotliCompressSync(script));
  writeFileSync(join(folder, 'assets', 'main-1.js.gz'), gzipSync(script));
  app = await startApp({ console: readConsole(folder), version: '1.2.3' });
});
afterAll(async () => await app.stop());

const open = (path: string, accept = HTML) => app.send(path, { headers: { accept } });

describe('the page', () => {
  it.each(['/', '/jobs', '/jobs/clicks-prod/operations/op-1?x=1', '/anything'])('is at %s for people', async (path) => {
    const { status, headers, text } = await open(path);
    expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([
      200,
      'text/html; charset=utf-8',
      'no-store',
    ]);
    expect(text).toContain('content="1.2.3"');
  });

  it('has a policy that lets nothing in from elsewhere, with a nonce for this answer alone', async () => {
    const [first, second] = [await open('/jobs'), await open('/jobs')];
    const policy = first.headers.get('content-security-policy') ?? '';
    const nonce = /'nonce-([\w+/=]{20,})'/.exec(policy)?.[1] ?? '';
    expect(first.text).toContain(`content="${nonce}"`);
    expect(second.text).not.toContain(nonce);
    expect(policy.replace(nonce, 'N').split('; ')).toEqual([
      `default-src 'none'`,
      `script-src 'self'`,
      `style-src 'self' 'nonce-N'`,
      `img-src 'self' data:`,
      `font-src 'self'`,
      `connect-src 'self'`,
      `frame-src 'self'`,
      `worker-src 'self'`,
      `base-uri 'none'`,
      `form-action 'self'`,
      `frame-ancestors 'none'`,
      `require-trusted-types-for 'script'`,
      `trusted-types 'none'`,
    ]);
  });

  it.each([
    ['/jobs', '*/*'],
    ['/jobs', 'application/json'],
    ['/api/v1/nothing', HTML],
    ['/api/nothing', HTML],
    ['/assets/gone.js', HTML],
  ])('is not the answer to %s for %s', async (path, accept) => {
    const { status, body } = await open(path, accept);
    expect([status, body.code]).toEqual([404, 'NotFound']);
  });

  it('takes the place of no route', async () => {
    expect((await open('/api/v1/jobs')).body.items).toEqual([]);
    expect((await open('/docs')).text).toContain('Sluice API');
    const { status } = await app.post('/jobs', {}, { accept: HTML });
    expect(status).toBe(404);
  });
});

describe('an asset', () => {
  it.each([
    ['br, gzip', 'br'],
    ['gzip, deflate', 'gzip'],
    ['identity', null],
  ])('is compressed for %s, and good for ever', async (accepted, encoding) => {
    const { status, headers, text } = await app.send('/assets/main-1.js', { headers: { 'accept-encoding': accepted } });
    expect([status, headers.get('content-encoding'), headers.get('vary')]).toEqual([200, encoding, 'Accept-Encoding']);
    expect(headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(text).toContain('console.log(1);');
  });

  it.each(['/assets/..%2findex.html', '/assets/main-1.js.br', '/assets/'])('%s is none', async (path) => {
    expect((await open(path)).status).toBe(404);
  });
});

it('an API without a built console answers as before', () => {
  expect(readConsole(join(folder, 'nowhere'))).toBeNull();
});
