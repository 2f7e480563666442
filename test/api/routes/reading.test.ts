import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobBody } from '../../../src/api/contract.ts';
import { checkpointsOf, deploymentKey, releaseKey, savepointsOf } from '../../../src/domain/identity/storage-keys.ts';
import { smallFile } from '../../domain/deployment-file/examples.ts';
import { deployment } from '../../support/deployment.ts';
import { startApp, type App } from '../start-app.ts';

let app: App;
beforeEach(async () => void (app = await startApp()));
afterEach(async () => await app.stop());

const metadata = (checkpointId: number): Uint8Array => {
  const head = Buffer.alloc(16);
  head.writeUInt32BE(0x4960672d, 0);
  head.writeBigInt64BE(BigInt(checkpointId), 8);
  return head;
};

/** Everything in S3 was written in one second, whatever the clock did meanwhile. */
function atOnce(): void {
  for (const object of app.s3.objects.values()) object.lastModified = Date.parse('2026-01-01T00:00:00Z');
}

describe('jobs', () => {
  it.each([
    ['by the watcher of its cluster, later than by itself', 'application_1_0002', true, '2026-01-01T00:00:05.000Z'],
    ['by itself, where its JobManager does not answer', 'application_1_0002', false, '2026-01-01T00:00:00.000Z'],
    ['by itself, where the watcher saw another application', 'application_1_0001', true, '2026-01-01T00:00:00.000Z'],
  ])('says when it was seen: %s', async (_what, applicationId, answers, observedAt) => {
    app.gateway.put('clicks-dev', { state: 'running', current: deployment });
    const applications = new Map([[applicationId, { mark: 'h' as const, answers }]]);
    app.gateway.notes.set('yarn-a', { seenAt: Date.parse('2026-01-01T00:00:05Z'), sweptAt: null, applications });
    expect((await app.send('/api/v1/jobs/clicks-dev')).body).toMatchObject({ observedAt });
    expect((await app.send('/api/v1/jobs')).body).toMatchObject({ items: [{ observedAt }] });
  });

  it('has links built from the configuration', async () => {
    app.gateway.put('clicks-dev', { state: 'running', current: deployment });
    const { body } = await app.send('/api/v1/jobs/clicks-dev');
    expect(body).toMatchObject({ name: 'clicks-dev', state: 'running', deployment: { number: 2 } });
    expect(body.links).toEqual({
      self: '/api/v1/jobs/clicks-dev',
      temporal: 'http://temporal.example/namespaces/default/workflows/flink-job%3Aclicks-dev',
      yarn: 'http://rm-a.example:8088/cluster/app/application_1_0002',
      flink: 'http://rm-a.example:8088/proxy/application_1_0002/',
    });
  });

  it.each([
    ['is left, since the job is stopped', 'autoDeploy: {enabled: true}', { state: 'stopped' }, 'left', 'stopped'],
    ['waits for a window', 'autoDeploy: {enabled: true, windows: [W]}', { state: 'running' }, 'waits', 'window'],
    ['is deployed', 'autoDeploy: {enabled: true}', { state: 'running' }, 'deploys', null],
    ['is left, since its file is broken', 'autoDeploy: [', { state: 'running' }, 'left', 'invalid'],
  ] as const)(
    'says what becomes of a newer release that deploys itself: it %s',
    async (_what, wish, is, answer, reason) => {
      const yesterday = new Date(Date.now() - 86_400_000).toUTCString().slice(0, 3);
      const file = `${smallFile}${wish.replace('W', `"${yesterday} 00:00-00:01"`)}\n`;
      const job = /^name: (.*)$/m.exec(file)?.[1] ?? '';
      const sha256 = createHash('sha256').update(file).digest('hex');
      const entry = { name: 'clicks.yaml', kind: 'deployment', size: 1, sha256, job, autoDeploy: true };
      const release = { apiVersion: 'sluice/v1', project: 'clicks', version: '1.1.0', gitCommit: null, buildUrl: null };
      await app.s3.put('releases/clicks/1.1.0/clicks.yaml', file);
      const body = { ...release, createdAt: '2026-01-01T00:00:00Z', files: [entry] };
      await app.s3.put(releaseKey('clicks', '1.1.0'), JSON.stringify(body));
      const autoDeploy = async () => {
        const { text } = await app.send(`/api/v1/jobs/${job}`);
        return (JSON.parse(text) as JobBody).autoDeploy; // the Contract's shape
      };
      app.gateway.put(job, { ...is, current: { ...deployment, job } });
      const seen = await autoDeploy();
      expect(seen).toMatchObject({ release: 'clicks/1.1.0', answer, reason });
      expect(seen?.until === null).toBe(reason !== 'window');
      app.gateway.put(job, { ...is, current: { ...deployment, job, release: 'clicks/1.1.0' } });
      expect(await autoDeploy()).toBeNull();
    },
  );

  it('are listed by name, filtered and paged', async () => {
    for (const name of ['b-dev', 'a-prod', 'c-dev']) app.gateway.put(name, { state: 'running', health: 'healthy' });
    app.gateway.put('d-dev', { state: 'stopped' });
    const names = async (query: string): Promise<string[]> =>
      (await app.send(`/api/v1/jobs?${query}`)).body.items.map(({ name }) => name);
    expect(await names('')).toEqual(['a-prod', 'b-dev', 'c-dev', 'd-dev']);
    expect(await names('environment=dev&state=running')).toEqual(['b-dev', 'c-dev']);
    expect(await names('health=healthy')).toEqual(['a-prod', 'b-dev', 'c-dev']);
    expect(await names('health=unknown')).toEqual(['d-dev']);
    const first = await app.send('/api/v1/jobs?limit=2');
    expect(await names(`limit=2&cursor=${first.body.nextCursor}`)).toEqual(['c-dev', 'd-dev']);
    const healthy = await app.send('/api/v1/jobs?limit=2&health=healthy');
    expect(await names(`health=healthy&cursor=${healthy.body.nextCursor}`)).toEqual(['c-dev']);
  });

  it('stream their changes, and resume', async () => {
    app.gateway.put('clicks-dev', { state: 'running' });
    const events = await readEvents(app, '/api/v1/jobs/clicks-dev/events', 1, undefined, async () => {
      await Promise.resolve();
    });
    expect(events[0]).toMatchObject({ event: 'job', data: { name: 'clicks-dev', state: 'running' } });
    const missing = await app.send('/api/v1/jobs/nobody/events');
    expect(missing.status).toBe(404);
    const all = await readEvents(app, '/api/v1/events', 2, undefined, async () => {
      await new Promise((resolve) => setTimeout(resolve, 700));
      app.gateway.put('other-dev', { state: 'stopped' });
    });
    expect(all.map(({ data }) => data.name)).toEqual(['clicks-dev', 'other-dev']);
    const missed = await readEvents(app, '/api/v1/events', 1, all[0]?.id, () => Promise.resolve());
    expect(missed[0]).toEqual(all[1]);
    const anew = await readEvents(app, '/api/v1/events', 2, 'another-process-7', () => Promise.resolve());
    expect(anew.map(({ data }) => data.name)).toEqual(['clicks-dev', 'other-dev']);
  });
});

