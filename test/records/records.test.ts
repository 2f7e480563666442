/**
 * Every record in S3: an unreadable one is `RecordInvalid` that names its key, and fields of a newer Sluice are ignored
 * and survive a rewrite.
 *
 * Seen to fail: with `JSON.stringify(record)` in place of `bodyOf`, unknown fields are lost; with `schema.parse` in place
 * of `parseRecord`, a raw ZodError escapes and an unknown field is refused.
 */
import { beforeEach, describe, expect, test } from 'vitest';
import { isCode, SluiceError } from '../../src/domain/errors/errors.ts';
import {
  adoptionKey,
  auditKey,
  claimKey,
  deploymentKey,
  evidenceKey,
  EXCEPTIONS_FILE,
  fenceKey,
  releaseKey,
  retiredKey,
  textKey,
} from '../../src/domain/identity/storage-keys.ts';
import type { Claim, Fence } from '../../src/domain/lock/fence.ts';
import { emptyFence, withClosed, withStart } from '../../src/domain/lock/fence.ts';
import type { OperationRecord } from '../../src/domain/operation/operation.ts';
import { readAdoption } from '../../src/records/adoptions.ts';
import { readAudit } from '../../src/records/audit.ts';
import { endClaim, readClaim, takeClaim } from '../../src/records/claims.ts';
import { changeDeployment, createDeployment, readDeployment, readDeployments } from '../../src/records/deployments.ts';
import { readSavedExceptions } from '../../src/records/evidence.ts';
import { changeFence, readFence } from '../../src/records/fences.ts';
import { RecordStore } from '../../src/records/record-store.ts';
import { readConfiguration } from '../../src/records/texts.ts';
import { pruneReleases, RETIRED_MS } from '../../src/releases/prune.ts';
import { createFakeS3, type FakeS3 } from '../fakes/s3.ts';
import { deployment } from '../support/deployment.ts';

const job = 'clicks-dev';
const at = '2026-01-01T00:00:00.000Z';
const holder = { installation: 'here', runId: 'run-1' };
const fence: Fence = withStart(emptyFence(job), {
  startKey: 'first/1',
  deployment: 2,
  flinkJobId: 'f'.repeat(32),
  cluster: 'yarn-a',
  applicationId: deployment.applicationId,
  launcher: 'direct',
  holder,
  takenAt: at,
}).fence;
const record: OperationRecord = {
  id: 'first',
  job,
  kind: 'deploy',
  actor: 'ci',
  via: 'ci',
  claimed: null,
  reason: null,
  acceptedAt: at,
  endedAt: at,
  phase: null,
  phases: [{ name: 'checking', startedAt: at, endedAt: at }],
  outcome: 'succeeded',
  error: null,
  deployment: 2,
  request: {},
  fingerprint: 'print',
  savepoint: null,
  warnings: [],
  deleted: null,
  interruption: null,
};
const claim: Claim = {
  version: 1,
  job,
  id: 'first',
  kind: 'deploy',
  fingerprint: 'print',
  actor: 'ci',
  claimedAt: at,
  holder,
  ended: record,
};
const release = {
  apiVersion: 'sluice/v1',
  project: 'clicks',
  version: '1.0.0',
  gitCommit: null,
  buildUrl: null,
  createdAt: at,
  files: [],
};
const exceptions = evidenceKey({ job, operation: 'first', application: 'a', file: EXCEPTIONS_FILE });
const configuration = 'c'.repeat(64);

let s3: FakeS3;
beforeEach(() => {
  s3 = createFakeS3();
});

interface Kind {
  readonly name: string;
  readonly key: string;
  readonly valid: unknown;
  readonly read: () => Promise<unknown>;
  /** Where an object inside the record is; none: the record is a list. */
  readonly nested?: readonly string[];
}

const store = () => new RecordStore(s3);
const audit = auditKey(job, at, 'first');
const prune = () => pruneReleases(s3, { keep: { count: 1, maxAge: 0 }, dryRun: false });

