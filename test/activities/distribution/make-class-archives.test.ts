/**
 * A warm-up in a world of fakes, in which the JVMs answer as told: what it keeps, when it fails, and that nothing is left behind.
 *
 * Seen to fail: an archive kept that S3 has only a part of; class archives that the second application refuses recorded; an application
 * left running; files of containers left in the bucket; a fingerprint with shell commands put into the script; an answer of an
 * earlier attempt believed; a warm-up that never ends in the record of a retired distribution.
 */
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createActivities } from '../../../src/activities/index.ts';
import type { ClassArchives } from '../../../src/domain/distribution/distribution.ts';
import { withPublished } from '../../../src/domain/distribution/distribution.ts';
import { SluiceError } from '../../../src/domain/errors/errors.ts';
import { messageOf } from '../../../src/domain/errors/message-of.ts';
import { warmUpPrefix } from '../../../src/domain/identity/storage-keys.ts';
import { isWarmUp } from '../../../src/domain/identity/yarn-tags.ts';
import { createDistributions } from '../../../src/launchers/distribution.ts';
import { createWarmUps, type WarmUpStart } from '../../../src/launchers/warm-up.ts';
import { changeDistribution, readDistribution } from '../../../src/records/distributions/distributions.ts';
import { createWorld, type World } from '../../world/world.ts';

const logger = new DefaultLogger('ERROR');
const FOLDER = 'dist/flink-1.20.1-0';
const ENTRY = 'agent/lib/sluice-entry.jar';
const input = {
  ...{ id: 'first', flinkVersion: '1.20.1', cluster: 'yarn-a', queue: 'default', by: 'platform' },
  since: '2026-11-30T10:00:00.000Z',
};

let world: World;
/** The answers of the JVMs, as Probe.java writes them. */
let answers: Record<string, string>;

beforeEach(async () => {
  world = await createWorld();
  const { s3 } = world;
  for (const path of ['lib/flink-dist-1.20.1.jar', 'conf/log4j.properties', 'flink.tgz'])
    await s3.put(`${FOLDER}/${path}`, path);
  const head = await s3.head(`${FOLDER}/flink.tgz`);
  const archive = { key: `${FOLDER}/flink.tgz`, size: head?.size ?? 0, etag: head?.etag ?? '' };
  const published = { flinkVersion: '1.20.1', folder: FOLDER, archive, files: 3, bytes: 3 };
  await changeDistribution(s3, '1.20.1', (before) =>
    withPublished(before, { ...published, publishedAt: 'then', publishedBy: 'platform' }),
  );
  answers = {
    'dump/jm.properties': 'java=OpenJDK 17\nfingerprint=1-2\nsize=6\n',
    'dump/tm.properties': 'java=OpenJDK 17\nfingerprint=3-4\nsize=6\n',
    'dump/jm.jsa': 'jm.jsa',
    'dump/tm.jsa': 'tm.jsa',
    'dump/classes.txt': 'org/apache/flink/types/Row\n',
    'check/jm.properties': 'java=OpenJDK 17\nclasses=9000\n',
    'check/tm.properties': 'java=OpenJDK 17\nclasses=7000\n',
  };
});
afterEach(async () => await world.close());

/** Runs the two activities as the workflow does. */
async function warm(): Promise<string | null> {
  const { s3, dependencies } = world;
  const cluster = dependencies.clusters.get('yarn-a');
  if (!cluster) throw new Error('the world has no yarn-a');
  const submit = createWarmUps({
    ...{ s3, yarn: cluster.yarn, distributions: createDistributions(s3, {}, null), entry: ENTRY },
    ...{ scheme: 's3a', user: 'sluice', applicationClasspath: '/hadoop/*', flinkConfig: {} },
  });
  const warmUps = async (start: WarmUpStart): Promise<void> => {
    await submit(start);
    for (const [path, body] of Object.entries(answers))
      if (path.startsWith(start.task)) await s3.put(warmUpPrefix(input.id) + path, body);
  };
  const clusters = new Map([...dependencies.clusters, ['yarn-a', { ...cluster, warmUps }] as const]);
  const activities = createActivities({ ...dependencies, clusters });
  const inActivity = <T>(act: () => Promise<T>): Promise<T> => new MockActivityEnvironment({}, { logger }).run(act);
  let archives: ClassArchives | null = null;
  let error: string | null = null;
  try {
    archives = await inActivity(() => activities.makeClassArchives(input));
  } catch (failure) {
    error = messageOf(failure);
  }
  await inActivity(() => activities.endWarmUp({ input, archives, error }));
  return error;
}

