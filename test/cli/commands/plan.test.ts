import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { preflights, passed, refused } from '../../../src/domain/plan/preflight.ts';
import type { Plan } from '../../../src/domain/plan/plan.ts';
import { sluice } from '../run.ts';
import { operation, problem, startStubApi, type StubApi } from '../stub-api.ts';

let api: StubApi;
beforeEach(async () => void (api = await startStubApi()));
afterEach(async () => await api.close());

const REVISION = 'ab'.repeat(32);

const upgrade: Plan = {
  job: 'clicks-dev',
  kind: 'deploy',
  ok: true,
  revision: REVISION,
  plannedAt: '2026-01-01T00:00:00.000Z',
  summary: 'deployment 3 is stopped with a savepoint, then clicks/1.1.0 starts on yarn-a from that savepoint',
  state: 'running',
  changes: {
    release: { before: 'clicks/1.0.0', after: 'clicks/1.1.0' },
    gitCommit: { before: 'aaaaaaa', after: 'bbbbbbb' },
    file: { before: 'a', after: 'b', diff: '--- clicks/1.0.0\n+++ clicks/1.1.0\n@@ -1 +1 @@\n-a: 1\n+a: 2\n' },
    configuration: [
      { key: 'a.b', before: '1', after: '2', originBefore: 'platform', originAfter: 'deployment file' },
      { key: 'a.c', before: null, after: '3', originBefore: null, originAfter: 'hotfix' },
    ],
    configurationLeftOut: 0,
    jar: {
      before: { name: 'clicks.jar', sha256: 'c'.repeat(64), size: 2048, release: 'clicks/1.0.0' },
      after: { name: 'clicks.jar', sha256: 'd'.repeat(64), size: 4096, release: 'clicks/1.1.0' },
      changed: true,
    },
    shipped: [
      { name: 'rules.jar', kind: 'jar', before: null, after: { sha256: 'e'.repeat(64), size: 1024 } },
      {
        name: 'app.properties',
        kind: 'file',
        before: { sha256: 'f'.repeat(64), size: 12 },
        after: { sha256: 'a'.repeat(64), size: 13 },
      },
    ],
    hotfix: {
      before: null,
      after: { set: { 'flink.config.a.c': '3' }, unset: [] },
      lines: ['flink.config.a.c = 3 (file: -)'],
      expiresAt: '2026-01-08T00:00:00.000Z',
    },
    cluster: { before: 'yarn-a', after: 'yarn-a' },
    launcher: { before: 'direct', after: 'direct' },
    flinkVersion: { before: '1.20.1', after: '1.20.1' },
    parallelism: { before: 1, after: 2 },
  },
  ownership: null,
  foreignState: null,
  stop: {
    with: 'savepoint',
    drain: false,
    deployment: 3,
    application: 'application_1_0001',
    cluster: 'yarn-a',
    newestCheckpoint: null,
  },
  restorePoint: 'from-stop',
  onFailedStart: 'rollback',
  checks: [passed('state'), passed('jar')],
  warnings: ['cluster yarn-b does not answer'],
  phases: [{ name: 'checking', meaning: 'm' }],
};