const kinds: readonly Kind[] = [
  {
    name: 'fence',
    key: fenceKey(job),
    valid: fence,
    read: () => readFence(s3, job),
    nested: ['starts', '0', 'holder'],
  },
  { name: 'fence, by the API', key: fenceKey(job), valid: fence, read: () => store().fence(job) },
  {
    name: 'claim',
    key: claimKey(job, 'first'),
    valid: claim,
    read: () => readClaim(s3, job, 'first'),
    nested: ['ended'],
  },
  {
    name: 'claim, taken',
    key: claimKey(job, 'first'),
    valid: claim,
    read: () => takeClaim(s3, { ...claim, actor: 'b' }),
  },
  { name: 'claim, by the API', key: claimKey(job, 'first'), valid: claim, read: () => store().claim(job, 'first') },
  {
    name: 'deployment',
    key: deploymentKey(job, 2),
    valid: deployment,
    read: () => readDeployment(s3, job, 2),
    nested: ['jar'],
  },
  { name: 'deployments', key: deploymentKey(job, 2), valid: deployment, read: () => readDeployments(s3, job) },
  {
    name: 'deployments, by the API',
    key: deploymentKey(job, 2),
    valid: deployment,
    read: async () => {
      const { values, unreadable } = await store().deployments(job);
      for (const { problem } of unreadable) throw new SluiceError('RecordInvalid', problem);
      return values;
    },
  },
  { name: 'deployments, pruning', key: deploymentKey(job, 2), valid: deployment, read: prune },
  {
    name: 'adoption',
    key: adoptionKey('yarn-a', 'a'),
    valid: { version: 1, deployment },
    read: () => readAdoption(s3, { cluster: 'yarn-a', applicationId: 'a' }),
    nested: ['deployment', 'verify'],
  },
  { name: 'audit', key: audit, valid: record, read: () => readAudit(s3, audit), nested: ['phases', '0'] },
  {
    name: 'effective configuration',
    key: textKey(configuration),
    valid: [{ key: 'a', value: 'b', origin: 'platform' }],
    read: () => readConfiguration(s3, configuration),
    nested: ['0'],
  },
  {
    name: 'saved exceptions',
    key: exceptions,
    valid: [{ at: 1, name: 'n', task: null, host: null, rootCause: 'r', stack: 's' }],
    read: () => readSavedExceptions(s3, exceptions),
    nested: ['0'],
  },
  {
    name: 'retired release',
    key: retiredKey('clicks', '1.0.0'),
    valid: { retiredAt: at, reason: 'old', release, removedAt: null },
    read: async () => {
      const pruned = await prune();
      for (const { did, reason } of pruned) if (did === 'kept') throw new SluiceError('RecordInvalid', reason);
      return pruned;
    },
    nested: ['release'],
  },
];

const text = (value: unknown): string => JSON.stringify(value);

/** The value with a field of a newer Sluice in the object at `path`. */
function withField(value: unknown, path: readonly string[] = []): unknown {
  const copy = structuredClone(value);
  const inner = path.reduce<unknown>((owner, name) => (owner as Record<string, unknown>)[name], copy);
  (inner as Record<string, unknown>)['ofTheFuture'] = { deep: [1, 2] };
  return copy;
}

describe.each(kinds)('$name', ({ key, valid, read, nested }) => {
  test.each([
    ['garbage', 'not a record at all'],
    ['nothing', ''],
    ['truncated', text(valid).slice(0, -5)],
    ['null', 'null'],
    ['another type', '"text"'],
    ['a number in place of the object', '17'],
    ['an object of other fields', '{"some": "thing"}'],
  ])('that is %s is RecordInvalid, with its key and what is wrong', async (_what, body) => {
    await s3.put(key, body);
    const failure: unknown = await read().catch((error: unknown) => error);
    expect(isCode(failure, 'RecordInvalid') && failure.message).toContain(`${key} is not what Sluice writes: `);
  });

  test('with fields of a newer Sluice is read without them', async () => {
    await s3.put(key, text(valid));
    const plain = text(await read());
    for (const path of [Array.isArray(valid) ? undefined : [], nested]) {
      if (path === undefined) continue;
      await s3.put(key, text(withField(valid, path)));
      // The etag of a stored record differs, as its body does.
      expect(text(await read()).replaceAll(/"etag":"[^,}]*"/g, '')).toBe(plain.replaceAll(/"etag":"[^,}]*"/g, ''));
    }
  });
});

