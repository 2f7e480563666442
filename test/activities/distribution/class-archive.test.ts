/**
 * Which distribution a start takes, and when it uses class archives: in `checking`, and again right before the submit.
 *
 * Seen to fail: a retired distribution taken; a class that Flink also has overlooked; an object that was replaced or cut short used all
 * the same; a second attempt that decides otherwise than the first; an outage of S3 that fails the start; a refusal
 * of S3 that fails the submit.
 */
import { beforeEach, describe, expect, test } from 'vitest';
import {
  chooseClassArchive,
  confirmClassArchive,
  findDistribution,
  type Candidate,
} from '../../../src/activities/distribution/class-archive.ts';
import type { Dependencies } from '../../../src/activities/dependencies/dependencies.ts';
import type { DistributionRecord } from '../../../src/domain/distribution/distribution.ts';
import { parseDeploymentFile } from '../../../src/domain/deployment-file/parse.ts';
import { SluiceError, type ErrorCode } from '../../../src/domain/errors/errors.ts';
import { distributionKey, stagedConfigKey } from '../../../src/domain/identity/storage-keys.ts';
import { CLASS_PATH_SCRIPT } from '../../../src/launchers/class-path-script.ts';
import { changeDistribution } from '../../../src/records/distributions/distributions.ts';
import { smallFile } from '../../domain/deployment-file/examples.ts';
import { archives, record } from '../../domain/distribution/records.ts';
import { createFakeS3, type FakeS3 } from '../../fakes/s3.ts';
import { deployment } from '../../support/deployment.ts';
import { jarWith } from '../../world/jar.ts';

let s3: FakeS3;
let deps: Dependencies;
let published: DistributionRecord;
let sequence = 0;

const recorded = async (key: string, body = 'abc') => {
  await s3.put(key, body);
  const head = await s3.head(key);
  if (!head) throw new Error(`${key} was just written`);
  return { key, size: head.size, etag: head.etag };
};

beforeEach(async () => {
  s3 = createFakeS3({ bucket: 'sluice' });
  deps = { s3, flinkVersions: ['2.1.0'] } as unknown as Dependencies; // all that these functions read
  const archive = await recorded('dist/flink.tgz');
  sequence += 1;
  const made = {
    ...archives,
    // The answers about a JAR are kept by the id.
    id: `made-${sequence}`,
    distribution: archive.etag,
    jobManager: { ...(await recorded('class-archives/jm.jsa')), classes: 1 },
    taskManager: { ...(await recorded('class-archives/tm.jsa')), classes: 1 },
    script: await recorded('class-archives/script.sh'),
    classNames: await recorded('class-archives/classes.txt', 'org/apache/flink/types/Row\norg/slf4j/Logger\n'),
  };
  published = { ...record, archive, clusters: { 'yarn-a': { archives: made, warmUp: null } } };
  await changeDistribution(s3, '1.20.1', () => published);
});

const candidate = async (...classNames: readonly string[]): Promise<Candidate> => {
  const parsed = parseDeploymentFile(smallFile);
  if (!parsed.ok) throw new Error('the example is invalid');
  const bytes = jarWith(...classNames);
  await s3.put('releases/clicks.jar', bytes);
  const jar = { key: 'releases/clicks.jar', name: 'clicks.jar', sha256: classNames.join(), size: bytes.length };
  return {
    ...{ cluster: 'yarn-a', launcher: 'direct', file: parsed.file, jar, options: {} },
    shipped: { jars: [], files: [] },
  };
};

describe('the distribution of a start', () => {
  test('is the published one, else the one of the configuration', async () => {
    expect(await findDistribution(deps, '1.20.1')).toEqual({ folder: 'dist', record: published });
    expect(await findDistribution(deps, '2.1.0')).toEqual({ folder: null, record: null });
  });

  test('of a retired version is none, and the error names the others', async () => {
    const retired = { at: 'now', by: 'platform', reason: 'too old' };
    await changeDistribution(s3, '1.20.1', () => ({ ...published, retired }));
    await expect(findDistribution(deps, '1.20.1')).rejects.toMatchObject({
      code: 'UnknownFlinkVersion',
      message: 'Flink 1.20.1 is retired: too old; there are 2.1.0',
    });
  });
});

