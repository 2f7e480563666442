/**
 * The code of a job cannot write what decides: a program in a container of YARN, with the key that every job has there, tries.
 *
 * The limits that docs/bucket-policies.md names are tried too, so that the page does not outlive them.
 */
import { mkdtempSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { createYarnClient } from '../../../src/clients/yarn/yarn.ts';
import { gatesKey, tokenKey } from '../../../src/domain/identity/storage-keys.ts';
import { until } from '../../support/api.ts';
import { bucketOf, runningStack } from '../../support/stack.ts';

const stack = runningStack();
const bucket = bucketOf(stack);
const probe = fileURLToPath(new URL('../../support/outside/bucket-probe.mjs', import.meta.url));

interface Answers {
  readonly user: string;
  readonly answers: Readonly<Record<string, Readonly<Record<'read' | 'write' | 'remove', string>>>>;
}

const CLOSED = { read: 'AccessDenied', write: 'AccessDenied', remove: 'AccessDenied' };
const READ_ONLY = { read: 'done', write: 'AccessDenied', remove: 'AccessDenied' };
const OPEN = { read: 'done', write: 'done', remove: 'done' };

/** Keys with what the container may do with them. */
const borders: Readonly<Record<string, Answers['answers'][string]>> = {
  [tokenKey('border')]: CLOSED,
  'fences/border.json': CLOSED,
  'operations/border/one.json': CLOSED,
  'deployments/border/00000001.json': CLOSED,
  'audit/border/one.json': CLOSED,
  'adoptions/yarn-a/border.json': CLOSED,
  'traces/border/one.json': CLOSED,
  'texts/border': CLOSED,
  'jars/border.json': CLOSED,
  'doctor/border': CLOSED,
  [gatesKey('border')]: READ_ONLY,
  'sluice/agent/border/plugins/sluice/sluice-agent.jar': READ_ONLY,
  'releases/border/1.0.0/border.jar': READ_ONLY,
  'dist/border/lib/flink-dist.jar': READ_ONLY,
  // Flink's application master deletes the folder of its start.
  'staging/border/ab/gate': { ...READ_ONLY, remove: 'done' },
  'staging/border/ab/config.yaml': { ...READ_ONLY, remove: 'done' },
  'staging/border/ab/launch.json': { ...READ_ONLY, remove: 'done' },
  'staging/border/ab/.flink/app/program.jar': OPEN,
  // A hint, of which a forged one does nothing; the container need not read it.
  'signs/yarn-a/border.json': { ...OPEN, read: 'AccessDenied' },
  'checkpoints/border/ab/chk-1/_metadata': OPEN,
  // A limit: state of another job.
  'savepoints/another-job/one/savepoint-1/_metadata': OPEN,
};

let seen: Answers;

beforeAll(async () => {
  const [cluster] = stack.clusters;
  if (cluster === undefined) throw new Error('the stack has no cluster');
  await Promise.all(Object.keys(borders).map((key) => bucket.put(key, 'by Sluice')));
  const file = join(mkdtempSync(join(tmpdir(), 'sluice-borders-')), 'answers.json');
  const yarn = createYarnClient({ ...cluster, user: 'sluice' });
  const { applicationId } = await yarn.newApplication();
  const words = [process.execPath, probe, stack.s3.endpoint, stack.s3.bucket, file, ...Object.keys(borders)];
  await yarn.submit({
    applicationId,
    name: 'bucket-borders',
    type: 'SLUICE-TEST',
    queue: 'default',
    priority: null,
    tags: [],
    memoryMb: 256,
    vcores: 1,
    maxAttempts: 1,
    keepContainersAcrossAttempts: false,
    attemptFailuresValidityMs: null,
    nodeLabel: null,
    localResources: {},
    environment: {},
    command: words.map((word) => `'${word}'`).join(' '),
    acls: { view: null, modify: null },
  });
  const text = await until('the answers of the container', 120_000, () => readFile(file, 'utf8').catch(() => null));
  seen = JSON.parse(text) as Answers; // written by the probe in one piece
  await yarn.kill(applicationId).catch(() => undefined);
});

test.each(Object.entries(borders))('a container and %s', (key, allowed) => {
  expect(seen.answers[key]).toEqual(allowed);
});

test('a refused object is as Sluice wrote it', async () => {
  for (const [key, { write, remove }] of Object.entries(borders)) {
    if (write === 'done' || remove === 'done') continue;
    expect([key, (await bucket.get(key))?.body]).toEqual([key, 'by Sluice']);
    await bucket.remove(key);
  }
});

test('the container has not the key of the stack', () => expect(seen.user).toBe('sluice-containers'));
