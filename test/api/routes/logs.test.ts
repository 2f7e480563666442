/**
 * Logs and exceptions of instances. Seen to fail: without the redaction of live tails; with every file of the folder listed
 * `launch_container.sh` was shown; without the comparison with the list a file of another folder was read; without the
 * deadline the page waited for a JobManager that hangs.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFlinkClient } from '../../../src/clients/flink/flink.ts';
import { createYarnClient } from '../../../src/clients/yarn/yarn.ts';
import { auditKey, containersKey, deploymentKey, evidenceKey } from '../../../src/domain/identity/storage-keys.ts';
import { createFakeFlink, type FakeFlink } from '../../fakes/flink.ts';
import { createFakeYarn, type FakeYarn } from '../../fakes/yarn.ts';
import { deployment } from '../../support/deployment.ts';
import { recordOf } from '../fake-gateway.ts';
import { startApp, type App } from '../start-app.ts';

const SECRET = 'hunter2-canary';
const JOB = 'clicks-dev';

let flink: FakeFlink;
let yarn: FakeYarn;
let app: App;
beforeEach(async () => {
  flink = await createFakeFlink();
  flink.addJob({ id: deployment.flinkJobId });
  yarn = await createFakeYarn();
  yarn.addApplication({ id: deployment.applicationId, flink });
  const client = createYarnClient({ name: 'yarn-a', resourceManager: yarn.url, user: 'sluice' });
  app = await startApp({ instances: { flink: createFlinkClient(), yarn: new Map([['yarn-a', client]]) } });
});
afterEach(async () => {
  await app.stop();
  await yarn.close();
});

const running = () => app.gateway.put(JOB, { state: 'running', current: deployment });
const ended = () =>
  app.gateway.put(JOB, {
    state: 'failed',
    current: { ...deployment, ended: { at: deployment.startedAt, how: 'failed', savepoint: null } },
  });
const save = (operation: string, file: string, text: string, application = 'application_1_0009') =>
  app.s3.put(evidenceKey({ job: JOB, operation, application, file }), text);
const read = (path: string) => app.send(`/api/v1/jobs/${JOB}/${path}`);

describe('logs of TaskManagers', () => {
  it('are listed after those of the JobManager, with their container, and read by it, redacted', async () => {
    running();
    flink.logs.set('jobmanager.log', 'hello\n');
    const [one, other] = ['container_1_0001_01_000002', 'container_1_0001_01_000003'] as const;
    flink.taskManagers.set(one, new Map([['taskmanager.log', `s3.secret-key: ${SECRET}\none\n`]]));
    flink.taskManagers.set(other, new Map([['taskmanager.log', 'other\n']]));
    const { body } = await read('logs');
    const items = body.items as unknown as readonly { readonly file: string; readonly container: string | null }[];
    expect(items.map(({ file, container }) => [file, container])).toEqual([
      ['jobmanager.log', null],
      ['taskmanager.log', one],
      ['taskmanager.log', other],
    ]);
    const first = await read('logs/taskmanager.log');
    expect(first.text).toContain('one\n');
    expect(first.text).not.toContain(SECRET);
    expect((await read(`logs/taskmanager.log?container=${other}`)).text).toBe('other\n');
    expect((await read('logs/taskmanager.log?container=container_gone')).status).toBe(404);
  });
});

describe('logs of an instance that has ended', () => {
  const application = deployment.applicationId;
  const container = (number: number) => `${application.replace('application', 'container')}_01_00000${number}`;
  const [master, taskManager] = [container(1), container(2)];
  const placed = (http = yarn.nodes[0]!.address) =>
    app.s3.put(
      containersKey(JOB, application),
      JSON.stringify({
        version: 1,
        job: JOB,
        cluster: 'yarn-a',
        applicationId: application,
        containers: [master, taskManager].map((id) => ({ id, http })),
      }),
    );
  beforeEach(async () => {
    const { logs } = yarn.applications.get(application)!;
    logs.set('jobmanager.log', 'of the master\n');
    logs.set('launch_container.sh', SECRET);
    logs.set(`${taskManager}/taskmanager.log`, `s3.secret-key: ${SECRET}\nout of memory\n`);
    ended();
    await placed();
  });

  it('are listed and read from its nodes, redacted, as those of the last instance when nothing runs', async () => {
    await save('failed-op', 'jobmanager.log', 'saved of an older one');
    const { body } = await read('logs');
    const items = body.items as unknown as readonly { file: string; container: string | null; live: boolean }[];
    expect(items.map((item) => [item.file, item.container, item.live])).toEqual([
      ['jobmanager.log', master, false],
      ['taskmanager.log', taskManager, false],
      ['jobmanager.log', null, false],
    ]);
    const own = await read('logs/taskmanager.log');
    expect([own.status, own.text]).toEqual([200, 's3.secret-key: ******\nout of memory\n']);
    expect(own.headers.get('x-sluice-container')).toBe(taskManager);
    expect(own.headers.get('x-sluice-live')).toBe('false');
    expect((await read('logs/jobmanager.log')).text).toBe('of the master\n');
    expect((await read('logs/launch_container.sh')).status).toBe(404);
  });

  it('are found while another one runs, by the application, a container or the operation of its start', async () => {
    const dead = { ...deployment, ended: { at: deployment.startedAt, how: 'failed' as const, savepoint: null } };
    await app.s3.put(deploymentKey(JOB, dead.number), JSON.stringify(dead));
    const next = { ...deployment, number: 3, operationId: 'next', applicationId: 'application_1_0077' };
    app.gateway.put(JOB, { state: 'running', current: next });
    yarn.addApplication({ id: next.applicationId, flink });
    for (const by of [`application=${application}`, `container=${taskManager}`, `operation=${dead.operationId}`])
      expect((await read(`logs/taskmanager.log?${by}`)).text, by).toContain('out of memory');
    const { body } = await read(`logs?application=${application}`);
    expect(new Set(body.items.map((item) => item.application))).toEqual(new Set([application]));
  });

  it('of a running one are those of TaskManagers that it has lost', async () => {
    running();
    flink.logs.set('jobmanager.log', 'live\n');
    expect((await read(`logs/taskmanager.log?container=${taskManager}`)).text).toContain('out of memory');
    const { body } = await read(`logs?application=${application}`);
    expect(body.items.map(({ file, live }) => [file, live])).toEqual([
      ['jobmanager.log', true],
      ['taskmanager.log', false],
    ]);
  });

  it('are gone with their node or after their time, and the answer says which', async () => {
    await yarn.end(application, { state: 'FAILED' });
    yarn.logsDeleted = true;
    const late = await read('logs/taskmanager.log');
    expect([late.status, late.body.code]).toEqual([404, 'NotFound']);
    expect(late.body.detail).toContain(`${taskManager}: its node ${yarn.nodes[0]!.address} has no log of it any more`);
    expect(late.body.hint).toContain('yarn.nodemanager.log.retain-seconds');
    await placed('node-9:8042');
    expect((await read('logs/taskmanager.log')).body.detail).toContain('its node node-9:8042 has left the cluster');
    expect((await read('logs/taskmanager.log?container=container_1_0001_01_000009')).body.detail).toContain(
      'taskmanager.log',
    );
    await app.s3.remove(containersKey(JOB, application));
    yarn.forgetApplications();
    expect((await read('logs/taskmanager.log')).body.detail).toContain('Sluice has noted no container of it');
  });

  it('that a silent node may have are no 404, and no older log in their place', async () => {
    await save('failed-op', 'jobmanager.log', 'of an older one');
    yarn.nodesSilent = true;
    for (const file of ['taskmanager.log', 'jobmanager.log']) {
      const { status, body } = await read(`logs/${file}`);
      expect([status, body.code], file).toEqual([503, 'ClusterUnreachable']);
    }
    expect((await read('logs/jobmanager.log?operation=failed-op')).text).toBe('of an older one');
    const list = (await read('logs')).body as unknown as { readonly gone: readonly string[] };
    expect(list.gone.join()).toContain('does not answer');
  });
});

describe('the list of logs', () => {
  it('has the files of the instance that runs first, then what was saved', async () => {
    running();
    flink.logs.set('jobmanager.log', 'hello\n');
    flink.logs.set('launch_container.sh', `export S3_SECRET=${SECRET}`);
    await save('failed-op', 'jobmanager.log', 'saved');
    await save('failed-op', 'exceptions.json', '[]');
    const { status, body } = await read('logs');
    expect(status).toBe(200);
    expect(body.live).toMatchObject({ application: deployment.applicationId, reachable: true, problem: null });
    expect(body.items.map(({ live, application, file, size }) => [live, application, file, size])).toEqual([
      [true, deployment.applicationId, 'jobmanager.log', 6],
      [false, 'application_1_0009', 'exceptions.json', 2],
      [false, 'application_1_0009', 'jobmanager.log', 5],
    ]);
    const narrowed = await read('logs?operation=failed-op');
    expect([narrowed.body.items.length, narrowed.body.live]).toEqual([2, null]);
    const paged = await read('logs?limit=1');
    const next = await read(`logs?limit=1&cursor=${paged.body.nextCursor}`);
    expect(next.body.items.map(({ file }) => file)).toEqual(['exceptions.json']);
  });

  it('has what was saved also when the one that runs does not answer, and says why', async () => {
    running();
    await save('failed-op', 'jobmanager.log', 'saved');
    flink.unreachable();
    const { status, body } = await read('logs');
    expect([status, body.items.length]).toEqual([200, 1]);
    expect(body.live).toMatchObject({ reachable: false, problem: expect.stringContaining('JobManager') as string });
  });

  it('does not wait for a JobManager that hangs', async () => {
    running();
    flink.slow(60_000);
    const { status, body } = await read('logs');
    expect([status, body.live?.reachable]).toEqual([200, false]);
    expect(body.live?.problem).toContain('no answer within');
  });

  it('is 404 for a job that nobody ever deployed', async () => {
    for (const path of ['logs', 'logs/jobmanager.log', 'exceptions']) {
      const { status, body } = await read(path);
      expect([status, body.code], path).toEqual([404, 'NotFound']);
    }
  });
});

describe('a log', () => {
  it('of the instance that runs is its end, as long as was asked for, redacted', async () => {
    running();
    flink.logs.set('jobmanager.log', `first line\nsecret-key: ${SECRET}\nlast line\n`);
    const { status, text, headers } = await read('logs/jobmanager.log');
    expect([status, text]).toEqual([200, 'first line\nsecret-key: ******\nlast line\n']);
    expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(headers.get('x-sluice-application')).toBe(deployment.applicationId);
    expect(headers.get('x-sluice-saved-at')).toBeNull();
    // A cut that begins within the value of a secret: nothing says any more that it is one.
    const end = await read(`logs/jobmanager.log?tail=${'-canary\nlast line\n'.length}`);
    expect(end.text).toBe('last line\n');
  });

  it('that was saved is found by its operation, and else when nothing runs', async () => {
    running();
    flink.logs.set('jobmanager.log', 'live');
    await save('failed-op', 'jobmanager.log', 'what the failed one wrote');
    expect((await read('logs/jobmanager.log')).text).toBe('live');
    const saved = await read('logs/jobmanager.log?operation=failed-op&tail=5');
    expect(saved.text).toBe('wrote');
    expect(saved.headers.get('x-sluice-operation')).toBe('failed-op');
    expect(saved.headers.get('x-sluice-saved-at')).toMatch(/^\d{4}-/);
    ended();
    expect((await read('logs/jobmanager.log')).text).toBe('what the failed one wrote');
  });

  it('of two instances of one operation is named by the application', async () => {
    ended();
    await save('op', 'jobmanager.log', 'one', 'application_1_0001');
    await save('op', 'jobmanager.log', 'two', 'application_1_0002');
    expect((await read('logs/jobmanager.log?operation=op&application=application_1_0002')).text).toBe('two');
  });

  it('of an instance that runs but does not answer is no older log in its place', async () => {
    running();
    await save('failed-op', 'jobmanager.log', 'of another instance');
    flink.unreachable();
    const { status, body } = await read('logs/jobmanager.log');
    expect([status, body.code]).toEqual([503, 'FlinkUnreachable']);
    expect((await read('logs/jobmanager.log?operation=failed-op')).text).toBe('of another instance');
  });

  it.each([
    '..%2f..%2f..%2ffences%2fclicks-dev.json',
    '%2e%2e%252fx',
    '..%252f..%252fetc%252fpasswd',
    'launch_container.sh',
    'jobmanager.log%00',
    'JOBMANAGER.LOG',
    'jobmanager',
  ])('called %s is not read: a name is only compared with what was listed', async (name) => {
    running();
    flink.logs.set('jobmanager.log', 'hello');
    flink.logs.set('launch_container.sh', SECRET);
    await app.s3.put('fences/clicks-dev.json', SECRET);
    const asked = flink.asked.length;
    for (const query of ['', '?operation=failed-op']) {
      const { status, text } = await read(`logs/${name}${query}`);
      expect(status).toBe(404);
      expect(text).not.toContain(SECRET);
    }
    expect(flink.asked.slice(asked)).toEqual(['logs', 'taskManagers']);
  });

  it.each(['tail=0', 'tail=1048577', 'tail=-5', 'tail=all', 'operation=..', 'path=x'])(
    'with %s is refused',
    async (query) => {
      running();
      const { status, body } = await read(`logs/jobmanager.log?${query}`);
      expect([status, body.code]).toEqual([422, 'InvalidRequest']);
    },
  );

  it('that is huge is asked of its node, which need not send it from the beginning', async () => {
    running();
    const huge = `${'x'.repeat(9 * 1024 * 1024)}\nend of it\n`;
    flink.logs.set('jobmanager.log', huge);
    const application = yarn.applications.get(deployment.applicationId)!;
    application.logs.set('jobmanager.log', huge);
    expect((await read('logs/jobmanager.log?tail=20')).text).toContain('end of it');
    expect(flink.asked).not.toContain('log');
  });
});

describe('exceptions', () => {
  it('are those of the instance that runs, then what was saved, without secrets', async () => {
    running();
    flink.restartJob(deployment.flinkJobId, `java.io.IOException: token=${SECRET}\n\tat a.B`);
    const saved = [{ at: 5, name: 'x.Y', task: null, host: null, rootCause: 'Y: no', stack: 'x.Y: no' }];
    await save('failed-op', 'exceptions.json', JSON.stringify(saved));
    await save('failed-op', 'jobmanager.log', 'no exceptions in here');
    const { status, body, text } = await read('exceptions');
    expect(status).toBe(200);
    expect(text).not.toContain(SECRET);
    expect(body.items.map(({ live, exceptions }) => [live, exceptions.map(({ rootCause }) => rootCause)])).toEqual([
      [true, ['IOException: token=******']],
      [false, ['Y: no']],
    ]);
    expect(body.items[1]!.exceptions[0]!.at).toBe('1970-01-01T00:00:00.005Z');
    const narrowed = await read('exceptions?operation=failed-op');
    expect(narrowed.body.items.map(({ live }) => live)).toEqual([false]);
  });

  it('that cannot be had say why in their place', async () => {
    running();
    flink.unreachable();
    await save('failed-op', 'exceptions.json', '{ not JSON');
    const { status, body } = await read('exceptions');
    expect(status).toBe(200);
    expect(body.items.map(({ exceptions }) => exceptions)).toEqual([[], []]);
    expect(body.items[0]!.problem).toContain('JobManager');
    expect(body.items[1]!.problem).toContain('is not what Sluice writes');
  });
});

describe('the audit log beside the evidence', () => {
  it('is read without it: neither a list of one job nor one of all asks S3 for what lies in the folders', async () => {
    running();
    const record = {
      ...recordOf({ job: JOB, kind: 'savepoint', request: { id: 'done' }, start: false, sender: { door: 'api' } }),
      outcome: 'succeeded' as const,
      endedAt: '2026-01-01T00:00:00.000Z',
    };
    await app.s3.put(auditKey(JOB, record.endedAt, record.id), JSON.stringify(record));
    await save('done', '2026-01-01T00:00:00.000Z-fake.json', '{}');
    const listed: string[] = [];
    const list = app.s3.list.bind(app.s3);
    app.s3.list = async function* (prefix, options) {
      for await (const entry of list(prefix, options)) {
        listed.push(entry.kind === 'object' ? entry.key : entry.prefix);
        yield entry;
      }
    };
    for (const path of [`/api/v1/jobs/${JOB}/operations`, '/api/v1/operations']) {
      expect((await app.send(path)).body.items.map(({ id }) => id)).toEqual(['done']);
    }
    expect(listed.filter((key) => key.includes('/logs/'))).toEqual([]);
  });
});