const stored = (key: string): unknown => JSON.parse(s3.objects.get(key)!.body.toString());

describe('fields of a newer Sluice survive', () => {
  test('a change of the fence, top and nested, also where starts are left out', async () => {
    const two = withStart(fence, { ...fence.starts[0]!, startKey: 'second/1' }).fence;
    await s3.put(fenceKey(job), text(withField(withField(withField(two), ['starts', '1']), ['starts', '1', 'holder'])));
    await changeFence(s3, job, (before) => ({ ...before, starts: before.starts.slice(1) }));
    await changeFence(s3, job, (before) => withClosed(before, 'second/1', { at, how: 'stopped' }));
    expect(stored(fenceKey(job))).toMatchObject({
      ofTheFuture: { deep: [1, 2] },
      starts: [
        {
          startKey: 'second/1',
          ofTheFuture: { deep: [1, 2] },
          holder: { ofTheFuture: { deep: [1, 2] } },
          closed: { at },
        },
      ],
    });
  });

  test('the end of a claim', async () => {
    await s3.put(claimKey(job, 'first'), text(withField(withField({ ...claim, ended: null }), ['holder'])));
    await endClaim(s3, (await readClaim(s3, job, 'first'))!, record);
    expect(stored(claimKey(job, 'first'))).toEqual(withField(withField(claim), ['holder']));
  });

  test.each([
    ['changed', changeDeployment],
    ['created by two attempts', createDeployment],
  ])('a deployment that is %s out of the memory of a workflow, which knows none of them', async (_how, write) => {
    await s3.put(deploymentKey(job, 2), text(withField(withField(deployment), ['jar'])));
    await write(s3, { ...deployment, nodes: ['node-1:8042'] });
    expect(stored(deploymentKey(job, 2))).toEqual(
      withField(withField({ ...deployment, nodes: ['node-1:8042'] }), ['jar']),
    );
  });

  test('the removal and the return of a release', async () => {
    const tombstone = { retiredAt: at, reason: 'old', release: withField(release), removedAt: null };
    await s3.put(retiredKey('clicks', '1.0.0'), text(withField(tombstone)));
    await pruneReleases(s3, { keep: { count: 1, maxAge: 0 }, dryRun: false, now: () => Date.parse(at) + RETIRED_MS });
    expect(stored(retiredKey('clicks', '1.0.0'))).toMatchObject(withField({ release: withField(release) }) as object);

    await s3.put(retiredKey('clicks', '1.0.0'), text(withField(tombstone)));
    await s3.put(deploymentKey(job, 2), text({ ...deployment, release: 'clicks/1.0.0' }));
    await prune();
    expect(stored(releaseKey('clicks', '1.0.0'))).toEqual(withField(release));
  });
});

test('a deployment that somebody changes between reading and writing is merged, not overwritten', async () => {
  const key = deploymentKey(job, 2);
  await s3.put(key, text({ ...deployment, ended: null, completedCheckpoint: 1 }));
  const late = {
    ...s3,
    get: async (asked: string) => {
      const read = await s3.get(asked);
      if (asked === key && read && !read.body.includes('"completedCheckpoint":7'))
        await s3.put(key, text({ ...deployment, ended: null, completedCheckpoint: 7 }));
      return read;
    },
  };
  await changeDeployment(late, { ...deployment, ended: null, completedCheckpoint: 3, nodes: ['node-1:8042'] });
  expect(stored(key)).toMatchObject({ completedCheckpoint: 7, nodes: ['node-1:8042'] });
});

test('a record of the wrong shape is never written', async () => {
  const wrong = { ...deployment, number: 'two' as unknown as number };
  await expect(changeDeployment(s3, wrong)).rejects.toMatchObject({ code: 'Internal' });
  expect(s3.objects.size).toBe(0);
});
