/**
 * The gate in the JVMs of jobs: each record, role, attempt and application gives the same answer on both versions of Flink,
 * and a JVM that may not run ends with the exit code that says why.
 *
 * Needs a JDK and Flink's JARs, as the real half of the contract with Flink does.
 *
 * Seen to fail: when a held start takes any application; when a field may stand twice, or a record go on after its end; when
 * Entry passes on the ClassNotFoundException; when nothing limits a hold; when Entry halts in the thread of main().
 */
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FLINK_VERSIONS } from '../../stack/cache/pins.ts';
import { answerOf, type GateAnswer } from '../world/agent/gate.ts';
import { createProbes, endOf, lineOf, readerOf, type Probes } from './gate/probe.ts';
import { APPLICATION, entry, FIRST, ID, open, other, OWN, record } from './gate/records.ts';
import { stackStatus } from './stack-status.ts';

/** Answers that the fakes give too: Sluice writes none of the other records. */
const inFakes: Readonly<Partial<Record<Answer, GateAnswer>>> = { PASS: 'open', HELD: 'held', REFUSED: 'refused' };

type Answer = 'PASS' | 'HELD' | 'REFUSED' | 'NO ANSWER' | 'UNUSABLE';
/** Name, record, the answers to JobManager and TaskManager, and the container unless it is one of the first attempt. */
type Row = readonly [name: string, record: string, jobManager: Answer, taskManager: Answer, container?: string];

const table: readonly Row[] = [
  ['open', open, 'PASS', 'PASS'],
  ['open, in a container of a ResourceManager that never restarted', open, 'PASS', 'PASS', `container_${ID}_01_000002`],
  ['held', record([entry('held')]), 'HELD', 'PASS'],
  ['held, and its application is not known yet', record([entry('held', null)]), 'HELD', 'PASS'],
  ['open without an application', record([entry('open', null)]), 'REFUSED', 'REFUSED'],
  ['open without the field', record([{ startKey: OWN, gate: 'open' }]), 'REFUSED', 'REFUSED'],
  ['open for another application', record([entry('open', 'application_1_0001')]), 'REFUSED', 'REFUSED'],
  ['held for another application', record([entry('held', 'application_1_0001')]), 'REFUSED', 'REFUSED'],
  ['revoked', record([entry('revoked')]), 'REFUSED', 'REFUSED'],
  ['revoked before its application was known', record([entry('revoked', null)]), 'REFUSED', 'REFUSED'],
  ['absent', record([]), 'REFUSED', 'REFUSED'],
  ['absent, while another start is open', record([other]), 'REFUSED', 'REFUSED'],
  ['open beside another start', record([other, entry('open')]), 'PASS', 'PASS'],
  ['open in the second attempt', open, 'REFUSED', 'REFUSED', `container_e17_${ID}_02_000001`],
  ['open in the eleventh attempt', open, 'REFUSED', 'REFUSED', `container_e17_${ID}_11_000001`],
  ['open for an id that begins like the own', open, 'REFUSED', 'REFUSED', `container_e17_${ID}1_01_000001`],
  ['open, in no container', open, 'UNUSABLE', 'UNUSABLE', 'null'],
  ['a word of a newer release', record([entry('paused')]), 'NO ANSWER', 'NO ANSWER'],
  ['no gate', record([entry(null)]), 'NO ANSWER', 'NO ANSWER'],
  ['a gate that is no word', record([entry(7)]), 'NO ANSWER', 'NO ANSWER'],
  ['unknown fields', record([entry('open', APPLICATION, { later: { a: [{}] } })], { x: [1] }), 'PASS', 'PASS'],
  ['a restore path', record([entry('open', APPLICATION, { restore: 's3://sluice/x' })]), 'PASS', 'PASS'],
  ['no restore path', record([entry('open', APPLICATION, { restore: null })]), 'PASS', 'PASS'],
  ['an empty restore path', record([entry('open', APPLICATION, { restore: '' })]), 'NO ANSWER', 'NO ANSWER'],
  ['a restore path that is no text', record([entry('open', APPLICATION, { restore: 7 })]), 'NO ANSWER', 'NO ANSWER'],
  [
    'another order',
    `{"starts":[{"gate":"open","applicationId":"${APPLICATION}","startKey":"${OWN}"}]}`,
    'PASS',
    'PASS',
  ],
  ['a record for newer readers', record([entry('open')], { minReader: 99 }), 'NO ANSWER', 'NO ANSWER'],
  ['a record for older readers too', record([entry('open')], { minReader: 1 }), 'PASS', 'PASS'],
  ['a minReader that is no number', record([entry('open')], { minReader: '1' }), 'NO ANSWER', 'NO ANSWER'],
  ['two entries', record([entry('open'), entry('revoked')]), 'NO ANSWER', 'NO ANSWER'],
  ['a field twice', open.replace('"gate"', '"gate":"revoked","gate"'), 'NO ANSWER', 'NO ANSWER'],
  ['truncated after the entry', open.slice(0, -2), 'NO ANSWER', 'NO ANSWER'],
  ['truncated in the entry', open.slice(0, open.indexOf('"gate"')), 'NO ANSWER', 'NO ANSWER'],
  ['empty', '', 'NO ANSWER', 'NO ANSWER'],
  ['two records', open + open, 'NO ANSWER', 'NO ANSWER'],
  ['no starts', '{}', 'NO ANSWER', 'NO ANSWER'],
  ['starts that are no list', record({}), 'NO ANSWER', 'NO ANSWER'],
  ['a start that is no object', record(['x', entry('open')]), 'NO ANSWER', 'NO ANSWER'],
  ['no JSON', '<html>', 'NO ANSWER', 'NO ANSWER'],
];

