import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { watchApplications } from '../../observer/applications.ts';
import { judgeRecords } from '../../observer/judge.ts';
import { ApplicationLedger } from '../../observer/ledger.ts';
import type { ClusterAnswer, LiveApplication } from '../../observer/ledger.ts';
import { endOfFile, readEchoedArguments, readRecords, UnreadableLineError } from '../../observer/records.ts';
import type { EmittedRecord } from '../../observer/records.ts';
import { observe, verdict } from '../../observer/observer.ts';

const START = Date.parse('2030-01-01T00:00:00.000Z');
const SAVEPOINT = 's3://sluice/savepoints/clicks-dev/op-1/savepoint-0a1b2c-d3e4f5';
const CHECKPOINT = 's3://sluice/checkpoints/clicks-dev/0a1b2c/chk-7';

type Part = Partial<EmittedRecord> & { readonly seqs: readonly number[]; readonly atSecond: number };

/** Writes one record a second from `atSecond` on. */
function written({ seqs, atSecond, ...rest }: Part): EmittedRecord[] {
  return seqs.map((seq, index) => ({
    job: 'clicks-dev',
    deployment: 1,
    instance: 'application_1_0001',
    restoredFrom: null,
    seq,
    emittedAt: new Date(START + (atSecond + index) * 1000).toISOString(),
    ...rest,
  }));
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
const second = { instance: 'application_1_0002', deployment: 2, restoredFrom: SAVEPOINT } as const;
const firstTen = written({ seqs: range(0, 9), atSecond: 0 });

async function reportOf(records: readonly EmittedRecord[], unsettled = 0) {
  const report = (await judgeRecords(records, { unsettled })).get('clicks-dev');
  if (report === undefined) throw new Error('no report');
  return report;
}

test('a savepoint after which the job ran on explains what is repeated, like a checkpoint', async () => {
  const records = [...firstTen, ...written({ ...second, seqs: range(8, 19), atSecond: 20 })];
  const repeated = async (runOnAfter: RegExp) =>
    (await judgeRecords(records, { runOnAfter })).get('clicks-dev')?.repeated.unexplained;
  expect(await repeated(/savepoint/)).toBe(0);
  expect(await repeated(/another/)).toBe(2);
});

describe('records of one job', () => {
  interface Case {
    readonly story: string;
    readonly records: readonly EmittedRecord[];
    readonly overlaps?: number;
    readonly lost?: number;
    readonly repeated?: readonly [within: number, across: number, unexplained: number];
    readonly stateErrors?: number;
    readonly sound: boolean;
  }
  const cases: readonly Case[] = [
    {
      story: 'an upgrade',
      records: [...firstTen, ...written({ ...second, seqs: range(10, 19), atSecond: 20 })],
      sound: true,
    },
    {
      story: 'an upgrade with a parallelism that mixes neighbours',
      records: written({ seqs: [1, 0, 2, 4, 3], atSecond: 0 }),
      sound: true,
    },
    {
      story: 'two instances whose lines alternate',
      records: [
        ...written({ seqs: range(0, 4), atSecond: 0 }),
        ...written({ ...second, seqs: [5], atSecond: 5 }),
        ...written({ seqs: [6], atSecond: 6 }),
        ...written({ ...second, seqs: [7], atSecond: 7 }),
      ],
      overlaps: 1,
      sound: false,
    },
    {
      story: 'two instances that overlap in time though not in the file',
      records: [...firstTen, ...written({ ...second, seqs: range(10, 19), atSecond: 5 })],
      overlaps: 1,
      sound: false,
    },
    {
      story: 'a gap between two instances',
      records: [...firstTen, ...written({ ...second, seqs: range(13, 19), atSecond: 20 })],
      lost: 3,
      sound: false,
    },
    {
      story: 'a gap across many pages of the bitmap',
      records: written({ seqs: [0, 1, 2_000_000_000_000], atSecond: 0 }),
      lost: 1_999_999_999_998,
      sound: false,
    },
    {
      story: 'a savepoint that counts less than was written',
      records: [...firstTen, ...written({ ...second, seqs: range(8, 19), atSecond: 20 })],
      repeated: [0, 2, 2],
      sound: false,
    },
    {
      story: 'a restore from a checkpoint after a crash',
      records: [...firstTen, ...written({ ...second, restoredFrom: CHECKPOINT, seqs: range(7, 19), atSecond: 20 })],
      repeated: [0, 3, 0],
      sound: true,
    },
    {
      story: 'a rollback to the point from which the failed deployment started',
      records: [
        ...firstTen,
        ...written({ ...second, seqs: [10, 11], atSecond: 20 }),
        ...written({ ...second, instance: 'application_1_0003', seqs: range(10, 15), atSecond: 40 }),
      ],
      repeated: [0, 2, 0],
      sound: true,
    },
    {
      story: 'a fresh start of a job that had state',
      records: [...firstTen, ...written({ ...second, restoredFrom: null, seqs: range(0, 3), atSecond: 20 })],
      repeated: [0, 4, 4],
      sound: false,
    },
    {
      story: 'a failover inside the application',
      records: [...firstTen, ...written({ attempt: 1, seqs: range(8, 12), atSecond: 15 })],
      repeated: [2, 0, 0],
      sound: true,
    },
    {
      story: 'a record written twice by one attempt',
      records: [...firstTen, ...written({ seqs: [9], atSecond: 10 })],
      repeated: [1, 0, 1],
      sound: false,
    },
    {
      story: 'a count that does not fit',
      records: [
        ...firstTen,
        ...written({ seqs: [10], atSecond: 10, stateError: 'the count of key 10 is 7, expected 1' }),
      ],
      stateErrors: 1,
      sound: false,
    },
  ];
  test.each(cases)(
    '$story',
    async ({ records, overlaps = 0, lost = 0, repeated = [0, 0, 0], stateErrors = 0, sound }) => {
      const report = await reportOf(records);
      expect({
        overlaps: report.overlaps.count,
        lost: report.lost.count,
        repeated: [report.repeated.withinInstance, report.repeated.acrossInstances, report.repeated.unexplained],
        stateErrors: report.stateErrors.count,
      }).toEqual({ overlaps, lost, repeated, stateErrors });
      expect(verdict({ job: 'clicks-dev', records: report }).sound).toBe(sound);
    },
  );

  test('instances are told in their order, each with its span', async () => {
    const report = await reportOf([
      ...firstTen,
      ...written({ ...second, version: '1.1.0', seqs: range(10, 19), atSecond: 20 }),
    ]);
    expect(report.instances).toMatchObject([
      { instance: 'application_1_0001', deployment: 1, seqs: { from: 0, to: 9 }, records: 10, restarts: 0 },
      {
        instance: 'application_1_0002',
        version: '1.1.0',
        restoredFrom: SAVEPOINT,
        firstEmittedAt: '2030-01-01T00:00:20.000Z',
        lastEmittedAt: '2030-01-01T00:00:29.000Z',
      },
    ]);
  });

  test('what is still on its way is not lost', async () => {
    const records = written({ seqs: [0, 1, 2, 3, 5], atSecond: 0 });
    expect((await reportOf(records)).lost).toEqual({ count: 1, examples: [{ from: 4, to: 4 }] });
    expect((await reportOf(records, 3)).lost.count).toBe(0);
  });

  test('jobs are judged apart', async () => {
    const reports = await judgeRecords([...firstTen, ...written({ job: 'other', seqs: range(5, 9), atSecond: 3 })]);
    expect([...reports.keys()]).toEqual(['clicks-dev', 'other']);
    expect(reports.get('other')).toMatchObject({ records: 5, overlaps: { count: 0 }, lost: { count: 0 } });
  });

  test('a million records leave a short report', async () => {
    const emittedAt = new Date(START).toISOString();
    function* million() {
      for (let seq = 0; seq < 1_000_000; seq += 1) {
        if (seq !== 777_777)
          yield { job: 'clicks-dev', deployment: 1, instance: 'a', restoredFrom: null, seq, emittedAt };
      }
    }
    const report = (await judgeRecords(million())).get('clicks-dev');
    expect(report?.lost).toEqual({ count: 1, examples: [{ from: 777_777, to: 777_777 }] });
  });
});

describe('the file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'observer-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const seqsOf = async (file: string, filter = {}) => {
    const seqs: number[] = [];
    for await (const { seq } of readRecords(file, filter)) seqs.push(seq);
    return seqs;
  };
  const textOf = (records: readonly object[]) => records.map((record) => `${JSON.stringify(record)}\n`).join('');

  test('a file that nobody wrote yet has no records', async () => {
    expect(await seqsOf(join(folder, 'none'))).toEqual([]);
    expect(await endOfFile(join(folder, 'none'))).toBe(0);
  });

  test('a last line that is cut off is left out', async () => {
    const file = join(folder, 'cut');
    await writeFile(file, `${textOf(firstTen)}{"job":"clicks-dev","seq":1`);
    expect(await seqsOf(file)).toEqual(range(0, 9));
  });

  test('a line in the middle that is no record is said to be so', async () => {
    const file = join(folder, 'broken');
    await writeFile(file, `${textOf(firstTen)}{"job":"clicks{"job"\n${textOf(firstTen)}`);
    await expect(seqsOf(file)).rejects.toThrow(UnreadableLineError);
    await expect(seqsOf(file)).rejects.toThrow('line 11 of those read');
  });

  test('lines longer than a chunk and characters of several bytes survive', async () => {
    const file = join(folder, 'long');
    const stateError = 'ü€'.repeat(100_000);
    await writeFile(file, textOf(written({ seqs: [0, 1], atSecond: 0, stateError })));
    for await (const record of readRecords(file)) expect(record.stateError).toBe(stateError);
  });

  test('one may read on from where one was, and one job only', async () => {
    const file = join(folder, 'from');
    await writeFile(file, textOf(firstTen));
    const from = await endOfFile(file);
    await appendFile(file, textOf(written({ seqs: [10], atSecond: 10 })));
    await appendFile(file, textOf(written({ job: 'other', seqs: [99], atSecond: 10 })));
    expect(await seqsOf(file, { from, job: 'clicks-dev' })).toEqual([10]);
  });

  test('echoed arguments are not records', async () => {
    const file = join(folder, 'args');
    const args = ['--note', 'a "b" $HOME'];
    await writeFile(file, textOf([{ ...firstTen[0], seq: undefined, args }, ...firstTen]));
    expect(await seqsOf(file)).toHaveLength(10);
    expect((await readEchoedArguments(file)).map((echoed) => echoed.args)).toEqual([args]);
  });
});

