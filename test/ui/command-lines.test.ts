/** Every line that people copy means what the console would send: the CLI itself, and a shell, read them here. */
import { execFileSync } from 'node:child_process';
import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { operationKinds } from '../../src/domain/lifecycle.ts';
import { confirmationOf } from '../../src/domain/operation/dangers.ts';
import { requestSchemas } from '../../src/domain/operation/operation.ts';
import { cancelLines, cliOf, curlOf, signalOf } from '../../src/ui/parts/action/command-lines.ts';
import type { Wish } from '../../src/ui/api/wish.ts';
import { sluice } from '../cli/run.ts';
import { operation, startStubApi, type StubApi } from '../cli/stub-api.ts';

const REVISION = '0123456789abcdef'.repeat(4);
const ID = 'console-1';
const hotfix = {
  set: { 'taskManager.memory': '4g', 'job.parallelism': 8, 'job.args': ['--a', "it's"], 'flink.config.a.b': 'c d' },
  unset: ['labels.tier'],
  expiresIn: '2d',
};

const wishes: readonly Wish[] = [
  { kind: 'deploy', release: 'clicks/1.2.1', reason: "it's late", hotfix, from: 'fresh', launcher: 'direct' },
  { kind: 'savepoint' },
  { kind: 'stop', drain: true, reason: 'the topic moves' },
  { kind: 'stop', stopWith: 'checkpoint' },
  { kind: 'kill', force: true, giveUp: true, reason: 'burnt' },
  { kind: 'resume', from: 's3://b/savepoint-1', acceptStateRisk: true, allowNonRestoredState: true },
  { kind: 'restart', from: 'latest-checkpoint', stopWith: 'checkpoint', discardNewerState: true },
  { kind: 'rollback', to: 7, foreignState: true },
  { kind: 'hotfix', ...hotfix },
  { kind: 'revertHotfix', reason: 'over' },
  { kind: 'adopt', release: 'clicks/1.2.1', cluster: 'yarn-a', application: 'application_1700000000000_0001' },
  { kind: 'recover' },
  { kind: 'failover', to: 'yarn-b', confirmUnfenced: true, reason: 'burnt' },
  { kind: 'failback' },
  { kind: 'transfer', team: 'ads', environment: 'prod' },
];

/** The words as a shell reads them. */
const wordsOf = (line: string): readonly string[] =>
  execFileSync('sh', ['-c', `for word in ${line}; do printf '%s\\0' "$word"; done`], { env: { SLUICE_TOKEN: 'slc_x' } })
    .toString()
    .split('\0')
    .slice(0, -1);

let api: StubApi;
let conditions: unknown[] = [];
beforeEach(async () => {
  api = await startStubApi();
  conditions = [];
  api.on('POST', '/jobs/clicks-prod/operations', (request: IncomingMessage, _body, response) => {
    conditions.push(request.headers['if-match']);
    response.writeHead(202, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ operation: operation() }));
  });
});
afterEach(async () => await api.close());

describe.each(wishes)('$kind', (wish) => {
  const sent = { job: 'clicks-prod', wish, id: ID, revision: REVISION };
  const hasPlan = wish.kind !== 'adopt' && wish.kind !== 'recover';

  it('is a request of the schema', () => {
    const { kind, ...fields } = wish;
    expect(requestSchemas[kind].safeParse(fields)).toMatchObject({ success: true });
  });

  it('is the same by the CLI', async () => {
    const [program, ...words] = wordsOf(cliOf(sent) ?? '');
    expect(program).toBe('sluice');
    const { exit } = await sluice([...words, '--no-wait'], { api: api.url });
    expect(exit).toBe(0);
    const posted = api.asked.filter(({ method }) => method === 'POST');
    expect(posted.map(({ body }) => body)).toEqual([{ id: ID, via: 'cli', actor: 'tester', ...wish }]);
    expect(conditions).toEqual([hasPlan ? `"${REVISION}"` : undefined]);
  });

  it('is the same by curl', () => {
    const words = wordsOf(curlOf(sent, 'https://sluice.example'));
    expect(words).toContain('https://sluice.example/api/v1/jobs/clicks-prod/operations');
    expect(words).toContain('Authorization: Bearer slc_x');
    expect(words).toContain(`If-Match: "${REVISION}"`);
    expect(JSON.parse(words.at(-1) ?? '')).toEqual({ id: ID, ...wish });
  });

  it('is the same by a signal', () => {
    const words = wordsOf(signalOf(sent, 'ann'));
    const name = words[words.findIndex((word) => word === '--signal-name' || word === '--name') + 1];
    const input = words[words.findIndex((word) => word === '--signal-input' || word === '--input') + 1];
    const { kind, ...fields } = wish;
    expect(name).toBe(kind);
    expect(words).toContain('flink-job:clicks-prod');
    expect(JSON.parse(input ?? '')).toEqual({ id: ID, actor: 'ann', ifRevision: REVISION.slice(0, 32), ...fields });
  });
});

