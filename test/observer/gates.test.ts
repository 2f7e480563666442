/**
 * The observer and the gates: an application is an instance from the moment its gate is open, and held before. Gates that cannot be
 * read excuse nothing.
 *
 * Seen to fail: when a held application counts; when a revoked one counts as never open; when unreadable gates excuse a second one;
 * when an opening counts at once; when gates are read at each look; when a replaced application counts, or may write on.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { watchApplications } from '../../observer/applications.ts';
import { gateReader, replacedAt, standingOf, type Gate, type GateReader } from '../../observer/gates.ts';
import { judgeRecords } from '../../observer/judge.ts';
import { verdict } from '../../observer/observer.ts';

const gate = (epoch: number, state: string, applicationId: string | null = `app_${epoch}`): Gate => ({
  epoch,
  applicationId,
  gate: state,
  at: `2030-01-01T00:00:0${epoch}.000Z`,
});

test.each<[string, readonly Gate[] | undefined, string]>([
  ['open', [gate(1, 'revoked'), gate(2, 'open')], 'opened'],
  ['held', [gate(1, 'open'), gate(2, 'held')], 'held'],
  ['held, and its application is not named', [gate(1, 'open'), gate(2, 'held', null)], 'held'],
  ['held for another start', [gate(3, 'held', null)], 'unknown'],
  ['revoked without ever being named', [gate(1, 'revoked'), gate(2, 'revoked', null)], 'held'],
  ['revoked beside the instance of before', [gate(1, 'open'), gate(2, 'revoked')], 'held'],
  ['revoked beside a later one', [gate(2, 'revoked'), gate(3, 'open')], 'unknown'],
  ['revoked as all others', [gate(1, 'revoked'), gate(2, 'revoked')], 'unknown'],
  ['a word of a newer release', [gate(2, 'paused')], 'unknown'],
  ['absent', [gate(1, 'open')], 'unknown'],
  ['unreadable', undefined, 'unknown'],
])('an application whose gate is %s', (_, gates, kind) => {
  expect(standingOf({ id: 'app_2', epoch: 2 }, gates).kind).toBe(kind);
});

test('an application without an epoch has no gate that names no application', () => {
  expect(standingOf({ id: 'app_2', epoch: null }, [gate(2, 'held', null)]).kind).toBe('unknown');
});

test.each<[string, readonly Gate[] | undefined, string | undefined]>([
  ['the later start whose gate is open', [gate(2, 'revoked'), gate(3, 'open')], gate(3, 'open').at],
  ['no earlier start', [gate(1, 'open'), gate(2, 'revoked')], undefined],
  ['nobody while its own gate is open', [gate(2, 'open'), gate(3, 'held')], undefined],
  ['nobody as far as gates tell that cannot be read', undefined, undefined],
])('an application is replaced by %s', (_, gates, at) => {
  expect(replacedAt('app_2', gates)).toBe(at);
});

describe('a watch', () => {
  /** The epochs that YARN lists at one reading, and the gates that are read after it; null where they cannot be read. */
  interface Step {
    readonly live: readonly number[];
    readonly gates: readonly Gate[] | null;
    /** The state of the Flink job of each application, if its JobManager answers. */
    readonly flinkJob?: string;
  }
  const oldRuns: Step = { live: [1], gates: [gate(1, 'open')] };
  const newHeld: Step = { live: [1, 2], gates: [gate(1, 'open'), gate(2, 'held', null)] };
  const promoted = [gate(1, 'revoked'), gate(2, 'open')];
  const newRuns: Step = { live: [2], gates: promoted };

  let step = 0;
  let script: readonly Step[] = [];
  const now = (): Step => script[Math.min(step, script.length) - 1] ?? { live: [], gates: null };
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/proxy/app_1/jobs/overview') === true) {
      const { flinkJob } = now();
      response.end(flinkJob === undefined ? '<html>' : JSON.stringify({ jobs: [{ state: flinkJob }] }));
      return;
    }
    step += 1;
    const app = now().live.map((epoch) => ({
      id: `app_${epoch}`,
      name: 'clicks-dev',
      state: 'RUNNING',
      applicationTags: `sluice-job-clicks-dev,sluice-epoch-${epoch}`,
      startedTime: 0,
    }));
    response.end(JSON.stringify({ apps: { app } }));
  });
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  async function watched(steps: readonly Step[], gates: GateReader = () => Promise.resolve(now().gates ?? undefined)) {
    [step, script] = [0, steps];
    const resourceManager = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    const watch = watchApplications({ clusters: [{ name: 'yarn-a', resourceManager }], gates, intervalMs: 1 });
    while (watch.report().samples < steps.length + 1) await new Promise((resolve) => setTimeout(resolve, 1));
    const { jobs } = await watch.stop();
    const [job] = jobs;
    if (job === undefined) throw new Error('no application was seen');
    return { ...job, certain: job.doubles.filter(({ certain }) => certain).length };
  }

  test('counts a held application as none, and keeps when its gate was opened', async () => {
    const job = await watched([
      oldRuns,
      oldRuns,
      newHeld,
      newHeld,
      { live: [2], gates: newHeld.gates },
      newRuns,
      newRuns,
    ]);
    expect(job).toMatchObject({ mostAtOnce: 1, mostAlive: 2, certain: 0 });
    expect(job.applications.map(({ id }) => id)).toEqual(['app_1', 'app_2']);
    expect(job.openings.map(({ id, at }) => [id, at])).toEqual([
      ['app_1', '2030-01-01T00:00:01.000Z'],
      ['app_2', '2030-01-01T00:00:02.000Z'],
    ]);
  });

  test('counts a replaced application as none, and keeps when its successor took its place', async () => {
    const both: Step = { live: [1, 2], gates: promoted };
    const job = await watched([oldRuns, oldRuns, newHeld, both, both, newRuns, newRuns]);
    expect(job).toMatchObject({ mostAtOnce: 1, mostAlive: 2, certain: 0 });
    expect(job.replaced).toEqual([{ id: 'app_1', at: '2030-01-01T00:00:02.000Z' }]);
  });

  test('counts a replaced application whose JobManager answers that its job has not FINISHED', async () => {
    const both = (flinkJob: string): Step => ({ live: [1, 2], gates: promoted, flinkJob });
    const of = (flinkJob: string) => watched([oldRuns, oldRuns, newHeld, both(flinkJob), both(flinkJob), newRuns]);
    expect(await of('FINISHED')).toMatchObject({ mostAtOnce: 1, mostAlive: 2, certain: 0 });
    expect(await of('FAILED')).toMatchObject({ mostAtOnce: 2, certain: 1 });
    expect(await of('RUNNING')).toMatchObject({ mostAtOnce: 2, certain: 1 });
  });

  test('counts one whose gate is revoked and that nobody replaced', async () => {
    const opened: Step = { live: [3], gates: [gate(2, 'revoked'), gate(3, 'open')] };
    const both: Step = { live: [2, 3], gates: [gate(2, 'revoked'), gate(3, 'revoked')] };
    expect(await watched([opened, opened, both, both])).toMatchObject({ mostAtOnce: 2, certain: 1, replaced: [] });
  });

  test.each([
    ['before', '2030-01-01T00:00:01.999Z', true],
    ['after', '2030-01-01T00:00:02.001Z', false],
  ])('judges a replaced application that wrote until just %s the opening', async (_, emittedAt, sound) => {
    const both: Step = { live: [1, 2], gates: promoted };
    const { certain: _certain, ...job } = await watched([oldRuns, oldRuns, newHeld, both, both, newRuns]);
    const record = { job: 'clicks-dev', deployment: 1, instance: 'app_1', restoredFrom: null, seq: 0, emittedAt };
    const next = { ...record, instance: 'app_2', seq: 1, emittedAt: '2030-01-01T00:00:03.000Z' };
    const records = (await judgeRecords([record, next])).get('clicks-dev');
    const applications = { samples: 1, from: null, to: null, answered: 1, jobs: [job], silences: [] };
    expect(verdict({ job: 'clicks-dev', records, applications }).sound).toBe(sound);
  });

  test.each<[string, Step['gates']]>([
    ['cannot be read', null],
    ['name it nowhere', [gate(1, 'open')]],
    ['are none, as of a foreign job', []],
  ])('counts a second application whose gates %s', async (_, gates) => {
    const both: Step = { live: [1, 2], gates };
    expect(await watched([oldRuns, oldRuns, both, both])).toMatchObject({ mostAtOnce: 2, certain: 1 });
  });

  test('reads the gates of a job only while an application may not have been opened', async () => {
    let reads = 0;
    await watched([oldRuns, oldRuns, oldRuns, oldRuns, oldRuns], () => {
      reads += 1;
      return Promise.resolve(now().gates ?? undefined);
    });
    expect(reads).toBe(1);
  });
});

