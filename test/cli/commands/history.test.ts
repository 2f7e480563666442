/** Seen to fail: a cancel that came too late was shown as what ended the operation. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sluice } from '../run.ts';
import { ended, startStubApi, type StubApi } from '../stub-api.ts';

let api: StubApi;
beforeEach(async () => void (api = await startStubApi()));
afterEach(async () => await api.close());

const OPERATIONS = '/jobs/clicks-dev/operations';
const interruption = {
  how: 'cancelled',
  at: '2026-01-01T00:00:05.000Z',
  actor: 'ads',
  reason: 'wrong',
  by: null,
} as const;

describe('history', () => {
  it('is a table for people and the shape of the API for programs', async () => {
    const page = { items: [ended('succeeded', { reason: 'because' })], nextCursor: 'next' };
    api.on('GET', '/jobs/clicks-dev/operations', { status: 200, body: page });
    const table = await sluice(['history', 'clicks-dev'], { api: api.url });
    expect(table.stdout).toMatch(/^ACCEPTED +KIND +RELEASE +OUTCOME/);
    expect(table.stdout).toMatch(/2026-01-01 00:00:00Z +deploy +- +succeeded +12 s +4 +tester +cli +op-1 +because/);
    expect(table.stderr).toContain('--cursor next');
    const json = await sluice(['history', 'clicks-dev', '--output', 'json'], { api: api.url });
    expect(JSON.parse(json.stdout)).toEqual(page);
  });

  it('names the operations whose record cannot be read', async () => {
    const unreadable = [
      { key: 'audit/clicks-dev/x.json', problem: 'audit/clicks-dev/x.json is not what Sluice writes' },
    ];
    const page = { items: [ended('succeeded')], nextCursor: null, unreadable };
    api.on('GET', OPERATIONS, { status: 200, body: page });
    const { stdout, stderr, exit } = await sluice(['history', 'clicks-dev'], { api: api.url });
    expect(stdout).toContain('succeeded');
    expect(stderr).toContain('not shown: audit/clicks-dev/x.json is not what Sluice writes');
    expect(exit).toBe(0);
  });

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
    expect(lines[3]).toContain('ads asked to cancel it (wrong), but it had already ended');
  });

  it('names releases: the one that was started, else the one that was asked for', async () => {
    const backTo = { deployment: 2, release: 'clicks/1.0.0', hotfix: null, leftOut: null };
    const items = [
      ended('succeeded', { kind: 'rollback', release: 'clicks/1.0.0', backTo }),
      ended('failed', { request: { release: 'clicks/2.0.0' } }),
    ];
    api.on('GET', '/operations', { status: 200, body: { items, nextCursor: null } });
    const { stdout } = await sluice(['history'], { api: api.url });
    expect(stdout).toMatch(
      /clicks-dev +rollback +clicks\/1\.0\.0 .* back to deployment 2, clicks\/1\.0\.0 without a hotfix/,
    );
    expect(stdout).toMatch(/clicks-dev +deploy +clicks\/2\.0\.0 +failed/);
  });
});
