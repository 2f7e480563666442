/**
 * Campaigns through the API: which jobs are chosen and which are left out, who may begin, see and command them.
 *
 * Seen to fail: a job of another team asked; the owner left out of the plan; a label that is not known taken for none; a job that was
 * stopped asked; a cordoned cluster chosen; the name of a foreign job shown; a command of any deployer obeyed; another request that
 * gets the campaign of its id; a dry run of a drain that cordons; a drain that moves jobs of other clusters; a drain that cordons and is
 * refused; a campaign that is said to run and is none; a campaign obeying another token of the same name; the reason and the release
 * shown to everybody; the line of a job shown to an author who may not see it any more.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256Of } from '../../../src/clients/s3/checksum.ts';
import type { CampaignItem, CampaignPlanBody } from '../../../src/api/campaign-contract.ts';
import type { Page } from '../../../src/api/contract.ts';
import { createFlinkClient } from '../../../src/clients/flink/flink.ts';
import { createYarnClient } from '../../../src/clients/yarn/yarn.ts';
import type { Binding } from '../../../src/domain/access/decide.ts';
import type { AuditEntry } from '../../../src/domain/access/audit.ts';
import { campaignLimits } from '../../../src/domain/campaign/kinds.ts';
import { SluiceError } from '../../../src/domain/errors/errors.ts';
import { withCordon } from '../../../src/domain/cluster/cordon.ts';
import type { Deployment } from '../../../src/domain/deployment/deployment.ts';
import { deploymentKey, textKey } from '../../../src/domain/identity/storage-keys.ts';
import type { SettledState } from '../../../src/domain/job/state/state.ts';
import { changeCluster, readCluster } from '../../../src/records/clusters/cordons.ts';
import { RecordStore } from '../../../src/records/record-store.ts';
import { ReleaseCatalogue } from '../../../src/releases/catalogue.ts';
import { createFakeS3 } from '../../fakes/s3.ts';
import { deployment } from '../../support/deployment.ts';
import { firstTokenOf } from '../first-token.ts';
import { publishIn, startApp, type App } from '../start-app.ts';

const s3 = createFakeS3();
let app: App;
let admin: string;

interface Job {
  readonly team?: string;
  readonly state?: SettledState;
  readonly labels?: Readonly<Record<string, string>>;
  readonly cluster?: string;
  readonly backups?: readonly string[];
}

/** Puts a job there that runs `<project>/1.0.0`, with the record of its deployment and its file. */
async function put(
  name: string,
  { team = 'ads', state = 'running', labels = {}, cluster = 'yarn-a', backups }: Job = {},
) {
  const project = name.split('-')[0] ?? name;
  const text = JSON.stringify({ name, labels });
  const file = sha256Of(text);
  await s3.put(textKey(file), text);
  const placed = backups === undefined ? null : { cluster: 'yarn-a', backups: [...backups], moved: null };
  const current: Deployment = {
    ...deployment,
    job: name,
    file,
    cluster,
    placed,
    release: `${project}/1.0.0`,
    environment: 'prod',
    owner: team,
  };
  await s3.put(deploymentKey(name, current.number), JSON.stringify(current));
  app.gateway.put(name, { state, ownership: { project, team, environment: 'prod' }, current });
}

beforeEach(async () => {
  s3.healthy();
  s3.objects.clear();
  const clientOf = (name: string) => createYarnClient({ name, resourceManager: 'http://127.0.0.1:1', user: 'sluice' });
  app = await startApp({
    access: { anonymous: [], policy: {}, tokens: s3 },
    records: new RecordStore(s3),
    releases: new ReleaseCatalogue(s3),
    cordons: s3,
    instances: {
      flink: createFlinkClient(),
      yarn: new Map(['yarn-a', 'yarn-b', 'yarn-c'].map((name) => [name, clientOf(name)])),
    },
  });
  admin = await firstTokenOf(s3);
});
afterEach(async () => await app.stop());

async function tokenWith(name: string, ...bindings: Binding[]): Promise<string> {
  const { text } = await app.post('/api/v1/tokens', { name, bindings }, { authorization: `Bearer ${admin}` });
  return (JSON.parse(text) as { token: string }).token;
}