const placed = async () => (await readDistribution(world.s3, '1.20.1'))?.clusters['yarn-a'];
const below = (prefix: string) => [...world.s3.objects.keys()].filter((key) => key.startsWith(prefix));
const liveWarmUps = async () => {
  const yarn = world.dependencies.clusters.get('yarn-a')?.yarn;
  const live = await yarn?.applications({ states: ['NEW', 'SUBMITTED', 'ACCEPTED', 'RUNNING'] });
  return live?.filter(isWarmUp) ?? [];
};

test('class archives are kept where containers cannot write, with what a start needs to know of them', async () => {
  expect(await warm()).toBeNull();
  const place = await placed();
  expect(place?.warmUp).toMatchObject({ id: 'first', error: null });
  expect(place?.archives).toMatchObject({
    ...{ id: 'first', java: 'OpenJDK 17', madeBy: 'platform' },
    jobManager: { key: 'distributions/1.20.1/first/1/jm.jsa', size: 6, classes: 9000 },
    taskManager: { key: 'distributions/1.20.1/first/1/tm.jsa', size: 6, classes: 7000 },
  });
  const script = (await world.s3.get(place?.archives?.script.key ?? ''))?.body;
  expect(script).toContain("expected='1-2'");
  expect(script).toContain("expected='3-4'");
  expect([below('warm-ups/'), await liveWarmUps()]).toEqual([[], []]);
});

test.each([
  ['a JVM that cannot write one', { 'dump/tm.properties': 'error=this JVM has no VM.cds\n' }, 'no VM.cds'],
  ['an archive of which S3 has a part', { 'dump/jm.jsa': 'jm' }, 'has 2 bytes, and its JVM wrote 6'],
  ['a JVM that refuses its archive', { 'check/tm.properties': 'classes=0\n' }, 'TM took 0 classes'],
  [
    'a fingerprint that is a command',
    { 'dump/tm.properties': "java=OpenJDK 17\nfingerprint=1-2';touch x;'\nsize=6\n" },
    'the fingerprint',
  ],
  ['a size that is no number', { 'dump/jm.properties': 'java=OpenJDK 17\nfingerprint=1-2\nsize=6e0\n' }, 'the size'],
  ['a JVM with a name of markup', { 'dump/jm.properties': 'java=<b>\nfingerprint=1-2\nsize=6\n' }, 'the java'],
])('%s fails the warm-up, which leaves nothing behind', async (_what, other, why) => {
  Object.assign(answers, other);
  expect(await warm()).toContain(why);
  expect(await placed()).toMatchObject({ archives: null, warmUp: { error: expect.stringContaining(why) as string } });
  expect([below('warm-ups/'), below('distributions/1.20.1/'), await liveWarmUps()]).toEqual([[], [], []]);
});

test('a distribution whose archive was replaced is not warmed', async () => {
  await world.s3.put(`${FOLDER}/flink.tgz`, 'another');
  expect(await warm()).toContain('publish the distribution again');
});

test('what an attempt before has left is not believed', async () => {
  await world.s3.put(`${warmUpPrefix(input.id)}dump/jm.properties`, 'error=of the first attempt\n');
  delete answers['dump/jm.properties'];
  delete answers['dump/tm.properties'];
  Object.assign(answers, { 'dump/tm.properties': 'error=of this attempt\n' });
  expect(await warm()).toContain('of this attempt');
});

test('a warm-up of a distribution that was retired meanwhile ends in the record, and leaves nothing behind', async () => {
  const retired = { at: 'now', by: 'platform', reason: 'too old' };
  await changeDistribution(world.s3, '1.20.1', (before) => {
    if (before === null) throw new Error('the distribution was published');
    return { ...before, retired };
  });
  expect(await warm()).toContain('no distribution of Flink 1.20.1');
  expect(await placed()).toMatchObject({ warmUp: { endedAt: expect.any(String) as string } });
});

test('a warm-up whose leftovers S3 refuses to remove ends in the record all the same', async () => {
  const { s3, dependencies } = world;
  const refusing = { ...s3, removeAll: () => Promise.reject(new SluiceError('StorageDenied', 'refused')) };
  const activities = createActivities({ ...dependencies, s3: refusing });
  await s3.put(`${warmUpPrefix(input.id)}dump/jm.jsa`, 'jm');
  const end = { input, archives: null, error: 'it was interrupted' };
  await new MockActivityEnvironment({}, { logger }).run(async () => await activities.endWarmUp(end));
  expect(await placed()).toMatchObject({ warmUp: { endedAt: expect.any(String) as string, error: end.error } });
});
