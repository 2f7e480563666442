/**
 * Releases leave the store in two steps. Seen to fail: removal at once instead of a day later, without a second look at
 * what is needed, with records that cannot be read passed over, with the version free for other content.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ReleaseCatalogue } from '../../src/releases/catalogue.ts';
import { pruneReleases, RETIRED_MS, type Pruned } from '../../src/releases/prune.ts';
import { publishRelease } from '../../src/releases/publish.ts';
import { newestByJob } from '../../src/domain/auto-deploy/auto-deploy.ts';
import { deploymentKey } from '../../src/domain/identity/storage-keys.ts';
import { deployment } from '../support/deployment.ts';
import { createFakeS3, type FakeS3 } from '../fakes/s3.ts';
import { jarWith } from '../world/jar.ts';

let s3: FakeS3;
let folder: string;
let now: number;
beforeEach(async () => {
  now = Date.parse('2026-01-01T00:00:00Z');
  s3 = createFakeS3({ now: () => now });
  folder = await mkdtemp(join(tmpdir(), 'sluice-release-'));
  await writeFile(join(folder, 'clicks.jar'), jarWith('com.example.Clicks'));
  await writeFile(
    join(folder, 'dev.yaml'),
    `apiVersion: sluice/v1
kind: FlinkJob
name: clicks-dev
environment: dev
owner: {team: ads}
placement: {cluster: yarn-a}
flink: {version: "1.20.1"}
job: {jar: clicks.jar, entryClass: com.example.Clicks}
`,
  );
  for (const version of ['1', '2', '3']) await publish(version);
});
afterEach(async () => await rm(folder, { recursive: true }));

async function publish(version: string): Promise<void> {
  now += 60_000;
  const files = ['clicks.jar', 'dev.yaml'].map((name) => join(folder, name));
  await publishRelease(s3, { project: 'clicks', version, files });
}

const prune = (options: { dryRun?: boolean; project?: string } = {}) =>
  pruneReleases(s3, { keep: { count: 1, maxAge: 0 }, dryRun: false, now: () => now, ...options });

const did = (pruned: readonly Pruned[], what: Pruned['did']): string[] =>
  pruned.filter((one) => one.did === what).map(({ name }) => name);

const catalogue = async (): Promise<string[]> =>
  (await new ReleaseCatalogue(s3).list()).map(({ release: { version } }) => version);

const filesOf = (version: string): string[] =>
  [...s3.objects.keys()].filter((key) => key.startsWith(`releases/clicks/${version}/`));

const deployed = (release: string, number: number, ended = true) =>
  s3.put(
    deploymentKey('clicks-dev', number),
    JSON.stringify({
      ...deployment,
      release,
      number,
      ended: ended ? { at: '2026-01-01T00:00:00Z', how: 'stopped', savepoint: null } : null,
    }),
  );

it('retires first, with the files in place, and removes a day later', async () => {
  expect(did(await prune(), 'retired').sort()).toEqual(['clicks/1', 'clicks/2']);
  expect(await catalogue()).toEqual(['3']);
  expect(filesOf('1')).toContain('releases/clicks/1/clicks.jar');
  now += RETIRED_MS - 1;
  expect(did(await prune(), 'removed')).toEqual([]);
  now += 1;
  expect(did(await prune(), 'removed').sort()).toEqual(['clicks/1', 'clicks/2']);
  expect(filesOf('1')).toEqual(['releases/clicks/1/retired.json']);
  expect(did(await prune(), 'removed')).toEqual([]);
  expect(await catalogue()).toEqual(['3']);
});

it('keeps what runs, what can be gone back to, and what a hotfix changes', async () => {
  await deployed('clicks/1', 1, false);
  await deployed('clicks/2', 2);
  expect(did(await prune(), 'kept').sort()).toEqual(['clicks/1', 'clicks/2', 'clicks/3']);
  expect(await catalogue()).toEqual(['3', '2', '1']);
});

it('brings back what was deployed while it was retired', async () => {
  await prune();
  // An operation had read release.json just before.
  await deployed('clicks/1', 1, false);
  now += RETIRED_MS;
  expect(did(await prune(), 'broughtBack')).toEqual(['clicks/1']);
  expect((await catalogue()).sort()).toEqual(['1', '3']);
  // A release that is brought back keeps its age: a job whose releases deploy themselves stays at 3.
  expect(
    newestByJob(await new ReleaseCatalogue(s3).list())
      .get('clicks-dev')
      ?.get('clicks')?.name,
  ).toBe('clicks/3');
  expect(filesOf('1')).not.toContain('releases/clicks/1/retired.json');
});

it('touches nothing when it is not known what is needed', async () => {
  await s3.put(deploymentKey('other-job', 1), '{"number": "one"}');
  await expect(prune()).rejects.toMatchObject({ code: 'RecordInvalid' });
  expect(await catalogue()).toEqual(['3', '2', '1']);
});

it('keeps a release whose tombstone cannot be read, and goes on with the others', async () => {
  await prune();
  await s3.put('releases/clicks/1/retired.json', 'half a tomb');
  now += RETIRED_MS;
  const pruned = await prune();
  expect(did(pruned, 'removed')).toEqual(['clicks/2']);
  expect(pruned.find(({ name }) => name === 'clicks/1')).toMatchObject({
    did: 'kept',
    reason: expect.stringContaining('releases/clicks/1/retired.json is not what Sluice writes') as string,
  });
  expect(filesOf('1')).toContain('releases/clicks/1/clicks.jar');
});

it('does nothing in a dry run, and nothing to other projects', async () => {
  const before = new Map(s3.objects);
  expect(did(await prune({ dryRun: true }), 'retired').sort()).toEqual(['clicks/1', 'clicks/2']);
  expect(await prune({ project: 'other' })).toEqual([]);
  expect(new Map(s3.objects)).toEqual(before);
});

it('goes on where it was interrupted', async () => {
  // Both the release and what stays of it are there.
  await prune();
  await s3.put('releases/clicks/1/release.json', JSON.stringify({ ...(await tombstone('1')).release }));
  expect(did(await prune(), 'retired')).toEqual(['clicks/1']);
  now += RETIRED_MS;
  expect(did(await prune(), 'removed').sort()).toEqual(['clicks/1', 'clicks/2']);
  expect(await catalogue()).toEqual(['3']);
});

it('keeps what stays after all, though its retirement was begun', async () => {
  await prune();
  await s3.put('releases/clicks/1/release.json', JSON.stringify({ ...(await tombstone('1')).release }));
  now += RETIRED_MS;
  const pruned = await pruneReleases(s3, { keep: { count: 3, maxAge: 0 }, dryRun: false, now: () => now });
  expect(did(pruned, 'removed')).toEqual(['clicks/2']);
  expect(filesOf('1')).toContain('releases/clicks/1/clicks.jar');
  expect(filesOf('1')).not.toContain('releases/clicks/1/retired.json');
  expect((await catalogue()).sort()).toEqual(['1', '3']);
});

it('never gives the version to another content', async () => {
  await prune();
  await expect(publish('1')).rejects.toMatchObject({ code: 'ReleaseConflict' });
  now += RETIRED_MS;
  await prune();
  await expect(publish('1')).rejects.toMatchObject({ code: 'ReleaseConflict' });
});

const tombstone = async (version: string) =>
  JSON.parse((await s3.get(`releases/clicks/${version}/retired.json`))!.body) as { release: object };
