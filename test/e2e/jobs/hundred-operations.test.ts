/**
 * A hundred operations on one job, with Temporal's database deleted in the middle, while one of them runs: the job is
 * recovered, with nothing started and nothing stopped, and the history shows all hundred, once each.
 *
 * On a Temporal of its own, since all other jobs of the stack would be lost with it.
 */
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askSupervisor } from '../../../stack/control.ts';
import { readSettings } from '../../../stack/settings.ts';
import { stackFiles } from '../../../stack/layout/stack-files.ts';
import type { DoctorBody, LostJob, Page } from '../../../src/api/contract.ts';
import type { OperationKind } from '../../../src/domain/lifecycle.ts';
import type { OperationRecord } from '../../../src/domain/operation/operation.ts';
import { claimKey } from '../../../src/domain/identity/storage-keys.ts';
import { acceptedIn, Api, until } from '../../support/api.ts';
import { applicationsOf, endApplicationsOf, liveApplicationsOf } from '../../support/outside/applications.ts';
import { sluice } from '../../support/commands.ts';
import { publish } from '../../support/releases.ts';
import { secondStackDirectory, startSecondSluice, type SecondSluice } from '../../support/processes/second-sluice.ts';
import { bucketOf, newJobName, runningStack } from '../../support/stack.ts';

const ALL = 100;
const DELETED_AFTER = 50;
const STORY_MS = 900_000;

const job = newJobName('hundred');
const settings = { ...readSettings(), stackDirectory: secondStackDirectory(readSettings().stackDirectory) };
const asked: string[] = [];
let second: SecondSluice;
let api: Api;
let release: string;

beforeAll(async () => {
  second = await startSecondSluice({});
  api = new Api(second.status);
  release = await publish({ job, version: '1.0.0', fields: { upgrade: { handover: 'auto' } } });
}, 400_000);

afterAll(async () => {
  await endApplicationsOf(job);
  await second.down();
});

/** Mostly what is cheap, now and then what starts the job anew. */
function nth(number: number): readonly [OperationKind, Record<string, unknown>] {
  if (number === 1) return ['deploy', { release }];
  switch (number % 50) {
    case 10:
      return ['stop', {}];
    case 11:
      return ['resume', {}];
    case 20:
      return ['restart', {}];
    default:
      return ['savepoint', {}];
  }
}

async function operate(upTo: number): Promise<void> {
  while (asked.length < upTo) {
    const number = asked.length + 1;
    const [kind, fields] = nth(number);
    const { id } = await api.succeed(job, kind, { ...fields, id: `n-${number}` });
    asked.push(id);
  }
}

async function component(name: string, what: 'stop' | 'start'): Promise<void> {
  await askSupervisor(`/components/${name}/${what}`, what === 'stop' ? { signal: 'SIGKILL' } : {}, { settings });
}

/** All pages of the history, as the API gives them. */
async function pages(limit: number): Promise<OperationRecord[]> {
  const found: OperationRecord[] = [];
  for (let cursor: string | null = null; ;) {
    const after = cursor === null ? '' : `&cursor=${cursor}`;
    const text = await api.ok(`/jobs/${job}/operations?limit=${limit}${after}`);
    const page = JSON.parse(text) as Page<OperationRecord>; // the Contract's shape
    found.push(...page.items);
    if (page.nextCursor === null) return found;
    cursor = page.nextCursor;
  }
}

test(
  'fifty operations, then Temporal’s database is deleted while the next one runs',
  async () => {
    await operate(DELETED_AFTER);
    const { id } = acceptedIn(await api.ask(job, 'savepoint', { id: `n-${DELETED_AFTER + 1}` }));
    asked.push(id);
    // Whether it ends is nobody's to say any more; that it was accepted must not be forgotten with it.
    await until('its claim', 30_000, () => bucketOf(runningStack()).head(claimKey(job, id)));
    await component('temporal', 'stop');
    await rm(stackFiles(settings.stackDirectory).data('temporal'), { recursive: true, force: true });
    await component('temporal', 'start');
  },
  STORY_MS,
);

test(
  'the job is lost, and recovered as it is: nothing is started, nothing is stopped',
  async () => {
    const states = async () => (await applicationsOf(job)).map(({ id, state }) => `${id} ${state}`).sort();
    const before = await states();
    const [application, ...more] = await liveApplicationsOf(job);
    expect(more).toEqual([]);
    await until('the workers', 120_000, async () => {
      const { items } = JSON.parse(await api.ok('/doctor')) as DoctorBody; // the Contract's shape
      const workers = items.filter(({ check }) => check === 'workers');
      return workers.length === 2 && workers.every(({ level }) => level === 'ok') ? true : null;
    });
    expect((await api.send('GET', `/jobs/${job}`)).status).toBe(404);
    expect(await api.list<LostJob>('/lost-jobs')).toContainEqual({ name: job });
    const doctor = await sluice('--api', second.status.api, '-o', 'json', 'doctor');
    expect(doctor.code).toBe(1);
    const { items } = JSON.parse(doctor.stdout) as DoctorBody; // the Contract's shape
    expect(items).toContainEqual(expect.objectContaining({ check: 'lostJobs', level: 'broken', subject: job }));

    const id = `n-${DELETED_AFTER + 2}`;
    const recovered = await sluice('--api', second.status.api, 'recover', job, '--id', id);
    expect(recovered).toMatchObject({ code: 0 });
    asked.push(id);
    const operation = await api.operation(job, id);
    expect(operation).toMatchObject({ kind: 'recover', outcome: 'succeeded', savepoint: null });
    expect(await api.job(job)).toMatchObject({ state: 'running', deployment: { applicationId: application } });
    expect(await states()).toEqual(before);
    // Once is enough: it is known now.
    expect((await api.ask(job, 'recover')).status).toBe(409);
  },
  STORY_MS,
);

test(
  'a hundred operations later the history shows each of them once, in pages, by API and CLI',
  async () => {
    await operate(ALL);
    const history = await pages(17);
    expect(history.map(({ id }) => id).sort()).toEqual([...asked].sort());
    expect(history).toHaveLength(ALL);
    const ends = history.map(({ endedAt }) => endedAt ?? '');
    expect(ends).toEqual([...ends].sort().reverse());
    const unclear = history.filter(({ outcome }) => outcome !== 'succeeded');
    expect(unclear.filter(({ error }) => error?.code !== 'HistoryLost')).toEqual([]);
    expect(unclear.length).toBeLessThanOrEqual(1);
    // Asking again with an id from before is the operation of then.
    expect(await api.run(job, 'stop', { id: 'n-10' })).toMatchObject({ kind: 'stop', outcome: 'succeeded' });

    const first = await sluice('--api', second.status.api, '-o', 'json', 'history', job, '--limit', '60');
    const page = JSON.parse(first.stdout) as Page<OperationRecord>; // the Contract's shape
    const cursor = page.nextCursor ?? '';
    const rest = await sluice(
      '--api',
      second.status.api,
      '-o',
      'json',
      'history',
      job,
      '--limit',
      '60',
      '--cursor',
      cursor,
    );
    const last = JSON.parse(rest.stdout) as Page<OperationRecord>; // the Contract's shape
    expect([...page.items, ...last.items].map(({ id }) => id)).toEqual(history.map(({ id }) => id));
    expect(last.nextCursor).toBeNull();
  },
  STORY_MS,
);
