/**
 * Further JARs and files of a release on their way through the checks of a start: found in the release, found again by a
 * rollback or restart, and refused when they are gone or others.
 *
 * Seen to fail: without `shipped` in the plan, a rollback starts the deployment without its files.
 */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { changesOf } from '../../../src/activities/plan/planned-changes.ts';
import { toldByTheScheduler } from '../../../src/activities/check/check-resources.ts';
import { lookAtStart } from '../../../src/activities/check/check-start.ts';
import type { CheckInput, Looked } from '../../../src/activities/check/checked.ts';
import { keepDeploymentFile, keepShipped, readShipped } from '../../../src/records/texts.ts';
import { deployment } from '../../support/deployment.ts';
import { jarWith } from '../../world/jar.ts';
import { createWorld, type World } from '../../world/world.ts';
import { firstStart } from '../start/first-start.ts';

const job = 'clicks-dev';
const lines = {
  job: '{jar: clicks.jar, entryClass: com.example.Clicks, jars: [rules.jar], files: [app.properties]}',
};
let world: World;

beforeEach(async () => {
  world = await createWorld();
  const jar = jarWith('com.example.Rules');
  world.publish('clicks/1', [job], lines, { 'rules.jar': jar, 'app.properties': Buffer.from('a=1') });
  world.publish('clicks/2', [job], lines, { 'rules.jar': jar, 'app.properties': Buffer.from('a=2') });
  world.publish('clicks/3', [job]);
});
afterEach(() => world.close());

function look(source: CheckInput['request']['source']): Promise<Looked> {
  const input = firstStart(job, source);
  return new MockActivityEnvironment().run<[], Looked, () => Promise<Looked>>(() =>
    lookAtStart(world.dependencies, input, {
      largestContainer: toldByTheScheduler,
      readFence: (() => Promise.resolve({ epoch: 0, starts: [] })) as never,
      keep: ({ text, shipped }) => Promise.all([keepDeploymentFile(world.s3, text), keepShipped(world.s3, shipped)]),
    }),
  );
}

const released = (release: string) => look({ release, launcher: null });
const problemsOf = ({ problems }: Looked) => problems.map(({ name, error }) => [name, error.code, error.message]);

test('a plan names the list of them, by which a deployment that is started again finds them', async () => {
  const { plan, problems } = await released('clicks/1');
  expect(problems).toEqual([]);
  expect(await readShipped(world.s3, plan!)).toMatchObject({
    jars: [{ name: 'rules.jar', key: 'releases/clicks/1/rules.jar' }],
    files: [{ name: 'app.properties', key: 'releases/clicks/1/app.properties' }],
  });
  const again = await look({ again: plan! });
  expect([again.plan?.shipped, again.problems]).toEqual([plan?.shipped, []]);
  expect(plan?.shipped).not.toBe((await released('clicks/2')).plan?.shipped);
  expect((await released('clicks/3')).plan?.shipped).toBeNull();
});

test('each has to be there, with the content that was published, also for what ran before', async () => {
  const { plan } = await released('clicks/1');
  const file = world.s3.objects.get('releases/clicks/1/app.properties')!;
  world.s3.objects.set('releases/clicks/1/app.properties', {
    ...file,
    body: Buffer.from('b=1'),
    sha256: 'f'.repeat(64),
  });
  expect(problemsOf(await released('clicks/1'))).toEqual([
    ['jar', 'JarMismatch', expect.stringContaining('releases/clicks/1/app.properties')],
  ]);
  world.s3.objects.delete('releases/clicks/1/rules.jar');
  expect(problemsOf(await look({ again: plan! }))).toEqual([
    ['jar', 'JarMissing', expect.stringContaining('rules.jar')],
  ]);
  world.s3.objects.delete(`texts/${plan?.shipped ?? ''}`);
  expect(problemsOf(await look({ again: plan! }))).toEqual([
    ['release', 'JarMissing', 'the list of the files of release clicks/1 is not in S3'],
  ]);
});

test('a release whose record lacks a named file is refused', async () => {
  world.publish('clicks/4', [job], lines, { 'rules.jar': jarWith('com.example.Rules') });
  expect(problemsOf(await released('clicks/4'))).toEqual([
    ['release', 'JarMissing', 'release clicks/4 has no file app.properties'],
  ]);
});

test('a plan tells which of them come, go, or have another content', async () => {
  const { plan } = await released('clicks/1');
  const last = { ...deployment, ...plan!, configuration: null };
  const changes = async (release: string) =>
    (await changesOf(world.dependencies, await released(release), last))?.shipped;
  expect(await changes('clicks/1')).toEqual([]);
  expect(await changes('clicks/2')).toEqual([
    {
      name: 'app.properties',
      kind: 'file',
      before: { sha256: expect.any(String) as string, size: 3 },
      after: { sha256: expect.any(String) as string, size: 3 },
    },
  ]);
  expect(await changes('clicks/3')).toMatchObject([
    { name: 'rules.jar', kind: 'jar', after: null },
    { name: 'app.properties', kind: 'file', after: null },
  ]);
});