describe('checking', () => {
  const choose = async (...classNames: readonly string[]) =>
    chooseClassArchive(deps, { folder: 'dist', record: published }, await candidate(...classNames));

  test('takes class archives for a program whose classes are its own', async () => {
    expect(await choose('com.example.Clicks')).toMatchObject({ used: true, reason: null });
  });

  test('does without for a program with a class that Flink or Hadoop also has, and names it', async () => {
    const use = await choose('com.example.Clicks', 'org.slf4j.Logger');
    expect(use).toMatchObject({
      used: false,
      reason: expect.stringContaining('class org.slf4j.Logger of clicks.jar') as string,
    });
  });

  test('reads the names of the classes once for a JAR', async () => {
    await choose('com.example.Clicks');
    const before = s3.requests();
    await chooseClassArchive(deps, { folder: 'dist', record: published }, await candidate('com.example.Clicks'));
    expect(s3.requests() - before).toBe(1); // the JAR of the test is written
  });

  test('does without while S3 does not answer, because a start needs none', async () => {
    const asked = await candidate('com.example.Clicks');
    s3.unavailable();
    expect(await chooseClassArchive(deps, { folder: 'dist', record: published }, asked)).toMatchObject({ used: false });
  });
});

describe('the submit', () => {
  const planned = () => {
    const id = published.clusters['yarn-a']?.archives?.id ?? null;
    return { ...deployment, classArchive: { used: true, id, reason: null } };
  };
  const without = (reason: string) => ({
    classArchive: { used: false, id: null, reason: expect.stringContaining(reason) as string },
    archived: null,
  });

  test('names the objects as they are now', async () => {
    const { archived, classArchive } = await confirmClassArchive(deps, planned());
    expect(classArchive?.used).toBe(true);
    expect(archived?.flink).toMatchObject({ key: 'dist/flink.tgz', size: 3 });
    expect(archived?.classes.jm).toMatchObject({ key: 'class-archives/jm.jsa', size: 3 });
  });

  test.each([
    ['flink.tgz was replaced', () => s3.put('dist/flink.tgz', 'new')],
    ['an archive was cut short', () => s3.put('class-archives/tm.jsa', 'a')],
    ['an archive is gone', () => s3.remove('class-archives/jm.jsa')],
  ])('goes without when %s', async (_what, change) => {
    await change();
    expect(await confirmClassArchive(deps, planned())).toEqual(without('not the one that was recorded'));
  });

  test('goes without when the cluster was warmed again since', async () => {
    const plan = planned();
    const made = published.clusters['yarn-a']?.archives;
    if (!made) throw new Error('the example has archives');
    const clusters = { 'yarn-a': { archives: { ...made, id: 'newer' }, warmUp: null } };
    await changeDistribution(s3, '1.20.1', () => ({ ...published, clusters }));
    expect(await confirmClassArchive(deps, plan)).toEqual(without('replaced since'));
    await s3.remove(distributionKey('1.20.1'));
    expect(await confirmClassArchive(deps, plan)).toEqual(without('replaced since'));
  });

  test('does as its first attempt, whose configuration TaskManagers read', async () => {
    const key = stagedConfigKey(deployment.job, deployment.flinkJobId);
    await s3.put(key, 'yarn.container-start-command-template: "exec %java%"');
    expect(await confirmClassArchive(deps, planned())).toEqual(without('an earlier attempt'));
    await s3.put(key, `yarn.container-start-command-template: "exec %java% $(sh ${CLASS_PATH_SCRIPT} tm)"`);
    expect((await confirmClassArchive(deps, planned())).classArchive?.used).toBe(true);
  });

  test('goes without when S3 refuses an answer for good, and waits while S3 is away', async () => {
    const fails = (code: ErrorCode): Dependencies =>
      ({ s3: { ...s3, head: () => Promise.reject(new SluiceError(code, 'refused')) } }) as unknown as Dependencies; // as in `deps`
    expect(await confirmClassArchive(fails('RecordInvalid'), planned())).toEqual(without('refused'));
    await expect(confirmClassArchive(fails('StorageUnavailable'), planned())).rejects.toMatchObject({
      message: 'refused',
    });
  });

  test('of a start that was planned without stays without', async () => {
    expect(await confirmClassArchive(deps, deployment)).toEqual({ classArchive: null, archived: null });
  });
});