it('has a wish for every kind', () => {
  expect(new Set(wishes.map(({ kind }) => kind))).toEqual(new Set(operationKinds));
});

it('says so where the CLI has no words', () => {
  const wish = { kind: 'hotfix', set: { a: 1 }, expiresAt: '2026-01-01T00:00:00Z' } as const;
  expect(cliOf({ job: 'clicks-prod', wish, id: ID })).toBeNull();
});

it('cancels by all three', () => {
  const { cli, curl, signal } = cancelLines({ job: 'j', operation: 'op-1', reason: 'wrong one' }, 'http://s', 'ann');
  expect(wordsOf(cli)).toEqual(['sluice', 'cancel', 'j', 'op-1', '--reason', 'wrong one']);
  expect(JSON.parse(wordsOf(curl).at(-1) ?? '')).toEqual({ reason: 'wrong one' });
  expect(JSON.parse(wordsOf(signal).at(-1) ?? '')).toEqual({ operation: 'op-1', actor: 'ann', reason: 'wrong one' });
});

describe('the proof of will', () => {
  const prod = { environment: 'prod', isFirst: false, confirmed: ['prod*'] };
  const dev = { environment: 'dev', isFirst: false, confirmed: ['prod*'] };
  const live = { environment: 'live', isFirst: false, confirmed: ['live', 'prod'] };
  it.each([
    ['savepoint', {}, prod, { dangers: [], byName: false, needsReason: false }],
    ['deploy', {}, dev, { dangers: [], byName: false, needsReason: false }],
    ['deploy', {}, prod, { dangers: [], byName: false, needsReason: true }],
    ['stop', {}, dev, { dangers: [], byName: false, needsReason: true }],
    ['stop', { drain: true }, dev, { dangers: ['drain'], byName: false, needsReason: true }],
    ['restart', { stopWith: 'checkpoint' }, dev, { dangers: ['stopWithCheckpoint'], byName: false }],
    ['restart', { stopWith: 'checkpoint' }, prod, { dangers: ['stopWithCheckpoint'], byName: true }],
    ['restart', { stopWith: 'checkpoint' }, live, { byName: true, needsReason: true }],
    ['deploy', {}, { ...prod, confirmed: [] }, { byName: false, needsReason: false }],
    ['deploy', {}, { ...prod, environment: null }, { needsReason: false }],
    ['deploy', { from: 'fresh' }, dev, { dangers: ['fresh'], byName: true }],
    ['deploy', { from: 'fresh' }, { ...prod, isFirst: true }, { dangers: [], byName: false }],
    [
      'kill',
      { force: true, giveUp: true },
      dev,
      { dangers: ['kill', 'force', 'giveUp'], byName: true, needsReason: true },
    ],
    ['failover', { confirmUnfenced: true }, dev, { dangers: ['unfenced'], byName: true, needsReason: true }],
    ['failover', {}, dev, { dangers: [], needsReason: false }],
  ] as const)('of %s %o', (kind, request, about, expected) => {
    expect(confirmationOf(kind, request, about)).toMatchObject(expected);
  });
});