const live = (cluster: string, id: string, state = 'RUNNING', job = 'clicks-dev'): LiveApplication => ({
  cluster,
  id,
  state,
  job,
  name: job,
  startedTime: START,
});
const known = (cluster: string, ...applications: LiveApplication[]): ClusterAnswer => ({
  kind: 'known',
  cluster,
  applications,
});
const silent = (cluster: string): ClusterAnswer => ({ kind: 'unknown', cluster, reason: 'HTTP 503' });

describe('samples of live applications', () => {
  const one = known('yarn-a', live('yarn-a', 'app_1'));
  const both = known('yarn-a', live('yarn-a', 'app_1'), live('yarn-a', 'app_2', 'ACCEPTED'));
  const two = known('yarn-a', live('yarn-a', 'app_2'));
  const none = known('yarn-a');
  const onB = known('yarn-b', live('yarn-b', 'app_9', 'SUBMITTED'));
  interface Case {
    readonly story: string;
    readonly samples: readonly (readonly ClusterAnswer[])[];
    readonly doubles: readonly (readonly [samples: number, certain: boolean])[];
    readonly sound: boolean;
  }
  const cases: readonly Case[] = [
    { story: 'one after the other', samples: [[one], [none], [two]], doubles: [], sound: true },
    { story: 'the next one appears as the old one is gone', samples: [[one], [two]], doubles: [], sound: true },
    { story: 'two at once', samples: [[one], [both], [both], [two]], doubles: [[2, true]], sound: false },
    {
      story: 'two clusters that are seen with one each once',
      samples: [
        [one, known('yarn-b')],
        [one, onB],
        [none, onB],
      ],
      doubles: [[1, false]],
      sound: true,
    },
    {
      story: 'two clusters that keep one each',
      samples: [
        [one, onB],
        [one, onB],
      ],
      doubles: [[2, true]],
      sound: false,
    },
    {
      story: 'two clusters, one of which moves on in its states',
      samples: [
        [one, onB],
        [one, known('yarn-b', live('yarn-b', 'app_9'))],
      ],
      doubles: [
        [1, true],
        [1, true],
      ],
      sound: false,
    },
    {
      story: 'two jobs with one each',
      samples: [[known('yarn-a', live('yarn-a', 'app_1'), live('yarn-a', 'app_2', 'RUNNING', 'other'))]],
      doubles: [],
      sound: true,
    },
    {
      story: 'a cluster that is silent for a while',
      samples: [[one], [silent('yarn-a'), onB], [none, onB]],
      doubles: [],
      sound: true,
    },
    { story: 'no cluster ever answers', samples: [[silent('yarn-a')]], doubles: [], sound: false },
  ];
  test.each(cases)('$story', async ({ samples, doubles, sound }) => {
    const ledger = new ApplicationLedger();
    for (const [index, answers] of samples.entries()) ledger.add({ at: START + index * 250, answers });
    const applications = ledger.report();
    const job = applications.jobs.find((watched) => watched.job === 'clicks-dev');
    expect((job?.doubles ?? []).map((double) => [double.samples, double.certain])).toEqual(doubles);
    expect(verdict({ job: 'clicks-dev', records: await reportOf(firstTen), applications }).sound).toBe(sound);
  });

  test('a silence has its span and its reason', () => {
    const ledger = new ApplicationLedger();
    const samples = [[one], [silent('yarn-a')], [silent('yarn-a')], [one], [silent('yarn-a')]];
    for (const [index, answers] of samples.entries()) ledger.add({ at: START + index * 1000, answers });
    expect(ledger.report()).toMatchObject({
      samples: 5,
      answered: 2,
      silences: [
        {
          cluster: 'yarn-a',
          from: '2030-01-01T00:00:01.000Z',
          to: '2030-01-01T00:00:02.000Z',
          samples: 2,
          reason: 'HTTP 503',
        },
        { cluster: 'yarn-a', samples: 1 },
      ],
    });
  });
});