describe('the bucket', () => {
  async function answering(status: number, body: string) {
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url);
      response.writeHead(status, { 'content-type': 'application/xml' }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const endpoint = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    const store = { endpoint, region: 'local', bucket: 'sluice', accessKeyId: 'a', secretAccessKey: 'b' };
    return { asked, read: gateReader(store) };
  }
  const start = { ...gate(1, 'open'), startKey: 'operation/1', later: {} };

  test.each<[string, number, string, readonly Gate[] | undefined]>([
    [
      'a record, also of a newer release',
      200,
      JSON.stringify({ version: 1, starts: [start], later: 1 }),
      [gate(1, 'open')],
    ],
    ['no record', 404, '<Error><Code>NoSuchKey</Code></Error>', []],
    ['no bucket', 404, '<Error><Code>NoSuchBucket</Code></Error>', undefined],
    ['a failure', 503, '<Error><Code>SlowDown</Code></Error>', undefined],
    ['something else', 200, '<html>', undefined],
  ])('with %s', async (_, status, body, gates) => {
    const { asked, read } = await answering(status, body);
    expect(await read('clicks-dev')).toEqual(gates);
    expect(asked[0]).toMatch(/^\/sluice\/gates\/clicks-dev\.json/);
  });
});

test('nobody wrote between the last record of an instance and the first of the next', async () => {
  const record = (instance: string, seq: number, seconds: number) => ({
    job: 'clicks-dev',
    deployment: 1,
    instance,
    restoredFrom: null,
    seq,
    emittedAt: new Date(Date.parse('2030-01-01T00:00:00.000Z') + seconds * 1000).toISOString(),
  });
  const records = [
    record('app_1', 0, 0),
    record('app_1', 1, 5),
    record('app_2', 2, 5.8),
    record('app_2', 3, 20),
    record('app_3', 4, 19),
    record('app_4', 5, 30),
  ];
  const pauses = (await judgeRecords(records)).get('clicks-dev')?.pauses;
  expect(pauses?.map(({ before, after, milliseconds }) => [before, after, milliseconds])).toEqual([
    ['app_1', 'app_2', 800],
    ['app_2', 'app_3', 0],
    ['app_2', 'app_4', 10_000],
  ]);
  expect(pauses?.[0]).toMatchObject({ from: '2030-01-01T00:00:05.000Z', to: '2030-01-01T00:00:05.800Z' });
});