/** Fields of any answer: each test reads those that it expects. */
type Answer = CampaignPlanBody & {
  readonly campaign: CampaignItem;
  readonly code: string;
  readonly detail: string;
  readonly hint: string;
};

async function ask(
  path: string,
  body: unknown,
  token = admin,
): Promise<{ status: number; body: Answer; code: string; detail: string }> {
  const { status, text } = await app.post(`/api/v1${path}`, body, { authorization: `Bearer ${token}` });
  const answer = JSON.parse(text) as Answer;
  return { status, body: answer, code: answer.code, detail: answer.detail };
}
const get = async <T>(path: string, token = admin): Promise<T> =>
  JSON.parse((await app.send(`/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } })).text) as T;
const planOf = async (body: object, token = admin): Promise<CampaignPlanBody> =>
  (await ask('/campaigns', { kind: 'restart', selector: { jobs: '*' }, dryRun: true, ...body }, token)).body;
const start = (body: object, token = admin) =>
  ask('/campaigns', { kind: 'restart', selector: { jobs: '*' }, ...body }, token);
const names = ({ jobs }: { readonly jobs: readonly { readonly job: string }[] }) => jobs.map(({ job }) => job);

describe('the plan of a campaign', () => {
  it('has the jobs that fit, canaries first, then by priority and name, and begins nothing', async () => {
    await put('clicks-b');
    await put('clicks-a', { labels: { tier: '1' } });
    await put('clicks-c', { labels: { tier: '1', priority: '0' } });
    await put('orders-a', { labels: { tier: '1' }, cluster: 'yarn-b' });
    expect(await planOf({ selector: { label: 'tier=1' } })).toEqual({
      ...{ kind: 'restart', selector: 'label=tier=1', maxParallel: 1, canaries: 0, stopAfter: 1, leftOut: [] },
      jobs: ['clicks-c', 'clicks-a', 'orders-a'].map((job) => ({
        ...{ job, isCanary: false, cluster: job === 'orders-a' ? 'yarn-b' : 'yarn-a' },
        ...{ runs: `${job.split('-')[0]}/1.0.0`, release: null, to: null },
      })),
    });
    const some = {
      jobs: 'clicks-*',
      cluster: ['yarn-a', 'yarn-b'],
      project: 'clicks',
      environment: 'prod',
      owner: 'ads',
    };
    const planned = await planOf({ selector: some, canaries: ['clicks-b'], maxParallel: 3, stopAfter: 2 });
    expect([names(planned), planned.canaries]).toEqual([['clicks-b', 'clicks-c', 'clicks-a'], 1]);
    expect(planned.selector).toBe('jobs=clicks-* environment=prod cluster=yarn-a,yarn-b owner=ads project=clicks');
    expect(app.campaigns.started).toEqual([]);
  });

  it('leaves out what it would not ask, with the reason', async () => {
    await put('clicks-a');
    await put('clicks-stopped', { state: 'stopped' });
    await put('clicks-lost', { state: 'unreachable' });
    const planned = await planOf({ selector: { jobs: ['clicks-*', 'clicks-typo'] } });
    expect(names(planned)).toEqual(['clicks-a']);
    expect(planned.leftOut).toEqual([
      { job: 'clicks-lost', why: 'it is unreachable: a campaign asks only jobs that are running' },
      { job: 'clicks-stopped', why: 'it is stopped: a campaign asks only jobs that are running' },
      { job: 'clicks-typo', why: 'no such job fits the selector' },
    ]);
  });

  it('of an upgrade has the newest release of each project, or a version, and leaves out what runs it', async () => {
    await put('clicks-a');
    await put('clicks-b');
    await put('orders-a');
    await publishIn(s3, 'clicks/1.0.0', 'clicks-a', 'clicks-b');
    s3.age('releases/', 60_000);
    await publishIn(s3, 'clicks/1.1.0', 'clicks-a');
    const planned = await planOf({ kind: 'upgrade' });
    expect(planned.jobs).toMatchObject([{ job: 'clicks-a', runs: 'clicks/1.0.0', release: 'clicks/1.1.0' }]);
    expect(planned.leftOut).toEqual([
      { job: 'clicks-b', why: 'it runs clicks/1.0.0 already' },
      { job: 'orders-a', why: 'no release of orders has a deployment file for it' },
    ]);
    const version = await planOf({ kind: 'upgrade', release: '1.1.0' });
    expect(version.leftOut).toEqual([
      { job: 'clicks-b', why: 'release clicks/1.1.0 has no deployment file for it' },
      { job: 'orders-a', why: 'there is no release orders/1.1.0' },
    ]);
  });

  it('of a move has the clusters that take starts', async () => {
    await put('clicks-a', { backups: ['yarn-b', 'yarn-c'] });
    await put('clicks-alone', { backups: [] });
    await put('clicks-b', { backups: ['yarn-b'] });
    await put('clicks-old');
    await put('clicks-silent', { backups: ['yarn-c'], state: 'unreachable' });
    await changeCluster(s3, 'yarn-b', (record) => withCordon(record, { at: 'now', by: 'ops', reason: 'disks' }));
    const planned = await planOf({ kind: 'move', selector: { cluster: 'yarn-a' } });
    expect(planned.jobs.map(({ job, to }) => [job, to])).toEqual([
      ['clicks-a', 'yarn-c'],
      ['clicks-old', null],
      ['clicks-silent', 'yarn-c'],
    ]);
    expect(planned.leftOut).toEqual([
      { job: 'clicks-alone', why: 'its deployment file names no cluster besides yarn-a' },
      { job: 'clicks-b', why: 'no cluster that its deployment file names takes starts: yarn-b' },
    ]);
    const named = await planOf({ kind: 'move', to: 'yarn-c' });
    expect(named.leftOut).toContainEqual({ job: 'clicks-b', why: 'its deployment file does not name cluster yarn-c' });
  });

  it.each([
    [{ selector: {} }, 'must choose jobs'],
    [{ selector: { jobs: 'Clicks!' } }, 'must be a job name'],
    [{ kind: 'savepoint', release: '1.0.0' }, 'release: is for upgrade only'],
    [{ kind: 'restart', to: 'yarn-b' }, 'to: is for move only'],
    [{ kind: 'move', stopWith: 'none' }, 'stopWith: is for restart and upgrade only'],
    [{ maxParallel: 0 }, 'maxParallel'],
    [{ stopAfter: 0 }, 'stopAfter'],
    [{ canaries: [] }, 'canaries'],
    [{ canaries: ['clicks-none'] }, 'canaries names clicks-none, which would not be asked'],
    [{ selector: { jobs: 'nothing-*' } }, 'fits no job that can be asked'],
  ])('refuses %j', async (body, why) => {
    await put('clicks-a');
    const { status, code, detail } = await start(body);
    expect([status, code, detail]).toEqual([422, 'InvalidRequest', expect.stringContaining(why)]);
    expect(app.campaigns.started).toEqual([]);
  });

  it('is not made while the labels of a job are not known', async () => {
    await put('clicks-a', { labels: { tier: '1' } });
    const read = s3.get.bind(s3);
    s3.get = (key) => (key.startsWith('texts/') ? Promise.reject(new Error('away')) : read(key));
    try {
      expect(await start({ selector: { label: 'tier' }, dryRun: true })).toMatchObject({ code: 'StorageUnavailable' });
    } finally {
      s3.get = read;
    }
    expect((await planOf({ selector: { label: 'tier' } })).jobs).toMatchObject([{ job: 'clicks-a' }]);
  });
});

describe('the rights of a caller', () => {
  beforeEach(async () => {
    await put('clicks-a');
    await put('orders-a', { team: 'web' });
  });

  it('decide about each job, and the job holds them for the owner of then', async () => {
    const ads = await tokenWith('ads', { role: 'deployer', teams: ['ads'] }, { role: 'viewer' });
    const planned = await planOf({}, ads);
    expect(names(planned)).toEqual(['clicks-a']);
    expect(planned.leftOut).toEqual([
      { job: 'orders-a', why: expect.stringContaining('lacks the permission campaign') as string },
    ]);
    expect((await start({ reason: 'new disks' }, ads)).status).toBe(202);
    const [plan] = app.campaigns.started;
    expect(plan).toMatchObject({ by: 'ads', reason: 'new disks', jobs: [{ job: 'clicks-a', owner: 0 }] });
    expect(plan?.owners).toEqual([{ environment: 'prod', team: 'ads' }]);
    await start({});
    expect(app.campaigns.started[1]).toMatchObject({ jobs: [{ job: 'clicks-a' }, { job: 'orders-a' }], owners: [] });
    expect(app.campaigns.started[1]?.jobs[0]).not.toHaveProperty('owner');
  });

  it('leave out jobs that need more than a campaign, and hide those of others', async () => {
    const ads = await tokenWith('ads', { role: 'deployer', teams: ['ads'] });
    expect(await planOf({}, ads)).toMatchObject({ jobs: [{ job: 'clicks-a' }], leftOut: [] });
    const operator = await tokenWith('op', { role: 'operator' });
    expect(await start({}, operator)).toMatchObject({ status: 403, code: 'Forbidden' });
  });

  it('show a campaign of others without the names of jobs that the caller may not see', async () => {
    const { body } = await start({ canaries: ['orders-a'], id: 'all' });
    expect(body.campaign).toMatchObject({ id: 'all', selector: 'jobs=*', hidden: 0, counts: { total: 2 } });
    const viewer = await tokenWith('viewer', { role: 'viewer', teams: ['ads'] });
    const shown = await get<{ campaign: CampaignItem }>('/campaigns/all', viewer);
    expect(shown.campaign).toMatchObject({
      selector: null,
      hidden: 1,
      counts: { total: 2 },
      jobs: [{ job: 'clicks-a' }],
    });
    expect(JSON.stringify(shown)).not.toContain('orders');
    const list = await get<Page<CampaignItem>>('/campaigns', viewer);
    expect(list.items).toMatchObject([{ id: 'all', selector: null, state: 'running' }]);
    expect(JSON.stringify(list)).not.toContain('orders');
  });

  it('hide what people wrote, the cluster and the release of a campaign of others', async () => {
    await publishIn(s3, 'orders/9.9.9', 'orders-a');
    const wanted = { kind: 'upgrade', selector: { jobs: 'orders-*' }, release: '9.9.9', stopWith: 'savepoint' };
    await start({ ...wanted, id: 'all', reason: 'orders is hacked' });
    await ask('/campaigns/all/pause', { reason: 'orders again' });
    const viewer = await tokenWith('viewer', { role: 'viewer', teams: ['ads'] });
    const { campaign } = await get<{ campaign: CampaignItem }>('/campaigns/all', viewer);
    expect(campaign).toMatchObject({ reason: null, to: null, release: null, stopWith: null, by: 'admin' });
    expect(campaign.history.map(({ what, by, reason }) => [what, by, reason])).toEqual([
      ['started', 'admin', null],
      ['paused', 'admin', null],
    ]);
    const list = await get<Page<CampaignItem>>('/campaigns', viewer);
    expect(JSON.stringify([campaign, list])).not.toMatch(/hacked|again|9\.9\.9|author/);
    expect((await get<{ campaign: CampaignItem }>('/campaigns/all')).campaign).toMatchObject({ release: '9.9.9' });
  });

  it('depend on the token, not on its name, and lines of jobs on the right to see them', async () => {
    const deployer: Binding = { role: 'deployer', teams: ['ads'] };
    const ads = await tokenWith('ads', deployer);
    const namesake = await tokenWith('ads', deployer);
    await start({ id: 'mine', reason: 'new disks' }, ads);
    expect(await ask('/campaigns/mine/pause', undefined, namesake)).toMatchObject({ status: 403 });
    expect((await get<{ campaign: CampaignItem }>('/campaigns/mine', namesake)).campaign.reason).toBeNull();
    const memory = app.campaigns.memories.get('mine')!;
    // A job that the author could see then, and of which another team is the owner now.
    app.campaigns.memories.set('mine', { ...memory, jobs: memory.jobs.map((one) => ({ ...one, job: 'orders-a' })) });
    const { campaign } = await get<{ campaign: CampaignItem }>('/campaigns/mine', ads);
    expect(campaign).toMatchObject({ reason: 'new disks', notAllowed: null, hidden: 1, jobs: [] });
    expect((await ask('/campaigns/mine/stop', undefined, ads)).body.campaign.state).toBe('stopped');
  });

  it('do not make a campaign without an author a caller of its name', async () => {
    await start({ id: 'old' });
    const memory = app.campaigns.memories.get('old')!;
    const { author: _author, ...before } = memory;
    app.campaigns.memories.set('old', { ...before, by: 'ads' });
    const ads = await tokenWith('ads', { role: 'deployer', teams: ['ads'] });
    expect(await ask('/campaigns/old/stop', undefined, ads)).toMatchObject({ status: 403 });
    expect((await ask('/campaigns/old/stop', undefined)).status).toBe(200);
  });
});

describe('a campaign', () => {
  beforeEach(() => put('clicks-a'));

  it('is one for each id, however often it is asked for', async () => {
    const first = await start({ id: 'nightly' });
    expect([first.status, first.body.campaign.state]).toEqual([202, 'running']);
    await put('clicks-b');
    const again = await start({ id: 'nightly', reason: 'again' });
    expect([again.status, names(again.body.campaign)]).toEqual([202, ['clicks-a']]);
    expect(app.campaigns.started).toHaveLength(1);
    expect(await start({ id: 'nightly', maxParallel: 2 })).toMatchObject({ status: 422, code: 'OperationIdReused' });
    expect(await start({ id: 'Nightly!' })).toMatchObject({ status: 422 });
  });

  it('of which Temporal shows nothing keeps its id', async () => {
    app.campaigns.opaque.add('lost');
    expect(await start({ id: 'lost' })).toMatchObject({ status: 422, code: 'OperationIdReused' });
    expect((await app.send('/api/v1/campaigns/lost', { headers: { authorization: `Bearer ${admin}` } })).status).toBe(
      404,
    );
  });

  it('is paused, resumed and stopped by who began it, and by deployers of all jobs', async () => {
    const ads = await tokenWith('ads', { role: 'deployer', teams: ['ads'] });
    const others = await tokenWith('others', { role: 'deployer', teams: ['web'] });
    await start({ id: 'mine' }, ads);
    expect(await ask('/campaigns/mine/pause', undefined, others)).toMatchObject({ status: 403, code: 'Forbidden' });
    const paused = await ask('/campaigns/mine/pause', { reason: 'a look' }, ads);
    expect(paused.body.campaign).toMatchObject({ id: 'mine', state: 'paused' });
    expect((await ask('/campaigns/mine/resume', {}, ads)).body.campaign.state).toBe('running');
    await ask('/campaigns/mine/stop', { reason: 'enough' });
    const { campaign } = await get<{ campaign: CampaignItem }>('/campaigns/mine');
    expect(campaign).toMatchObject({ state: 'stopped', counts: { notStarted: 1 } });
    expect(campaign.history.map(({ what, by, reason }) => [what, by, reason])).toEqual([
      ['started', 'ads', null],
      ['paused', 'ads', 'a look'],
      ['resumed', 'ads', null],
      ['stopped', 'admin', 'enough'],
    ]);
    expect(await ask('/campaigns/mine/resume', {}, ads)).toMatchObject({ status: 409, code: 'CampaignOver' });
    expect(await ask('/campaigns/none/stop', {})).toMatchObject({ status: 404 });
  });

  it('is in the list, newest first, in pages', async () => {
    for (const id of ['one', 'two', 'three']) {
      await start({ id });
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const first = await get<Page<CampaignItem>>('/campaigns?limit=2');
    expect(first.items.map(({ id }) => id)).toEqual(['three', 'two']);
    const rest = await get<Page<CampaignItem>>(`/campaigns?limit=2&cursor=${first.nextCursor ?? ''}`);
    expect([rest.items.map(({ id }) => id), rest.nextCursor]).toEqual([['one'], null]);
  });

  it('says so when Temporal is away', async () => {
    app.gateway.down();
    expect(await start({})).toMatchObject({ status: 503, code: 'TemporalUnavailable' });
  });
});

describe('a drain', () => {
  const drain = (body: object, token = admin) => ask('/clusters/yarn-a/drain', { reason: 'new disks', ...body }, token);
  const cordoned = async () => (await readCluster(s3, 'yarn-a')).cordoned;

  beforeEach(async () => {
    await put('clicks-a', { backups: ['yarn-b'] });
    await put('clicks-b', { backups: ['yarn-c', 'yarn-b'] });
    await put('clicks-alone', { backups: [] });
    await put('clicks-down', { backups: ['yarn-b'], state: 'stopped' });
    await put('orders-a', { backups: ['yarn-b'], cluster: 'yarn-c' });
  });

  it('cordons the cluster, moves the jobs on it that can, and lists the others', async () => {
    const planned = await drain({ dryRun: true });
    expect(planned.status).toBe(200);
    expect(planned.body.jobs.map(({ job, to }) => [job, to])).toEqual([
      ['clicks-a', 'yarn-b'],
      ['clicks-b', 'yarn-c'],
    ]);
    expect([await cordoned(), app.campaigns.started]).toEqual([null, []]);

    const { status, body } = await drain({ id: 'drain', maxParallel: 5, canaries: 1, stopAfter: 2 });
    expect([status, names(body.campaign)]).toEqual([202, ['clicks-a', 'clicks-b']]);
    expect(body.campaign).toMatchObject({
      ...{ kind: 'move', selector: 'cluster=yarn-a', reason: 'new disks', to: null },
      ...{ maxParallel: 5, canaries: 1, stopAfter: 2 },
      leftOut: [
        { job: 'clicks-alone', why: 'its deployment file names no cluster besides yarn-a' },
        { job: 'clicks-down', why: 'it is stopped: a campaign asks only jobs that are running or unreachable' },
      ],
    });
    expect(await cordoned()).toMatchObject({ by: 'admin', reason: 'new disks' });
    expect((await drain({ id: 'drain', maxParallel: 5, canaries: 1, stopAfter: 2 })).status).toBe(202);
    expect(app.campaigns.started).toHaveLength(1);
  });

  it('of a cluster whose jobs cannot move cordons it, and begins no campaign', async () => {
    const { status, body } = await drain({ to: 'yarn-x' });
    expect([status, body.jobs, body.leftOut.map(({ job }) => job)]).toEqual([
      ...[200, [], ['clicks-a', 'clicks-alone', 'clicks-b', 'clicks-down']],
    ]);
    expect([(await cordoned())?.reason, app.campaigns.started]).toEqual(['new disks', []]);
  });

  it.each([
    ['canaries that name no job', { canaries: ['clicks-none'] }, 422, 'InvalidRequest'],
    ['the id of another campaign', { id: 'taken' }, 422, 'OperationIdReused'],
  ])('with %s is refused, and cordons nothing', async (_what, body, status, code) => {
    await start({ id: 'taken' });
    expect(await drain(body)).toMatchObject({ status, code });
    expect(await cordoned()).toBeNull();
  });

  it('of more jobs than a campaign takes says how to drain in parts, and cordons nothing', async () => {
    for (let number = 0; number < campaignLimits.jobs; number += 1) await put(`many-${number}`);
    const { status, code, detail } = await drain({});
    expect([status, code]).toEqual([422, 'InvalidRequest']);
    expect(detail).toContain('`sluice campaign start move --cluster yarn-a --owner <team>` for each');
    expect(await cordoned()).toBeNull();
  });

  it('whose campaign does not begin says that the cluster is cordoned, and the audit log does too', async () => {
    app.campaigns.failNextStart = new SluiceError('TemporalUnavailable', 'no answer in time');
    const { status, body } = await drain({});
    expect([status, body.code]).toEqual([503, 'TemporalUnavailable']);
    expect(body.detail).toBe('no answer in time; the cluster yarn-a is cordoned all the same');
    expect(body.hint).toContain('sluice cluster uncordon yarn-a');
    expect(await cordoned()).toMatchObject({ reason: 'new disks' });
    await app.audit.flush();
    const { items } = await get<Page<AuditEntry>>('/audit');
    const about = items.filter(({ action }) => action === 'cordon');
    expect(about.map(({ target, outcome }) => [target, outcome])).toEqual([
      ['yarn-a', 'failed'],
      ['yarn-a', 'accepted'],
    ]);
  });

  it('needs a reason, a cluster that is there, and an admin', async () => {
    expect(await drain({ reason: undefined })).toMatchObject({ status: 422 });
    expect(await ask('/clusters/yarn-x/drain', { reason: 'gone' })).toMatchObject({ status: 404 });
    const deployer = await tokenWith('deployer', { role: 'deployer' });
    expect(await drain({}, deployer)).toMatchObject({ status: 403 });
    expect(await cordoned()).toBeNull();
  });
});