describe('records of a job', () => {
  it('lists deployments, the newest as the job knows it', async () => {
    const first = { ...deployment, number: 1, epoch: 1, operationId: 'op-1', flinkJobId: 'e'.repeat(32) };
    await app.s3.put(deploymentKey('clicks-dev', 1), JSON.stringify(first));
    await app.s3.put(deploymentKey('clicks-dev', 2), JSON.stringify(deployment));
    app.gateway.put('clicks-dev', { state: 'running', current: { ...deployment, completedCheckpoint: 9 } });
    const { body } = await app.send('/api/v1/jobs/clicks-dev/deployments');
    expect(body.items.map((item) => [item.number, item.completedCheckpoint])).toEqual([
      [2, 9],
      [1, null],
    ]);
  });

  it('finds restore points in S3, newest first, says how large they are, and which are broken', async () => {
    await app.s3.put(deploymentKey('clicks-dev', 2), JSON.stringify(deployment));
    const chk = (id: number) => `${checkpointsOf('clicks-dev', deployment.flinkJobId)}chk-${id}/_metadata`;
    await app.s3.put(chk(7), metadata(7));
    await app.s3.put(chk(12), metadata(12));
    await app.s3.put(chk(13), 'not flink at all, but long enough');
    await app.s3.put(`${savepointsOf('clicks-dev', 'op-9')}savepoint-ffffff-abc/_metadata`, metadata(5));
    await app.s3.put(`${savepointsOf('clicks-dev', 'op-9')}savepoint-ffffff-abc/part-1`, 'x'.repeat(100));
    await app.s3.put(`${checkpointsOf('clicks-dev', deployment.flinkJobId)}shared/one`, 'x'.repeat(50));
    await app.s3.put(`${savepointsOf('clicks-dev', 'periodic-20260101T000000Z')}savepoint-ffffff-abc/part-1`, 'half');
    atOnce();
    const { body } = await app.send('/api/v1/jobs/clicks-dev/restore-points');
    const folders = `s3://fake/checkpoints/clicks-dev/${deployment.flinkJobId}`;
    expect(body.items.map(({ path, state, bytes, sharedBytes }) => [path, state, bytes, sharedBytes])).toEqual([
      [`${folders}/chk-13`, 'broken', 33, 50],
      [`${folders}/chk-12`, 'verified', 16, 50],
      [`${folders}/chk-7`, 'verified', 16, 50],
      ['s3://fake/savepoints/clicks-dev/op-9/savepoint-ffffff-abc', 'verified', 116, null],
      ['s3://fake/savepoints/clicks-dev/periodic-20260101T000000Z/savepoint-ffffff-abc', 'broken', 4, null],
    ]);
    expect(body.items[0]?.problem).toContain('not Flink');
    expect(body.items[4]).toMatchObject({
      taken: 'periodic',
      problem: expect.stringContaining('no _metadata') as string,
    });
    const first = await app.send('/api/v1/jobs/clicks-dev/restore-points?limit=2');
    const rest = await app.send(`/api/v1/jobs/clicks-dev/restore-points?limit=9&cursor=${first.body.nextCursor ?? ''}`);
    expect([...first.body.items, ...rest.body.items]).toEqual(body.items);
    expect(body.items[1]).toMatchObject({ epoch: 2, checkpointId: 12, deployment: 2, flinkVersion: '1.20.1' });
  });
});

