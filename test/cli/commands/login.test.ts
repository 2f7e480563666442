/**
 * Contexts, logins and logouts of the CLI: which API is asked, and to whom secrets go.
 *
 * Seen to fail: with the secret of a context sent to any address; with a login over plain http; with a file that others
 * can read; with a refusal that must be JSON.
 */
import { chmodSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Output, type Stream } from '../../../src/cli/output.ts';
import { runCli } from '../../../src/cli/program.ts';
import { problem, startStubApi, type StubApi } from '../stub-api.ts';

const SESSION = `sls_0123456789abcdef_${'s'.repeat(43)}`;
const TOKEN = `slc_ci_${'t'.repeat(43)}`;
const EXPIRES = '2030-01-01T00:00:00.000Z';

let api: StubApi;
let other: StubApi;
let file: string;
let shown: string[];

beforeEach(async () => {
  [api, other] = await Promise.all([startStubApi(), startStubApi()]);
  file = join(mkdtempSync(join(tmpdir(), 'sluice-contexts-')), 'deep', 'contexts.json');
  for (const name of ['SLUICE_API', 'SLUICE_TOKEN', 'SLUICE_CONTEXT']) vi.stubEnv(name, undefined);
  vi.stubEnv('SLUICE_CONTEXTS', file);
  shown = [];
  for (const stub of [api, other])
    stub.on('GET', '/jobs', ({ headers }, _body, response) => {
      shown.push(`${stub === api ? 'api' : 'other'} ${headers.authorization ?? 'nothing'}`);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"items":[],"nextCursor":null}');
    });
  api.on('POST', '/login/device', {
    status: 200,
    body: {
      deviceCode: 'the-device-code',
      userCode: 'ABCD-EFGH',
      verificationUri: 'https://id.example/activate',
      verificationUriComplete: null,
      expiresInSeconds: 600,
      intervalSeconds: 0,
    },
  });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all([api.close(), other.close()]);
});

async function sluice(...args: string[]) {
  const written = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof written): Stream => ({ write: (text) => void (written[name] += text) });
  const out = new Output(stream('stdout'), stream('stderr'));
  const exit = await runCli(args, { out, interrupted: new AbortController().signal, ask: null, browse: null });
  return { exit, ...written };
}

const loggedIn = (): void => {
  const session = { session: SESSION, name: 'ada', expiresAt: EXPIRES };
  api.on('POST', '/login/device/token', { status: 202, body: { slowDown: false } }, { status: 503, body: problem('LoginUnavailable', 503) }, { status: 200, body: session }); // prettier-ignore
};

describe('sluice login', () => {
  beforeEach(loggedIn);

  it('waits for the person, also while the provider is silent, and keeps the session for its owner only', async () => {
    await sluice('context', 'add', 'prod', api.url);
    const { exit, stdout, stderr } = await sluice('login');
    expect([exit, stdout]).toEqual([0, expect.stringContaining('Logged in to prod as ada')]);
    expect(stderr).toContain('Open https://id.example/activate');
    expect(stderr).toContain('ABCD-EFGH');
    expect(stdout + stderr).not.toMatch(/sls_|the-device-code/);
    expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
    expect((await sluice('jobs')).exit).toBe(0);
    expect(shown).toEqual([`api Bearer ${SESSION}`]);
    expect((await sluice('context', 'list', '-o', 'json')).stdout).not.toContain('sls_');
  });

  it('makes a context where none has the address', async () => {
    await sluice('login', '--api', api.url);
    const { stdout } = await sluice('context', 'list', '-o', 'json');
    expect(JSON.parse(stdout)).toMatchObject({
      items: [{ name: new URL(api.url).host, api: api.url, current: true, as: 'ada' }],
    });
  });

  it('asks nobody to log in where the session would come over plain http', async () => {
    const { exit, stderr } = await sluice('login', '--api', 'http://sluice.example.com');
    expect([exit, stderr]).toEqual([
      2,
      expect.stringContaining('No token goes to or from sluice.example.com over plain http'),
    ]);
  });

  it('that is denied ends with 5, and keeps nothing', async () => {
    api.on('POST', '/login/device/token', { status: 403, body: problem('LoginDenied', 403) });
    expect((await sluice('login', '--api', api.url)).exit).toBe(5);
    expect(() => readFileSync(file)).toThrow('ENOENT');
  });
});

