import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sluice } from './run.ts';
import { ended, operation, problem, startStubApi, type StubApi } from './stub-api.ts';

let api: StubApi;
let folder: string;
beforeEach(async () => {
  api = await startStubApi();
  folder = await mkdtemp(join(tmpdir(), 'sluice-cli-'));
});
afterEach(async () => {
  await api.close();
  await rm(folder, { recursive: true });
});

const file = async (name: string, text: string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
};

const BASE = `apiVersion: sluice/v1
kind: FlinkJob
environment: dev
owner: {team: ads}
placement: {cluster: yarn-a}
flink: {version: "1.20.1"}
job: {jar: clicks.jar, entryClass: com.example.Clicks}
`;

describe('lists', () => {
  it('are tables for people and the shape of the API for programs', async () => {
    const page = { items: [ended('succeeded', { reason: 'because' })], nextCursor: 'next' };
    api.on('GET', '/jobs/clicks-dev/operations', { status: 200, body: page });
    const table = await sluice(['history', 'clicks-dev'], { api: api.url });
    expect(table.stdout).toMatch(/^ACCEPTED +JOB +KIND +OUTCOME/);
    expect(table.stdout).toMatch(/clicks-dev +deploy +succeeded +12 s +4 +tester +op-1 +because/);
    expect(table.stderr).toContain('--cursor next');
    const json = await sluice(['history', 'clicks-dev', '--output', 'json'], { api: api.url });
    expect(JSON.parse(json.stdout)).toEqual(page);
  });

  it('pass filters on', async () => {
    const seen: string[] = [];
    api.on('GET', '/jobs', (request, _body, response) => {
      seen.push(request.url ?? '');
      response.end('{"items":[],"nextCursor":null}');
    });
    const { stdout } = await sluice(['jobs', '--environment', 'prod', '--health', 'degraded', '--limit', '5'], {
      api: api.url,
    });
    expect(seen).toEqual(['/api/v1/jobs?environment=prod&health=degraded&limit=5']);
    expect(stdout).toContain('No jobs');
  });
});

describe('wait', () => {
  it('follows what is in progress', async () => {
    api.on('GET', '/jobs/clicks-dev', { status: 200, body: { operation: operation() } });
    api.on('GET', '/jobs/clicks-dev/operations/op-1', { status: 200, body: ended('failed') });
    expect((await sluice(['wait', 'clicks-dev'], { api: api.url })).exit).toBe(1);
    api.on('GET', '/jobs/clicks-dev', { status: 200, body: { operation: null } });
    expect((await sluice(['wait', 'clicks-dev'], { api: api.url })).exit).toBe(0);
  });

  const asked = ['wait', 'clicks-dev', 'op-1', '--appears-within', '20s'];
  const unknown = { status: 404, body: problem('NotFound', 404) };
  const jobThatRefused = (...ids: readonly string[]) => ({
    status: 200,
    body: {
      rejections: { last: ids.map((id) => ({ id, code: 'OperationInProgress', detail: `${id} met x` })), beyond: 0 },
    },
  });

  it('finds an operation that appears a moment after its signal', async () => {
    api.on('GET', '/jobs/clicks-dev', unknown, jobThatRefused('other'));
    api.on('GET', '/jobs/clicks-dev/operations/op-1', unknown, unknown, { status: 200, body: ended('succeeded') });
    expect((await sluice(asked, { api: api.url })).exit).toBe(0);
  });

  it('says what the job answered to a signal that was refused', async () => {
    api.on('GET', '/jobs/clicks-dev', jobThatRefused('op-1', 'other'));
    const { exit, stderr } = await sluice(asked, { api: api.url });
    expect(exit).toBe(4);
    expect(stderr).toContain('op-1 met x');
  });

  it('follows an operation that was taken after an earlier signal with its id was refused', async () => {
    api.on('GET', '/jobs/clicks-dev', jobThatRefused('op-1'));
    api.on('GET', '/jobs/clicks-dev/operations/op-1', { status: 200, body: ended('succeeded') });
    expect((await sluice(asked, { api: api.url })).exit).toBe(0);
  });

  it('does not wait for one that nobody knows, unless told to', async () => {
    expect((await sluice(['wait', 'clicks-dev', 'op-1'], { api: api.url })).exit).toBe(1);
    expect(api.asked.map(({ path }) => path)).toEqual(['/api/v1/jobs/clicks-dev/operations/op-1']);
  });
});

