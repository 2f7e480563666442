import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkpointsOf, deploymentKey, releaseKey, savepointsOf } from '../../src/domain/storage-keys.ts';
import { startApp, type App } from './start-app.ts';

let app: App;
beforeEach(async () => void (app = await startApp()));
afterEach(async () => await app.stop());

const deployment = {
  job: 'clicks-dev',
  release: 'clicks/1.0.0',
  gitCommit: null,
  environment: 'dev',
  owner: 'ads',
  flinkVersion: '1.20.1',
  cluster: 'yarn-a',
  launcher: 'direct' as const,
  jar: { key: 'k', name: 'clicks.jar', sha256: 'a'.repeat(64), size: 1 },
  file: 'b'.repeat(64),
  parallelism: 1,
  checkpointing: true,
  verify: { checkpoints: 1, maxRestarts: 0 },
  onFailedStart: 'rollback' as const,
  allowNonRestoredState: false,
  deadlines: { savepoint: 1, stop: 1, start: 1, verify: 1 },
  number: 2,
  operationId: 'op',
  startKey: 'op/1',
  epoch: 2,
  applicationId: 'application_1_0002',
  flinkJobId: 'f'.repeat(32),
  startedAt: '2026-01-01T00:00:00.000Z',
  configuration: null,
  restorePoint: null,
  runningAt: null,
  completedCheckpoint: null,
  ended: null,
};

const metadata = (checkpointId: number): Uint8Array => {
  const head = Buffer.alloc(16);
  head.writeUInt32BE(0x4960672d, 0);
  head.writeBigInt64BE(BigInt(checkpointId), 8);
  return head;
};

describe('jobs', () => {
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

  it('finds restore points in S3, newest by epoch and checkpoint id, and leaves broken ones out', async () => {
    await app.s3.put(deploymentKey('clicks-dev', 2), JSON.stringify(deployment));
    const chk = (id: number) => `${checkpointsOf('clicks-dev', deployment.flinkJobId)}chk-${id}/_metadata`;
    await app.s3.put(chk(7), metadata(7));
    await app.s3.put(chk(12), metadata(12));
    await app.s3.put(chk(13), 'not flink at all, but long enough');
    await app.s3.put(`${savepointsOf('clicks-dev', 'op-9')}savepoint-abc/_metadata`, metadata(5));
    const { body } = await app.send('/api/v1/jobs/clicks-dev/restore-points');
    expect(body.items.map((point) => [point.kind, point.path])).toEqual([
      ['checkpoint', `s3://fake/checkpoints/clicks-dev/${deployment.flinkJobId}/chk-12`],
      ['checkpoint', `s3://fake/checkpoints/clicks-dev/${deployment.flinkJobId}/chk-7`],
      ['savepoint', 's3://fake/savepoints/clicks-dev/op-9/savepoint-abc'],
    ]);
    expect(body.items[0]).toMatchObject({ epoch: 2, checkpointId: 12, deployment: 2, flinkVersion: '1.20.1' });
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