describe('sluice logout', () => {
  beforeEach(async () => {
    loggedIn();
    await sluice('login', '--api', api.url);
  });

  it.each([
    ['ends the session', { status: 204, body: null }],
    ['finds that it has ended', { status: 401, body: problem('Unauthenticated', 401) }],
  ])('%s, and forgets it', async (_what, answer) => {
    api.on('POST', '/logout', ({ headers }, _body, response) => {
      shown.push(`api ${headers.authorization ?? 'nothing'}`);
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.status === 204 ? '' : JSON.stringify(answer.body)); // prettier-ignore
    });
    vi.stubEnv('SLUICE_TOKEN', TOKEN);
    expect((await sluice('logout')).exit).toBe(0);
    expect(shown).toEqual([`api Bearer ${SESSION}`]);
    expect(readFileSync(file, 'utf8')).not.toContain('sls_');
    expect((await sluice('logout')).exit).toBe(2);
  });

  it('of a silent API fails, and forgets nothing, because the session goes on', async () => {
    await api.close();
    expect((await sluice('logout')).exit).toBe(6);
    expect(readFileSync(file, 'utf8')).toContain(SESSION);
  });
});

describe('the API that a command asks, and the secret that it shows', () => {
  beforeEach(async () => {
    vi.stubEnv('SLUICE_TOKEN', TOKEN);
    await sluice('context', 'add', 'one', api.url, '--keep-token');
    await sluice('context', 'add', 'two', other.url);
    vi.stubEnv('SLUICE_TOKEN', undefined);
  });
  const ENV = `slc_env_${'e'.repeat(43)}`;

  it.each<[string, Record<string, string>, string[], string]>([
    ['the current context', {}, [], `api Bearer ${TOKEN}`],
    ['a context of the environment', { SLUICE_CONTEXT: 'two' }, [], 'other nothing'],
    [
      'an address of the environment before the contexts',
      { SLUICE_API: 'OTHER', SLUICE_CONTEXT: 'one' },
      [],
      'other nothing',
    ],
    ['a token of the environment before that of the context', { SLUICE_TOKEN: ENV }, [], `api Bearer ${ENV}`],
    [
      'a context of the options before the environment',
      { SLUICE_API: 'OTHER', SLUICE_TOKEN: ENV },
      ['--context', 'one'],
      `api Bearer ${TOKEN}`,
    ],
    ['an address of the options before all', { SLUICE_CONTEXT: 'one' }, ['--api', 'OTHER'], 'other nothing'],
    ['the address of the context, with its secret', {}, ['--api', 'API/'], `api Bearer ${TOKEN}`],
    [
      'a token of the options before all',
      { SLUICE_TOKEN: ENV },
      ['--token', TOKEN, '--api', 'OTHER'],
      `other Bearer ${TOKEN}`,
    ],
  ])('are %s', async (_what, environment, options, expected) => {
    const placed = (text: string): string => text.replace('OTHER', other.url).replace('API', api.url);
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, placed(value));
    expect((await sluice('jobs', ...options.map(placed))).exit).toBe(0);
    expect(shown).toEqual([expected]);
  });

  it('change with `use` and `remove`', async () => {
    await sluice('context', 'use', 'two');
    await sluice('jobs');
    expect(shown).toEqual(['other nothing']);
    expect((await sluice('context', 'remove', 'two')).exit).toBe(0);
    const { exit, stderr } = await sluice('context', 'use', 'two');
    expect([exit, stderr]).toEqual([2, expect.stringContaining('There is no context two; there are one')]);
  });

  it.each([
    [['context', 'add', 'one', 'http://x'], 'There is a context one already'],
    [['context', 'add', '-x', 'http://x'], ''],
    [['context', 'add', 'three', 'ftp://x'], 'is no address'],
    [['context', 'add', 'three', 'http://x', '--keep-token'], 'There is no token to keep'],
    [['--context', '__proto__', 'jobs'], 'There is no context __proto__'],
  ])('%j is wrong', async (args, message) => {
    const { exit, stderr } = await sluice(...args);
    expect([exit, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it('are none in a file that others can read, or that is none of ours', async () => {
    chmodSync(file, 0o644);
    expect((await sluice('jobs')).stderr).toContain(`chmod 600 ${file}`);
    chmodSync(file, 0o600);
    writeFileSync(file, '{"contexts":[]}');
    expect((await sluice('jobs')).exit).toBe(2);
    expect(shown).toEqual([]);
  });
});

it('a refusal that is a page of a proxy ends with 5', async () => {
  for (const path of ['/jobs', '/jobs/clicks-dev/logs/jobmanager.log']) {
    api.on('GET', path, (_request, _body, response) => void response.writeHead(401, { 'content-type': 'text/html' }).end('<h1>Log in</h1>')); // prettier-ignore
  }
  expect((await sluice('jobs', '--api', api.url)).exit).toBe(5);
  expect((await sluice('logs', 'clicks-dev', '--file', 'jobmanager.log', '--api', api.url)).exit).toBe(5);
});