describe('deployment files', () => {
  it('are validated with their base, all mistakes of all files at once', async () => {
    await file('base.yaml', BASE);
    const good = await file('good.yaml', 'extends: base.yaml\nname: clicks-dev\n');
    const bad = await file('bad.yaml', `${BASE}name: clicks-prod\njobb: {}\n`);
    const worse = await file('worse.yaml', `${BASE}name: UPPER\n`);
    const fine = await sluice(['validate', good]);
    expect([fine.exit, fine.stdout]).toEqual([0, `${good}: ok, clicks-dev in dev\n`]);
    const { exit, stderr } = await sluice(['validate', good, bad, worse]);
    expect(exit).toBe(2);
    expect(stderr).toContain('bad.yaml: line 9, column 1');
    expect(stderr).toContain('worse.yaml: line 8');
  });

  it('may be a folder, whose base files are checked as such', async () => {
    await file('base.yaml', BASE);
    await file('good.yaml', 'extends: base.yaml\nname: clicks-dev\n');
    const { exit, stdout } = await sluice(['validate', folder, '-o', 'json']);
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      valid: true,
      files: [{ path: join(folder, 'good.yaml'), job: 'clicks-dev', environment: 'dev' }],
      bases: [join(folder, 'base.yaml')],
      warnings: [],
    });
    await file('promise.yaml', `${BASE}name: clicks-dev\nrecovery: {restart: {enabled: true}}\n`);
    const promise = await sluice(['validate', join(folder, 'promise.yaml')]);
    expect(promise.exit).toBe(0);
    expect(promise.stderr).toContain('promise.yaml: warning: recovery has no effect in this version');
    await file('base.yaml', `${BASE}frobnicate: 1\n`);
    const broken = await sluice(['validate', join(folder, 'base.yaml'), '-o', 'json']);
    expect(broken.exit).toBe(2);
    expect(JSON.parse(broken.stdout)).toMatchObject({ errors: [{ path: 'frobnicate', line: 8, column: 1 }] });
  });

  it('of fifty megabytes are not read, nor are such bases', async () => {
    const large = await file('large.yaml', '#'.repeat(50_000_000));
    const child = await file('child.yaml', 'extends: large.yaml\n');
    for (const path of [large, child]) {
      const { exit, stderr } = await sluice(['validate', path]);
      expect(exit).toBe(2);
      expect(stderr).toContain('large.yaml: line 1, column 1: the file must be at most 256 KiB');
    }
  });

  it('are rendered as JSON with the origin of each value', async () => {
    await file('base.yaml', BASE);
    const child = await file('child.yaml', 'extends: base.yaml\nname: clicks-dev\nflink: {config: {a: {b: 1}}}\n');
    const { stdout } = await sluice(['render', child, '-o', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({
      file: { name: 'clicks-dev', flink: { config: { 'a.b': '1' } } },
      origins: { name: 'file', 'job.jar': 'base', 'flink.config.a.b': 'file', 'job.parallelism': 'default' },
    });
  });

  it('are rendered with defaults', async () => {
    const path = await file('one.yaml', `${BASE}name: clicks-dev\n`);
    const { stdout } = await sluice(['render', path]);
    expect(stdout).toContain('onFailedStart: rollback');
    const short = await sluice(['render', path, '--without-defaults']);
    expect(short.stdout).not.toContain('onFailedStart');
  });

  it('have a schema', async () => {
    const { stdout } = await sluice(['schema']);
    expect(JSON.parse(stdout)).toHaveProperty('properties.apiVersion');
  });
});

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish'])('for %s names commands and options', async (shell) => {
    const { exit, stdout } = await sluice(['completion', shell]);
    expect(exit).toBe(0);
    for (const word of ['deploy', 'restore-points', 'release', 'api']) expect(stdout).toContain(word);
  });

  it('for bash is a script that bash takes', async () => {
    const { stdout } = await sluice(['completion', 'bash']);
    expect(spawnSync('bash', ['-n'], { input: stdout }).status).toBe(0);
  });
});

describe('the program itself', () => {
  it('runs from bin, and prints its version', () => {
    const ran = spawnSync(process.execPath, ['bin/sluice.mjs', '--version'], { encoding: 'utf8' });
    expect([ran.status, ran.stdout]).toEqual([0, '0.1.0\n']);
  });

  it('tells the exit codes in its help', async () => {
    const { exit, stdout } = await sluice(['--help']);
    expect(exit).toBe(0);
    expect(stdout).toContain('6 outcome unknown');
  });
});
