/**
 * Cancel, restart, rollback and kill by force on the command line. Seen to fail: with the exit code of `deploy` a cancel that
 * did what it should ended with 1, and one that came too late with 0; a refusal after a lost answer was believed, although the
 * first try had been heard; a cancel that came too late was shown as what ended the operation.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { phases } from '../../src/domain/lifecycle.ts';
import { sluice } from './run.ts';
import { ended, operation, problem, startStubApi, type StubApi } from './stub-api.ts';

let api: StubApi;
beforeEach(async () => void (api = await startStubApi()));
afterEach(async () => await api.close());

const OPERATIONS = '/jobs/clicks-dev/operations';
const CANCEL = `${OPERATIONS}/op-1/cancel`;
const accepted = { status: 202, body: { operation: operation() } };
const interruption = {
  how: 'cancelled',
  at: '2026-01-01T00:00:05.000Z',
  actor: 'ads',
  reason: 'wrong',
  by: null,
} as const;

describe('cancel', () => {
  it('asks what runs, then names it, and ends with 0 when it ended cancelled', async () => {
    api.on('GET', '/jobs/clicks-dev', { status: 200, body: { operation: operation() } });
    api.on('POST', CANCEL, accepted);
    api.on('GET', `${OPERATIONS}/op-1`, { status: 200, body: ended('cancelled', { interruption }) });
    const { exit, stdout } = await sluice(['cancel', 'clicks-dev', '--reason', 'wrong'], { api: api.url });
    expect(exit).toBe(0);
    expect(stdout).toContain('deploy of clicks-dev: cancelled');
    expect(stdout).toContain('cancelled by ads (wrong)');
    expect(api.asked.find(({ method }) => method === 'POST')?.body).toEqual({
      via: 'cli',
      actor: 'tester',
      reason: 'wrong',
    });
  });

  it.each([
    ['succeeded', 1],
    ['failed', 1],
    ['rolledBack', 1],
    ['superseded', 1],
  ] as const)('ends with 1 when the operation ended %s instead', async (outcome, exit) => {
    api.on('POST', CANCEL, accepted);
    api.on('GET', `${OPERATIONS}/op-1`, { status: 200, body: ended(outcome, { interruption }) });
    expect((await sluice(['cancel', 'clicks-dev', 'op-1'], { api: api.url })).exit).toBe(exit);
  });

  it('does not wait with --no-wait', async () => {
    api.on('POST', CANCEL, accepted);
    const { exit, stdout } = await sluice(['cancel', 'clicks-dev', 'op-1', '--no-wait'], { api: api.url });
    expect([exit, stdout]).toEqual([0, 'cancel of deploy op-1 of clicks-dev accepted\n']);
    expect(api.asked).toHaveLength(1);
  });

  it('ends with 3 when it takes longer than --timeout', async () => {
    api.on('POST', CANCEL, accepted);
    api.on('GET', `${OPERATIONS}/op-1`, { status: 200, body: operation() });
    expect((await sluice(['cancel', 'clicks-dev', 'op-1', '--timeout', '1s'], { api: api.url })).exit).toBe(3);
  });

  it('ends with 4 when nothing runs, and when it comes too late', async () => {
    api.on('GET', '/jobs/clicks-dev', { status: 200, body: { operation: null } });
    const nothing = await sluice(['cancel', 'clicks-dev'], { api: api.url });
    expect([nothing.exit, api.asked.length]).toEqual([4, 1]);
    expect(nothing.stderr).toContain('nothing is in progress');
    api.on('POST', CANCEL, { status: 409, body: problem('CommandNotAllowed', 409) });
    expect((await sluice(['cancel', 'clicks-dev', 'op-1'], { api: api.url })).exit).toBe(4);
  });

  it('whose answer was lost is told again, to the same operation', async () => {
    api.on('GET', '/jobs/clicks-dev', { status: 200, body: { operation: operation() } });
    api.on('POST', CANCEL, (_request, _body, response) => void response.destroy(), {
      status: 409,
      body: problem('CommandNotAllowed', 409),
    });
    api.on('GET', `${OPERATIONS}/op-1`, { status: 200, body: ended('cancelled', { interruption }) });
    const { exit } = await sluice(['cancel', 'clicks-dev'], { api: api.url });
    expect(exit).toBe(0);
    expect(api.asked.filter(({ path }) => path.endsWith('/cancel'))).toHaveLength(2);
    expect(api.asked.filter(({ path }) => path.endsWith('/jobs/clicks-dev'))).toHaveLength(1);
  });

  it('ends with 6 when nobody answers', async () => {
    expect((await sluice(['cancel', 'clicks-dev', 'op-1', '--retry-for', '300ms'])).exit).toBe(6);
  });
});

describe('what is asked for', () => {
  it.each([
    [['restart', 'clicks-dev'], { kind: 'restart' }],
    [['restart', 'clicks-dev', '-s', 's3://b/sp', '-n'], { from: 's3://b/sp', allowNonRestoredState: true }],
    [['restart', 'clicks-dev', '--stop-with', 'checkpoint'], { stopWith: 'checkpoint' }],
    [['rollback', 'clicks-dev'], { kind: 'rollback' }],
    [['rollback', 'clicks-dev', '--to', '7', '--accept-state-risk'], { to: 7, acceptStateRisk: true }],
    [['rollback', 'clicks-dev', '--from', 'latest-checkpoint', '--discard-newer-state'], { discardNewerState: true }],
    [['kill', 'clicks-dev', '--force'], { kind: 'kill', force: true }],
    [['stop', 'clicks-dev', '--stop-with', 'checkpoint'], { kind: 'stop', stopWith: 'checkpoint' }],
    [['deploy', 'clicks-dev', '--release', 'c/1', '--accept-state-risk', '-n'], { acceptStateRisk: true }],
    [['resume', 'clicks-dev', '--accept-state-risk', '-s', 's3://b/sp'], { from: 's3://b/sp', acceptStateRisk: true }],
  ] as const)('%j', async (args, asked) => {
    api.on('POST', OPERATIONS, accepted);
    expect((await sluice([...args, '--no-wait'], { api: api.url })).exit).toBe(0);
    expect(api.asked[0]?.body).toMatchObject(asked);
  });

  it('without flags has no fields but those that say who asks', async () => {
    api.on('POST', OPERATIONS, accepted);
    await sluice(['rollback', 'clicks-dev', '--no-wait', '--id', 'r'], { api: api.url });
    expect(api.asked[0]?.body).toEqual({ via: 'cli', actor: 'tester', kind: 'rollback', id: 'r' });
  });

  it.each([
    [['rollback', 'clicks-dev', '--to', '0']],
    [['rollback', 'clicks-dev', '--to', 'last']],
    [['restart', 'clicks-dev', '--from', 'fresh', '-s', 's3://b/c']],
    [['restart', 'clicks-dev', '--stop-with', 'luck']],
    [['cancel']],
    [['logs', 'clicks-dev', '--tail', '1048577']],
    [['logs', 'clicks-dev', '-f', '-o', 'json']],
  ] as const)('%j ends with 2', async (args) => {
    expect((await sluice(args, { api: api.url })).exit).toBe(2);
    expect(api.asked).toHaveLength(0);
  });
});

describe('status', () => {
  const job = {
    name: 'clicks-dev',
    state: 'running',
    stateMeaning: 'It runs.',
    stateSince: '2026-01-01T00:00:00.000Z',
    stateReason: null,
    next: 'x',
    allowed: [],
    health: 'degraded',
    healthReasons: ['no checkpoint for 4 minutes', 'restarting'],
    healthSince: '2026-01-01T00:00:00.000Z',
    sync: 'inSync',
    observedAt: '2026-01-01T00:00:00.000Z',
    pendingStop: { operationId: 'op-0', epoch: 3, since: '2026-01-01T00:00:00.000Z' },
    operation: operation({ phase: 'verifying' }),
    deployment: null,
    configuration: null,
    hotfix: null,
    savepoints: [],
    skippedSavepoints: { count: 0, last: null },
    periodicSavepoints: null,
    autoDeploy: null,
    rejections: { last: [], beyond: 0 },
    links: { self: '', temporal: null, yarn: null, flink: null },
  };

  it('shows why a job is not healthy, what cancelling would do now, and a stop that nobody has heard the end of', async () => {
    api.on('GET', '/jobs/clicks-dev', { status: 200, body: job });
    const { stdout } = await sluice(['status', 'clicks-dev'], { api: api.url });
    expect(stdout).toMatch(/health +degraded since 2\d+-.*: no checkpoint for 4 minutes; restarting/);
    expect(stdout).toContain(`verifying: ${phases.verifying.meaning}`);
    expect(stdout).toMatch(new RegExp(`cancel now +${phases.verifying.cancel}`));
    expect(stdout).toMatch(/pending stop +of op-0 since .*only kill is accepted/);
  });

  it('shows that somebody has cancelled already', async () => {
    const body = { ...job, pendingStop: null, operation: operation({ phase: 'verifying', interruption }) };
    api.on('GET', '/jobs/clicks-dev', { status: 200, body });
    const { stdout } = await sluice(['status', 'clicks-dev'], { api: api.url });
    expect(stdout).toMatch(/cancel now +is being cancelled by ads \(wrong\)/);
    expect(stdout).not.toContain('pending stop');
  });
});

describe('history', () => {
  it('says by whom an operation was cut short, and who came too late', async () => {
    const superseded = { ...interruption, how: 'superseded', actor: 'oncall', reason: null, by: 'kill-1' } as const;
    const items = [
      ended('cancelled', { interruption }),
      ended('superseded', { interruption: superseded }),
      ended('succeeded', { interruption }),
    ];
    api.on('GET', OPERATIONS, { status: 200, body: { items, nextCursor: null } });
    const { stdout } = await sluice(['history', 'clicks-dev'], { api: api.url });
    const lines = stdout.split('\n');
    expect(lines[1]).toContain('cancelled by ads (wrong)');
    expect(lines[2]).toContain('superseded by kill-1 of oncall');
    expect(lines[3]).toContain('was to be cancelled by ads (wrong), but ended before');
  });
});