describe('the verdict', () => {
  test('says in one sentence that all is well', async () => {
    const ledger = new ApplicationLedger();
    ledger.add({ at: START, answers: [known('yarn-a', live('yarn-a', 'app_1')), silent('yarn-b')] });
    const records = await reportOf([...firstTen, ...written({ ...second, seqs: range(10, 19), atSecond: 20 })]);
    expect(verdict({ job: 'clicks-dev', records })).toEqual({
      sound: true,
      sentence: 'clicks-dev: one instance at every moment, 2 instances in turn, 20 records, 0 lost, 0 repeated',
      problems: [],
    });
    expect(verdict({ job: 'clicks-dev', records, applications: ledger.report() }).sentence).toContain(
      'yarn-b unknown from 2030-01-01T00:00:00.000Z',
    );
  });

  test('names what is broken', async () => {
    const records = await reportOf([...firstTen, ...written({ ...second, seqs: [7, 13], atSecond: 5 })]);
    const { sentence, problems } = verdict({ job: 'clicks-dev', records });
    expect(sentence).toMatch(/^clicks-dev: NOT one instance at every moment, .* 3 lost, 1 repeated$/);
    expect(problems).toEqual([
      'application_1_0001 and application_1_0002 both wrote from 2030-01-01T00:00:05.000Z to 2030-01-01T00:00:06.000Z',
      '3 lost, the first from 10 to 12',
      '1 repeated without a restore that explains it; the first of all is 7 by application_1_0002',
    ]);
  });

  test('forbids every repetition where none may be', async () => {
    const records = await reportOf([
      ...firstTen,
      ...written({ ...second, restoredFrom: CHECKPOINT, seqs: [9, 10], atSecond: 20 }),
    ]);
    expect(verdict({ job: 'clicks-dev', records }).sound).toBe(true);
    expect(verdict({ job: 'clicks-dev', records, repeats: 'none' }).sound).toBe(false);
  });

  test('tells of a glimpse of two, which proves nothing', async () => {
    const ledger = new ApplicationLedger();
    ledger.add({
      at: START,
      answers: [known('yarn-a', live('yarn-a', 'app_1')), known('yarn-b', live('yarn-b', 'app_9'))],
    });
    ledger.add({ at: START + 1, answers: [known('yarn-a'), known('yarn-b', live('yarn-b', 'app_9'))] });
    const records = await reportOf(firstTen);
    const { sound, sentence } = verdict({ job: 'clicks-dev', records, applications: ledger.report() });
    expect(sound).toBe(true);
    expect(sentence).toContain('glimpsed once app_1 and app_9 at 2030-01-01T00:00:00.000Z');
  });

  test('no record is no proof', () => {
    expect(verdict({ job: 'clicks-dev', records: undefined })).toMatchObject({
      sound: false,
      problems: ['no record was written'],
    });
  });
});

