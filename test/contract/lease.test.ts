/**
 * The lease in the JVMs of jobs: a JVM that runs goes on while its own entry lets it, whatever other starts do, and ends with an
 * exit code of its own when the entry is revoked or gone, or nobody can say so for longer than the lease.
 *
 * Needs a JDK and Flink's JARs, as the test of the gate does.
 *
 * Seen to fail: when a refusal is no end; when no watchdog runs; when only one read at a time may hang; when a record that cannot be read
 * counts as an answer.
 */
import type { ChildProcess } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { leaseAnswerOf, type LeaseAnswer } from '../world/agent/gate.ts';
import { createProbes, endOf, lineOf, readerOf, type Probes } from './gate/probe.ts';
import { APPLICATION, entry, open, other, OWN, record } from './gate/records.ts';
import { stackStatus } from './stack-status.ts';

/** Records that take the place of an open gate, and their effect on a JVM that runs; null stands for no record. */
const table: readonly (readonly [name: string, record: string | null, LeaseAnswer])[] = [
  ['open', open, 'good'],
  ['open beside another start, which JVMs do not mind', record([other, entry('open')]), 'good'],
  ['held', record([entry('held')]), 'good'],
  ['open with fields of a newer release', record([entry('open', APPLICATION, { x: 1 })], { y: 2 }), 'good'],
  ['revoked', record([entry('revoked')]), 'over'],
  ['revoked, and another start is open', record([entry('revoked'), other]), 'over'],
  ['open for another application', record([entry('open', 'application_1_0001')]), 'over'],
  ['without the own entry', record([other]), 'over'],
  ['without any record', null, 'over'],
  ['truncated', open.slice(0, -2), 'none'],
  ['a word of a newer release', record([entry('paused')]), 'none'],
  ['for newer readers', record([entry('open')], { minReader: 99 }), 'none'],
];

test.each(table)('the fakes judge alike: %s', (_, text, wanted) => {
  expect(leaseAnswerOf(text ?? undefined, { startKey: OWN, applicationId: APPLICATION })).toBe(wanted);
});

describe.skipIf(stackStatus() === null)('a JVM with a lease', () => {
  let probes: Probes;
  const running: ChildProcess[] = [];

  beforeAll(async () => {
    probes = await createProbes();
  }, 600_000);
  afterEach(() => {
    for (const child of running.splice(0)) child.kill('SIGKILL');
  });
  afterAll(() => probes.remove());

  /** Starts a JVM that passes its gate, and waits until it has had a good answer since. */
  async function leased(lease: string, role: 'JobManager' | 'TaskManager' = 'JobManager') {
    const gate = join(probes.work, 'gate.json');
    await probes.replace(gate, open);
    const child = probes.started('lease', gate, { lease, role });
    running.push(child);
    const ended = endOf(child);
    await lineOf(child, /good answers: [1-9]/);
    return { gate, child, ended, goodAnswer: () => lineOf(child, /good answers/) };
  }
  const put = (gate: string, text: string | null) => (text === null ? rm(gate) : probes.replace(gate, text));

  test.each(table.filter(([, , answer]) => answer === 'over'))('ends at once: %s', async (_, text) => {
    const { gate, ended } = await leased('8000');
    await put(gate, text);
    expect(await ended).toMatchObject({ code: 90, errors: expect.stringContaining('while it ran') as string });
  });

  const good = table.filter(([, , answer]) => answer === 'good').map(([, text]) => text);
  test.each([
    ['JobManager', good],
    ['TaskManager', [record([entry('held', null)])]],
  ] as const)('goes on with every record that lets its %s run', async (role, records) => {
    const { gate, goodAnswer } = await leased('8000', role);
    for (const text of records) {
      await put(gate, text);
      // The first may be the answer to a question of before.
      await goodAnswer();
      await goodAnswer();
    }
  });

  test.each(table.filter(([, , answer]) => answer === 'none'))('ends with its lease: %s', async (_, text) => {
    const { gate, ended } = await leased('3000');
    await put(gate, text);
    expect(await ended).toMatchObject({ code: 91, errors: expect.stringContaining('no good answer for') as string });
  });

  test('outlives records that it cannot read for less than its lease', async () => {
    const { gate, goodAnswer } = await leased('8000');
    const writer = await readerOf(await probes.hang('gate.json'));
    await writer.writeFile('<html>');
    await writer.close();
    await put(gate, open);
    await goodAnswer();
    await goodAnswer();
  });

  test('ends with its lease while its reads hang, and outlives one that hangs', async () => {
    const { gate, ended, goodAnswer } = await leased('8000');
    const writer = await readerOf(await probes.hang('gate.json'));
    await put(gate, open);
    await goodAnswer();
    await goodAnswer();
    await writer.close();
    const forEver = await readerOf(await probes.hang('gate.json'));
    expect(await ended).toMatchObject({ code: 91, errors: expect.stringContaining('reads hang') as string });
    await forEver.close();
  });

  test('ends when it was frozen for longer than its lease, although its gate is open', async () => {
    const { child, ended } = await leased('3000');
    child.kill('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    child.kill('SIGCONT');
    expect(await ended).toMatchObject({ code: 91 });
  });
});