describe('plan', () => {
  it('takes the options of the operation and shows what would change; exit code 0', async () => {
    api.on('POST', '/jobs/clicks-dev/plan', { status: 200, body: upgrade });
    const args = ['plan', 'deploy', 'clicks-dev', 'clicks/1.1.0', '-D', 'a.c=3', '--from', 'latest', '--reason', 'why'];
    const { exit, stdout } = await sluice(args, { api: api.url });
    expect(exit).toBe(0);
    expect(api.asked).toMatchObject([
      {
        method: 'POST',
        path: '/api/v1/jobs/clicks-dev/plan',
        body: { kind: 'deploy', release: 'clicks/1.1.0', from: 'latest', hotfix: { set: { 'flink.config.a.c': '3' } } },
      },
    ]);
    for (const text of [
      'clicks/1.0.0 → clicks/1.1.0',
      'clicks.jar cccccccccccc (2.0 KiB) → clicks.jar dddddddddddd (4.0 KiB)',
      '-a: 1\n+a: 2\n',
      '- a.b: 1  (platform)\n+ a.b: 2  (deployment file)\n+ a.c: 3  (hotfix)\n',
      'flink.config.a.c = 3 (file: -)',
      '#3 with a savepoint (application_1_0001 on yarn-a)',
      'the state that stopping leaves',
      '#3 is started again from the state of this operation',
      'warning: cluster yarn-b does not answer',
      `--if-match ${REVISION}`,
    ])
      expect(stdout).toContain(text);
  });

  it('names every problem at once, with what to do; exit code 1', async () => {
    const checks = [
      refused('state', 'OperationInProgress', 'clicks-dev is held by somebody'),
      refused('queue', 'QueueNotFound', 'cluster yarn-a has no queue nowhere'),
      passed('jar'),
    ];
    api.on('POST', '/jobs/clicks-dev/plan', { status: 200, body: { ...upgrade, ok: false, checks } });
    const { exit, stdout } = await sluice(['plan', 'restart', 'clicks-dev'], { api: api.url });
    expect(exit).toBe(1);
    expect(stdout).toContain('NO  state: OperationInProgress: clicks-dev is held by somebody\n');
    expect(stdout).toContain('NO  queue: QueueNotFound: cluster yarn-a has no queue nowhere\n');
    expect(stdout).toContain(`ok  jar: ${preflights.jar}\n`);
    expect(stdout).toContain('It would be refused: 2 problems.');
  });

  it('is the answer of the API for programs', async () => {
    api.on('POST', '/jobs/clicks-dev/plan', { status: 200, body: upgrade });
    const { stdout } = await sluice(['plan', 'kill', 'clicks-dev', '-o', 'json'], { api: api.url, answer: 'no' });
    expect(JSON.parse(stdout)).toEqual(upgrade);
    expect(api.asked).toMatchObject([{ body: { kind: 'kill' } }]);
  });

  it('of nothing is wrong use', async () => {
    const { exit, stderr } = await sluice(['plan', 'deploy', 'clicks-dev'], { api: api.url });
    expect(exit).toBe(2);
    expect(stderr).toContain('--release');
  });
});

describe('--if-match', () => {
  it('holds the operation to the plan, and exits with 4 when that is outdated', async () => {
    const seen: (string | undefined)[] = [];
    api.on('POST', '/jobs/clicks-dev/operations', (request, _body, response) => {
      seen.push(request.headers['if-match']);
      response.writeHead(412, { 'content-type': 'application/json' });
      response.end(JSON.stringify(problem('PlanOutdated', 412)));
    });
    const args = ['deploy', 'clicks-dev', 'clicks/1.1.0', '--if-match', REVISION];
    const { exit, stderr } = await sluice(args, { api: api.url });
    expect(exit).toBe(4);
    expect(stderr).toContain('hint of PlanOutdated');
    expect(seen).toEqual([`"${REVISION}"`]);
  });

  it('is not sent by who does not say it', async () => {
    let header: string | undefined = 'none yet';
    api.on('POST', '/jobs/clicks-dev/operations', (request, _body, response) => {
      header = request.headers['if-match'];
      response.writeHead(202, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ operation: operation() }));
    });
    expect((await sluice(['stop', 'clicks-dev', '--no-wait'], { api: api.url })).exit).toBe(0);
    expect(header).toBeUndefined();
  });
});

/** A plan ends with "Only as planned: --if-match …", so the operation must take that option. */
it.each(['deploy', 'resume', 'restart', 'rollback', 'hotfix', 'savepoint', 'stop', 'kill'])(
  '%s takes the revision of its plan',
  async (kind) => {
    const { stdout } = await sluice([kind, '--help']);
    expect(stdout).toContain('--if-match <revision>');
  },
);