describe('watching a ResourceManager', () => {
  let body = '';
  let status = 200;
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  let resourceManager: string;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    resourceManager = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const app = (id: string, tags: string, name = 'anything') => ({
    id,
    name,
    state: 'RUNNING',
    applicationTags: tags,
    startedTime: START,
    finalStatus: 'UNDEFINED',
  });
  const seen = async () => {
    const watch = watchApplications({ clusters: [{ name: 'yarn-a', resourceManager }], intervalMs: 1 });
    while (watch.report().samples < 3) await new Promise((resolve) => setTimeout(resolve, 2));
    return watch.stop();
  };

  test('reads applications by tag, else by name', async () => {
    status = 200;
    body = JSON.stringify({
      apps: { app: [app('app_1', 'sluice-epoch-1,sluice-job-clicks-dev,sluice'), app('app_2', '', 'clicks-dev')] },
    });
    const { jobs } = await seen();
    expect(asked[0]).toBe(
      '/ws/v1/cluster/apps?applicationTypes=Apache+Flink&states=NEW%2CNEW_SAVING%2CSUBMITTED%2CACCEPTED%2CRUNNING',
    );
    expect(jobs).toMatchObject([{ job: 'clicks-dev', mostAtOnce: 2, doubles: [{ certain: true }] }]);
  });

  test.each([
    ['no applications', 200, '{"apps":null}', 0],
    ['no applications, as older ones say it', 200, '{"apps":{}}', 0],
    ['a standby without an active one', 200, 'There is no active RM right now', 1],
    ['an error', 500, '{}', 1],
  ])('%s', async (_story, answer, text, silences) => {
    status = answer;
    body = text;
    const report = await seen();
    expect(report.jobs).toEqual([]);
    expect(report.silences).toHaveLength(silences);
  });

  test('an unreachable one is unknown, and the watch goes on', async () => {
    const watch = watchApplications({
      clusters: [{ name: 'yarn-a', resourceManager: 'http://127.0.0.1:9' }],
      intervalMs: 1,
      timeoutMs: 500,
    });
    while (watch.report().samples < 2) await new Promise((resolve) => setTimeout(resolve, 2));
    expect((await watch.stop()).silences).toMatchObject([{ cluster: 'yarn-a' }]);
  });

  test('a signal ends the watch', async () => {
    const controller = new AbortController();
    const watch = watchApplications({
      clusters: [{ name: 'yarn-a', resourceManager }],
      intervalMs: 60_000,
      signal: controller.signal,
    });
    controller.abort();
    expect((await watch.stop()).samples).toBe(1);
  });

  test('observes a job from a moment on', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'observer-'));
    const file = join(folder, 'records');
    status = 200;
    body = JSON.stringify({ apps: { app: [app('application_1_0001', 'sluice-job-clicks-dev')] } });
    await writeFile(file, `${JSON.stringify(firstTen[0])}\n`);
    const clusters = [{ name: 'yarn-a', resourceManager }];
    const observation = await observe({ job: 'clicks-dev', file, clusters, intervalMs: 1 });
    await appendFile(
      file,
      firstTen
        .slice(5)
        .map((record) => `${JSON.stringify(record)}\n`)
        .join(''),
    );
    const { sound, records, applications } = await observation.conclude();
    expect({ sound, seqs: records?.seqs, lost: records?.lost.count }).toEqual({
      sound: true,
      seqs: { from: 5, to: 9 },
      lost: 0,
    });
    expect(applications.jobs).toHaveLength(1);
    await rm(folder, { recursive: true });
  });
});