describe('restore points that were left behind', () => {
  const point = (epoch: number, checkpointId: number) => ({
    path: `s3://elsewhere/${epoch}-${checkpointId}`,
    kind: 'savepoint' as const,
    taken: 'stop' as const,
    epoch,
    checkpointId,
    completedAt: '2100-01-01T00:00:00.000Z',
    deployment: epoch,
    flinkVersion: '1.20.1',
    format: null,
    stateBackend: null,
    maxParallelism: null,
  });
  const started = (number: number, restorePoint: ReturnType<typeof point> | null) => ({
    ...deployment,
    number,
    epoch: number,
    flinkJobId: String(number).repeat(32),
    restorePoint,
  });

  it('are abandoned: by a zombie, and on a branch that was rolled back; of savepoints nobody knows whose', async () => {
    const all = [started(1, null), started(2, point(1, 10)), started(3, point(1, 10))];
    for (const one of all) await app.s3.put(deploymentKey('clicks-dev', one.number), JSON.stringify(one));
    app.gateway.put('clicks-dev', { state: 'running', current: all[2]! });
    const chk = (of: number, id: number) =>
      app.s3.put(`${checkpointsOf('clicks-dev', String(of).repeat(32))}chk-${id}/_metadata`, metadata(id));
    for (const [of, id] of [
      [1, 9],
      [1, 11],
      [2, 12],
      [3, 11],
    ] as const)
      await chk(of, id);
    await app.s3.put(`${savepointsOf('clicks-dev', 'op-a')}savepoint-222222-0123/_metadata`, metadata(13));
    await app.s3.put(`${savepointsOf('clicks-dev', 'op-b')}savepoint-999999-0123/_metadata`, metadata(14));
    atOnce();
    const { body } = await app.send('/api/v1/jobs/clicks-dev/restore-points');
    const seen = body.items.map(({ path, abandoned }) => [path.replace(/^.*clicks-dev\//, ''), abandoned]);
    expect(seen).toEqual([
      [`${'3'.repeat(32)}/chk-11`, false],
      [`${'2'.repeat(32)}/chk-12`, true],
      ['op-a/savepoint-222222-0123', true],
      ['s3://elsewhere/1-10', false],
      [`${'1'.repeat(32)}/chk-11`, true],
      [`${'1'.repeat(32)}/chk-9`, false],
      ['op-b/savepoint-999999-0123', null],
    ]);
  });
});

describe('releases', () => {
  it('appear at once, newest first', async () => {
    const release = (version: string) => ({
      apiVersion: 'sluice/v1',
      project: 'clicks',
      version,
      gitCommit: null,
      buildUrl: null,
      createdAt: `2026-01-01T00:00:0${version.at(-1) ?? ''}.000Z`,
      files: [
        { name: 'c.yaml', kind: 'deployment', size: 1, sha256: 'c'.repeat(64), job: 'clicks-dev', environment: 'dev' },
      ],
    });
    expect((await app.send('/api/v1/releases')).body).toEqual({ items: [], nextCursor: null });
    for (const version of ['1.0.0', '1.0.1']) {
      await app.s3.put(releaseKey('clicks', version), JSON.stringify(release(version)));
    }
    await app.s3.put(releaseKey('clicks', 'broken'), '{');
    const { body } = await app.send('/api/v1/releases');
    expect(body.items.map(({ name }) => name)).toEqual(['clicks/1.0.1', 'clicks/1.0.0']);
    expect(body.items[0]?.jobs).toEqual(['clicks-dev']);
    expect((await app.send('/api/v1/releases/clicks')).body.items).toHaveLength(2);
    expect((await app.send('/api/v1/releases/clicks/1.0.0')).body).toEqual(release('1.0.0'));
    expect((await app.send('/api/v1/releases/clicks/9.9.9')).body.code).toBe('ReleaseNotFound');
    expect((await app.send('/api/v1/releases/clicks/broken')).body.code).toBe('ReleaseInvalid');
    expect((await app.send('/api/v1/releases/..%2f')).body.code).toBe('InvalidRequest');
    expect((await app.send('/api/v1/releases/nothing')).status).toBe(404);
  });
});

describe('deployment files', () => {
  const minimal = [
    'apiVersion: sluice/v1',
    'kind: FlinkJob',
    'name: clicks-dev',
    'environment: dev',
    'owner: {team: ads}',
    'placement: {cluster: yarn-a}',
    'flink: {version: "1.20.1"}',
    'job: {jar: clicks.jar, entryClass: com.example.Clicks}',
    '',
  ].join('\n');

  it('are checked as JSON or as YAML', async () => {
    const asJson = await app.post('/api/v1/deployment-files/validate', { text: minimal });
    expect([asJson.status, asJson.body.valid, asJson.body.job]).toEqual([200, true, 'clicks-dev']);
    const asYaml = await app.post('/api/v1/deployment-files/validate', minimal, { 'content-type': 'application/yaml' });
    expect(asYaml.body).toEqual(asJson.body);
  });

  it('are refused with line and column', async () => {
    const text = minimal.replace('jar: clicks.jar', 'jarr: clicks.jar');
    const { status, body } = await app.post('/api/v1/deployment-files/validate', { text });
    expect([status, body.code]).toEqual([422, 'InvalidDeploymentFile']);
    expect(body.errors[0]).toMatchObject({ line: 8 });
  });

  it('that extend another one need it', async () => {
    const child = 'extends: base.yaml\nname: clicks-prod\n';
    const without = await app.post('/api/v1/deployment-files/validate', { text: child });
    expect(without.body.errors[0]?.path).toBe('extends');
    const { body } = await app.post('/api/v1/deployment-files/validate', { text: child, base: { text: minimal } });
    expect(body.job).toBe('clicks-prod');
  });

  it('have a JSON Schema', async () => {
    const { body, headers } = await app.send('/api/v1/schemas/deployment.json');
    expect(headers.get('content-type')).toContain('application/schema+json');
    expect(body.properties).toHaveProperty('apiVersion');
  });
});

describe('the platform', () => {
  it('says when Temporal or S3 is away', async () => {
    expect((await app.send('/api/v1/healthz')).body.status).toBe('ok');
    app.gateway.down();
    const { status, body } = await app.send('/healthz');
    expect([status, body.checks.temporal.ok, body.checks.s3.ok]).toEqual([503, false, true]);
  });

  it('counts by route, never by path', async () => {
    await app.send('/api/v1/jobs/clicks-dev');
    const { text } = await app.send('/metrics');
    expect(text).toContain('sluice_api_requests_total{method="GET",route="/api/v1/jobs/:job",status="404"} 1');
    expect(text).not.toContain('clicks-dev');
  });
});

interface Event {
  readonly id: string;
  readonly event: string;
  readonly data: { readonly name: string; readonly state: string };
}

async function readEvents(
  { url }: App,
  path: string,
  count: number,
  lastId: string | undefined,
  meanwhile: () => Promise<void>,
): Promise<Event[]> {
  const controller = new AbortController();
  const headers = lastId === undefined ? {} : { 'last-event-id': lastId };
  const response = await fetch(url + path, { signal: controller.signal, headers });
  const running = meanwhile();
  const events: Event[] = [];
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(block.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]));
      const [id, event, data] = [fields.get('id'), fields.get('event'), fields.get('data')];
      if (id !== undefined && event !== undefined && data !== undefined)
        events.push({ id, event, data: JSON.parse(data) as Event['data'] });
    }
    if (events.length >= count) break;
  }
  controller.abort();
  await running;
  return events;
}
