/**
 * `sluice cluster`: what it asks for, and what people read.
 *
 * Seen to fail: a drain that is over and leaves jobs on the cluster with the exit code of a success.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jobAccepted, jobAsked, jobEnded } from '../../../src/domain/campaign/transitions.ts';
import { campaignViewOf } from '../../../src/domain/campaign/view.ts';
import { AT, campaignOf } from '../../domain/campaign/plans.ts';
import { sluice } from '../run.ts';
import { startStubApi, type StubApi } from '../stub-api.ts';

const cordoned = { at: '2026-01-01T00:00:00.000Z', by: 'oncall', reason: 'new disks' };
let api: StubApi;
beforeEach(async () => {
  api = await startStubApi();
  api.on('POST', '/clusters/yarn-a/cordon', { status: 200, body: { name: 'yarn-a', cordoned } });
  api.on('POST', '/clusters/yarn-a/uncordon', { status: 200, body: { name: 'yarn-a', cordoned: null } });
});
afterEach(async () => await api.close());

it('cordons with a reason, and says since when and by whom', async () => {
  const { exit, stdout } = await sluice(['cluster', 'cordon', 'yarn-a', '--reason', 'new disks'], { api: api.url });
  expect(exit).toBe(0);
  expect(stdout).toBe('Cluster yarn-a takes no new starts since 2026-01-01 00:00:00Z, by oncall: new disks\n');
  expect(api.asked.at(-1)?.body).toEqual({ reason: 'new disks' });
});

it('refuses to cordon without a reason', async () => {
  expect(await sluice(['cluster', 'cordon', 'yarn-a'], { api: api.url })).toMatchObject({ exit: 2 });
  expect(api.asked).toEqual([]);
});

it('uncordons, and prints JSON for programs', async () => {
  const people = await sluice(['cluster', 'uncordon', 'yarn-a'], { api: api.url });
  expect(people.stdout).toBe('Cluster yarn-a takes starts.\n');
  const programs = await sluice(['cluster', 'uncordon', 'yarn-a', '-o', 'json'], { api: api.url });
  expect(JSON.parse(programs.stdout)).toEqual({ name: 'yarn-a', cordoned: null });
});

it('lists which clusters take starts', async () => {
  const item = {
    ...{ name: 'yarn-a', zone: 'a', resourceManager: 'http://rm', launchers: ['direct'], version: '3', problem: null },
    ...{ activeNodes: 1, runningApplications: 0, memoryMb: null, reachable: true },
  };
  api.on('GET', '/clusters', {
    status: 200,
    body: {
      items: [
        { ...item, cordoned },
        { ...item, name: 'yarn-b', cordoned: null },
      ],
      nextCursor: null,
    },
  });
  const { stdout, stderr } = await sluice(['clusters'], { api: api.url });
  expect(stdout).toMatch(/yarn-a +a +yes +no /);
  expect(stdout).toMatch(/yarn-b +a +yes +yes /);
  expect(stderr).toContain('yarn-a: cordoned since 2026-01-01 00:00:00Z by oncall: new disks');
});

describe('a drain', () => {
  const plan = { kind: 'move', selector: 'cluster=yarn-a', maxParallel: 1, canaries: 0, stopAfter: 1, jobs: [] };
  const leftOut = [{ job: 'clicks', why: 'its deployment file names no cluster besides yarn-a' }];

  it('shows its plan, asks, and begins with the limits', async () => {
    const { fingerprint: _fingerprint, ...campaign } = campaignViewOf(campaignOf(['orders'], { kind: 'move' }));
    api.on(
      'POST',
      '/clusters/yarn-a/drain',
      { status: 200, body: { ...plan, leftOut } },
      { status: 202, body: { campaign: { ...campaign, hidden: 0 } } },
    );
    const words = ['cluster', 'drain', 'yarn-a', '--to', 'yarn-b', '--max-parallel', '5', '--reason', 'new disks'];
    const { exit, stdout } = await sluice(words, { api: api.url, answer: 'y' });
    expect([exit, stdout]).toEqual([0, expect.stringContaining('left out: clicks: its deployment file names')]);
    expect(stdout).toContain('Campaign nightly has begun: move of 1 job');
    const body = { to: 'yarn-b', maxParallel: 5, reason: 'new disks' };
    expect(api.asked.map(({ body: asked }) => asked)).toEqual([
      { ...body, dryRun: true },
      { ...body, id: expect.stringMatching(/^drain-/) as string },
    ]);
  });

  it('of a cluster from which no job can move lists the jobs', async () => {
    api.on('POST', '/clusters/yarn-a/drain', { status: 200, body: { ...plan, leftOut } });
    api.on('GET', '/jobs', { status: 200, body: { items: [], nextCursor: null } });
    const { exit, stdout } = await sluice(['cluster', 'drain', 'yarn-a', '--reason', 'x', '--yes'], { api: api.url });
    expect([exit, stdout]).toEqual([0, expect.stringContaining('plan: move of 0 jobs')]);
    expect((await sluice(['cluster', 'drain', 'yarn-a'], { api: api.url })).exit).toBe(2);
  });

  const moved = campaignOf(['orders'], { kind: 'move', leftOut });
  const end = { outcome: 'succeeded', code: null, detail: null, deployment: 2 } as const;
  const succeeded = {
    ...campaignViewOf(jobEnded(jobAccepted(jobAsked(moved, 0, AT), 0, AT), 0, end, AT)),
    ...{ hidden: 0, notAllowed: null },
  };
  it.each([
    ['no job can move', { status: 200, body: { ...plan, leftOut } }],
    ['a job was left out', { status: 202, body: { campaign: succeeded } }],
  ])('that is over fails while a job still runs there: %s', async (_which, answer) => {
    api.on('POST', '/clusters/yarn-a/drain', answer);
    api.on('GET', '/campaigns/nightly', { status: 200, body: { campaign: succeeded } });
    const items = ['clicks', ...(answer.status === 202 ? ['orders'] : [])].map((name) => ({ name, state: 'running' }));
    api.on('GET', '/jobs', { status: 200, body: { items, nextCursor: null } });
    const words = ['cluster', 'drain', 'yarn-a', '--reason', 'x', '--yes', '--wait'];
    const { exit, stderr } = await sluice(words, { api: api.url });
    expect(exit).toBe(1);
    expect(stderr).toContain('Jobs still run on yarn-a: 1');
    expect(stderr).toContain(
      'clicks is running, and was left out: its deployment file names no cluster besides yarn-a',
    );
    expect(stderr).not.toContain('orders');
    expect(api.asked.at(-1)?.query).toBe('?cluster=yarn-a&state=running%2Cdeploying%2Cunreachable&limit=200');
    api.on('GET', '/jobs', { status: 200, body: { items: [], nextCursor: null } });
    expect((await sluice(words, { api: api.url })).exit).toBe(0);
  });
});