const alike = table.flatMap(([name, text, answer, , container]) => {
  const wanted = inFakes[answer];
  return wanted === undefined || container !== undefined ? [] : [{ name, text, wanted }];
});
test.each(alike)('the fakes judge alike: $name', ({ text, wanted }) => {
  expect(answerOf(text, { startKey: OWN, applicationId: APPLICATION })).toBe(wanted);
});

describe.skipIf(stackStatus() === null)('the gate in a JVM', () => {
  let probes: Probes;
  const opened = (path: string, options: Parameters<Probes['started']>[2] = {}) =>
    probes.started('open', path, options);
  const file: Probes['file'] = (name, text) => probes.file(name, text);

  beforeAll(async () => {
    probes = await createProbes();
  }, 600_000);
  afterAll(() => probes.remove());

  test.each(FLINK_VERSIONS)('judges every record, with the parser of Flink %s', async (version) => {
    const cases = table.flatMap(([name, text, jobManager, taskManager, container = FIRST]) => [
      { name, role: 'JobManager', container, text, answer: jobManager },
      { name, role: 'TaskManager', container, text, answer: taskManager },
    ]);
    const probe = probes.java(version, ['judge']);
    probe.stdin?.end(cases.map(({ role, container, text }) => `${role}\t${container}\t${text}\n`).join(''));
    const answers = (await endOf(probe)).output.trim().split('\n');
    expect(answers.map((answer, at) => `${cases[at]?.role ?? ''}, ${cases[at]?.name ?? ''}: ${answer}`)).toEqual(
      cases.map(({ name, role, answer }) => `${role}, ${name}: ${answer}`),
    );
  });

  test.each(FLINK_VERSIONS)('Flink %s ends a program alike, whether it calls Entry or the program', async (version) => {
    const programs = ['Ends', 'Throws', 'Fails', 'Aborts', 'FailsToInitialize', 'Hidden', 'Missing'];
    const call = (how: string) => endOf(probes.java(version, ['call', 'armed', how, ...programs, 'HasNoMain']));
    const [direct, throughEntry] = await Promise.all([call('directly'), call('through Entry')]);
    const outcomes = direct.output.trim().split('\n');
    expect(outcomes.map((line) => /^\w+/.exec(line)?.[0])).toEqual(['main', ...programs, 'HasNoMain']);
    expect(outcomes[0]).toBe('main ran with a, b');
    // Flink does not name a class without main(), and Entry does.
    const named =
      'ProgramInvocationException: The class sluice.agent.GateProbe$HasNoMain has no main(String[]) method.';
    expect(throughEntry.output.trim().split('\n')).toEqual([...outcomes.slice(0, -1), expect.stringContaining(named)]);
  });

  test('a JobManager waits while its start is held, and goes on once it is open', async () => {
    const gate = await file('held.json', record([entry('held')]));
    const probe = opened(gate, { logs: true });
    const ended = endOf(probe);
    await lineOf(probe, /The gate holds operation\/1/);
    await probes.replace(gate, open);
    const { code, output } = await ended;
    expect([code, output]).toEqual([0, expect.stringContaining(`passed as ${OWN}`)]);
  });

  test('a lease begins once the gate has let the JVM pass, and main() runs with it', async () => {
    const { code, output } = await endOf(opened(await file('leased.json', open), { lease: '30000' }));
    expect([code, output]).toEqual([0, expect.stringContaining(`passed as ${OWN}, lease 30000`)]);
    const called = await endOf(probes.java('1.20.1', ['call', 'leased', 'lease=30000', 'Ends']));
    expect(called.output).toContain('main ran with a, b');
  });

  test('a read that hangs for ever costs no start, since the next one is answered', async () => {
    const gate = await probes.hang('stalls');
    const probe = opened(gate, { silence: '8000' });
    const ended = endOf(probe);
    const writer = await readerOf(gate);
    await probes.replace(gate, open);
    const { code, output } = await ended;
    await writer.close();
    expect([code, output]).toEqual([0, expect.stringContaining(`passed as ${OWN}`)]);
  });

  test.each<[string, number, string, () => Promise<ChildProcess>]>([
    ['without a record', 86, 'no entry', () => Promise.resolve(opened(join(probes.work, 'nowhere.json')))],
    ['revoked', 86, 'is revoked', async () => opened(await file('revoked.json', record([entry('revoked')])))],
    [
      'in a second attempt, whatever the store says',
      86,
      'attempt 2',
      async () => opened(await probes.hang('never-asked'), { container: `container_${ID}_02_000001` }),
    ],
    ['whose store hangs', 87, 'a read hangs', async () => opened(await probes.hang('hangs'), { silence: '400' })],
    [
      'whose record is truncated',
      87,
      'JsonEOF',
      async () => opened(await file('cut', '{"starts":['), { silence: '3000' }),
    ],
    [
      'held for too long',
      88,
      'is held',
      async () => opened(await file('held', record([entry('held')])), { hold: '400' }),
    ],
    ['whose setting makes no sense', 85, 'sluice.hold is no', () => Promise.resolve(opened('x', { hold: 'soon' }))],
    [
      'whose gate is not loaded, though Flink forbids programs to exit',
      89,
      'passed no gate',
      () => Promise.resolve(probes.java('1.20.1', ['call', 'unarmed', 'through Entry', 'Ends'])),
    ],
    [
      'whose plugin keeps no lease, as an older one',
      89,
      'a lease of 30000 ms, and this JVM keeps one of null',
      () => Promise.resolve(probes.java('1.20.1', ['call', 'armed', 'lease=30000', 'Ends'])),
    ],
    [
      'whose plugin keeps another lease',
      89,
      'a lease of 40000 ms, and this JVM keeps one of 30000',
      () => Promise.resolve(probes.java('1.20.1', ['call', 'leased', 'lease=40000', 'Ends'])),
    ],
    ['whose lease makes no sense', 85, 'sluice.lease is no', () => Promise.resolve(opened('x', { lease: '0' }))],
  ])('a JVM %s ends with %d and says %s', async (_, expected, reason, start) => {
    const { code, errors, output } = await endOf(await start());
    expect([code, errors]).toEqual([expected, expect.stringContaining(reason)]);
    expect(output).not.toMatch(/passed as|main ran/);
  });
});
