import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ReleaseCatalogue } from '../../src/releases/catalogue.ts';
import { prepareRelease, publishRelease } from '../../src/releases/publish.ts';
import { readRelease } from '../../src/releases/read.ts';
import { SluiceError } from '../../src/domain/errors/errors.ts';
import { versionOf, type Release } from '../../src/domain/release/release.ts';
import { releaseFileKey } from '../../src/domain/identity/storage-keys.ts';
import { createFakeS3, type FakeS3 } from '../fakes/s3.ts';
import { jarWith } from '../world/jar.ts';

const BASE = `apiVersion: sluice/v1
kind: FlinkJob
owner: {team: ads}
placement: {cluster: yarn-a}
flink: {version: "1.20.1"}
job: {jar: clicks.jar, entryClass: com.example.Clicks}
`;

let s3: FakeS3;
let folder: string;
beforeEach(async () => {
  s3 = createFakeS3();
  folder = await mkdtemp(join(tmpdir(), 'sluice-release-'));
  await file('clicks.jar', jarWith('com.example.Clicks'));
  await file('base.yaml', BASE);
  await file('dev.yaml', 'extends: base.yaml\nname: clicks-dev\nenvironment: dev\n');
  await file('prod.yaml', 'extends: base.yaml\nname: clicks-prod\nenvironment: prod\n');
});
afterEach(async () => await rm(folder, { recursive: true }));

const file = async (name: string, content: string | Uint8Array): Promise<void> => {
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), content);
};

const publish = (...names: string[]) => publishAs('1.0.0', ...names);

const publishAs = (version: string, ...names: (string | { reuseJars: string })[]) =>
  publishRelease(s3, {
    project: 'clicks',
    version,
    gitCommit: 'abc',
    files: names.flatMap((name) => (typeof name === 'string' ? [join(folder, name)] : [])),
    now: () => new Date('2026-01-01T00:00:00Z'),
    ...names.find((name) => typeof name !== 'string'),
  });

/** The keys of files that are sent from now on. */
function spyOnSending(): string[] {
  const sent: string[] = [];
  const putFile = s3.putFile.bind(s3);
  s3.putFile = (key, ...more) => {
    sent.push(key);
    return putFile(key, ...more);
  };
  return sent;
}

/** Every file is where the release says, with the content that it says. */
async function expectWhole(release: Release): Promise<void> {
  expect(release.files.length).toBeGreaterThan(1);
  for (const entry of release.files) {
    const { sha256, size } = entry;
    expect(await s3.sha256Of(releaseFileKey(release, entry))).toEqual({ sha256, size });
  }
}

const failureOf = async (promise: Promise<unknown>): Promise<SluiceError> => {
  const failure: unknown = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (failure instanceof SluiceError) return failure;
  throw new Error(`expected a SluiceError, got ${String(failure)}`);
};

describe('publishing', () => {
  it('writes every file with its checksum, and release.json last', async () => {
    const { release, result } = await publish('clicks.jar', 'dev.yaml', 'prod.yaml');
    expect(result).toBe('published');
    expect([...s3.objects.keys()].filter((key) => key.startsWith('releases/')).at(-1)).toBe(
      'releases/clicks/1.0.0/release.json',
    );
    expect(release.files.map(({ name, kind, job, environment }) => [name, kind, job, environment])).toEqual([
      ['clicks.jar', 'jar', undefined, undefined],
      ['dev.yaml', 'deployment', 'clicks-dev', 'dev'],
      ['prod.yaml', 'deployment', 'clicks-prod', 'prod'],
    ]);
    for (const { name, sha256, size } of release.files) {
      expect(await s3.sha256Of(`releases/clicks/1.0.0/${name}`)).toEqual({ sha256, size });
    }
    expect(await readRelease(s3, 'clicks', '1.0.0')).toEqual(release);
    expect((await s3.get('releases/clicks/1.0.0/dev.yaml'))?.body).not.toContain('extends');
  });

  it('gives a JAR the name that the deployment file has', async () => {
    await file('target/clicks-1.4.2-SNAPSHOT.jar', jarWith('com.example.Clicks'));
    const path = join(folder, 'target/clicks-1.4.2-SNAPSHOT.jar');
    const files = [`clicks.jar=${path}`, join(folder, 'dev.yaml'), join(folder, 'base.yaml')];
    const { release } = await publishRelease(s3, { project: 'clicks', version: '1.0.0', gitCommit: 'abc', files });
    expect(release.files.map(({ name }) => name)).toEqual(['clicks.jar', 'dev.yaml']);
  });

  it('of the same content again changes nothing', async () => {
    await publish('clicks.jar', 'dev.yaml');
    const before = new Map(s3.objects);
    expect((await publish('clicks.jar', 'dev.yaml', 'base.yaml')).result).toBe('already');
    expect(new Map(s3.objects)).toEqual(before);
  });

  it('of other content is refused, naming what differs', async () => {
    await publish('clicks.jar', 'dev.yaml');
    await file('clicks.jar', jarWith('com.example.Clicks', 'com.example.Other'));
    const { code, message } = await failureOf(publish('clicks.jar', 'prod.yaml'));
    expect(code).toBe('ReleaseConflict');
    expect(message).toMatch(/clicks\.jar had sha256 .*dev\.yaml is missing now; prod\.yaml is new/);
  });

  it('goes on after it was interrupted, sending only what is not there', async () => {
    await s3.put('releases/clicks/1.0.0/clicks.jar', jarWith('com.example.Clicks'));
    const sent = spyOnSending();
    expect((await publish('clicks.jar', 'dev.yaml')).result).toBe('published');
    expect(sent).toEqual([]);
  });

  it('leaves what an interrupted publish of other content has left, and is whole beside it', async () => {
    await s3.put('releases/clicks/1.0.0/clicks.jar', 'another');
    await s3.put('releases/clicks/1.0.0/dev.yaml', 'another');
    const { release } = await publish('clicks.jar', 'dev.yaml');
    expect(release.files.map(({ path, sha256, name }) => path === `${sha256}/${name}`)).toEqual([true, true]);
    await expectWhole(release);
    expect((await s3.get('releases/clicks/1.0.0/dev.yaml'))?.body).toBe('another');
    // And is the same release for whoever publishes it again.
    expect((await publish('clicks.jar', 'dev.yaml')).result).toBe('already');
  });

  it('is one release, however many publish it at the same time', async () => {
    const results = await Promise.all([1, 2, 3].map(() => publish('clicks.jar', 'dev.yaml')));
    expect(new Set(results.map(({ release }) => JSON.stringify(release))).size).toBe(1);
  });

  it('of two contents under one version at the same time publishes one, whole, and tells the other', async () => {
    await file('other/clicks.jar', jarWith('com.example.Clicks', 'com.example.Other'));
    await file('other/dev.yaml', 'extends: base.yaml\nname: clicks-dev\nenvironment: dev\n');
    await file('other/base.yaml', `${BASE}description: other\n`);
    const ends = await Promise.allSettled([
      publish('clicks.jar', 'dev.yaml'),
      publish('other/clicks.jar', 'other/dev.yaml'),
    ]);
    const failures = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as SluiceError] : []));
    expect(failures).toMatchObject([{ code: 'ReleaseConflict' }]);
    expect(failures[0]?.message).toMatch(/clicks\.jar had sha256 .*; dev\.yaml had sha256/);
    const release = await readRelease(s3, 'clicks', '1.0.0');
    await expectWhole(release!);
  });

  it('keeps deployment files as they were written beside the flat ones', async () => {
    const { release } = await publish('clicks.jar', 'dev.yaml', 'prod.yaml', 'base.yaml');
    expect(release.sources?.map(({ name }) => name)).toEqual(['base.yaml', 'dev.yaml', 'prod.yaml']);
    for (const { sha256, size } of release.sources ?? []) {
      expect(await s3.sha256Of(`releases/clicks/1.0.0/sources/${sha256}`)).toEqual({ sha256, size });
    }
    await file('dev.yaml', '# reviewed\nextends: base.yaml\nname: clicks-dev\nenvironment: dev\n');
    expect((await failureOf(publish('clicks.jar', 'dev.yaml', 'prod.yaml'))).message).toContain(
      'the source of dev.yaml had sha256',
    );
  });
});

describe('JARs that are in the store', () => {
  it('are not sent again, whichever version they came with', async () => {
    await publish('clicks.jar', 'dev.yaml');
    const sent = spyOnSending();
    const { release } = await publishAs('1.0.1', 'clicks.jar', 'dev.yaml');
    expect(sent).toEqual([]);
    await expectWhole(release);
  });

  it('are sent when what is known of them is not true any more', async () => {
    const { release } = await publish('clicks.jar', 'dev.yaml');
    await s3.remove('releases/clicks/1.0.0/clicks.jar');
    expect(await s3.get(`jars/${release.files[0]!.sha256}.json`)).not.toBeNull();
    const sent = spyOnSending();
    await expectWhole((await publishAs('1.0.1', 'clicks.jar', 'dev.yaml')).release);
    expect(sent).toEqual(['releases/clicks/1.0.1/clicks.jar']);
  });

  it('are taken from a release that is named, for a change of configuration', async () => {
    await publish('clicks.jar', 'dev.yaml');
    await rm(join(folder, 'clicks.jar'));
    await file('dev.yaml', 'extends: base.yaml\nname: clicks-dev\nenvironment: dev\njob: {parallelism: 4}\n');
    const { release } = await publishAs('1.0.1', 'dev.yaml', { reuseJars: 'clicks/1.0.0' });
    expect(release.files.map(({ name }) => name)).toEqual(['clicks.jar', 'dev.yaml']);
    await expectWhole(release);
  });

  it('of a release that is named are checked for the main class all the same', async () => {
    await publish('clicks.jar', 'dev.yaml');
    await file('dev.yaml', `${BASE.replace('.Clicks', '.None')}name: d\nenvironment: dev\n`);
    const { message } = await failureOf(publishAs('1.0.1', 'dev.yaml', { reuseJars: 'clicks/1.0.0' }));
    expect(message).toContain('clicks.jar has no class com.example.None');
    expect((await failureOf(publishAs('1.0.1', 'dev.yaml', { reuseJars: 'clicks/0.9.0' }))).code).toBe(
      'ReleaseNotFound',
    );
  });
});

it('a JAR that is written by a build meanwhile is not published as what it was', async () => {
  const head = s3.head.bind(s3);
  s3.head = async (key) => {
    await file('clicks.jar', jarWith('com.example.Clicks', 'com.example.Other'));
    return await head(key);
  };
  const { code, message } = await failureOf(publish('clicks.jar', 'dev.yaml'));
  expect([code, message]).toEqual(['InvalidRequest', expect.stringContaining('was written while it was published')]);
  expect(await readRelease(s3, 'clicks', '1.0.0')).toBeNull();
});

describe('a version that nobody gave', () => {
  it.each([
    ['is the commit', false, /^0123456789ab$/],
    ['says that the checkout was changed, and holds the content', true, /^0123456789ab-dirty-[0-9a-f]{8}$/],
  ])('%s', async (_name, isDirty, expected) => {
    const version = versionOf({ commit: '0123456789abcdef0123456789abcdef01234567', isDirty });
    const request = { project: 'clicks', version, files: ['clicks.jar', 'dev.yaml'].map((name) => join(folder, name)) };
    const { release } = await publishRelease(s3, request);
    expect(release.version).toMatch(expected);
    expect((await publishRelease(s3, request)).result).toBe('already');
    await file('clicks.jar', jarWith('com.example.Clicks', 'com.example.Other'));
    const changed = publishRelease(s3, request);
    if (isDirty) expect((await changed).result).toBe('published');
    else expect((await failureOf(changed)).code).toBe('ReleaseConflict');
  });
});

describe('a dry run', () => {
  it('needs no store, writes nothing and says what would be published', async () => {
    const files = ['clicks.jar', 'dev.yaml'].map((name) => join(folder, name));
    const { release } = await prepareRelease(null, { project: 'clicks', version: '1.0.0', files });
    expect(release.files.map(({ name }) => name)).toEqual(['clicks.jar', 'dev.yaml']);
    expect(s3.objects.size).toBe(0);
  });
});

describe('what is wrong with a release is found before anything is written', () => {
  it.each([
    ['no JAR', ['dev.yaml'], 'InvalidRequest', 'at least one JAR'],
    ['no deployment file', ['clicks.jar'], 'InvalidRequest', 'one deployment file'],
    ['a file that is not there', ['clicks.jar', 'dev.yaml', 'notes.txt'], 'InvalidRequest', 'notes.txt'],
    ['a deployment file that is not there', ['clicks.jar', 'none.yaml'], 'InvalidRequest', 'none.yaml'],
  ])('%s', async (_name, names, code, said) => {
    const failure = await failureOf(publish(...names));
    expect(failure.code).toBe(code);
    expect(failure.message).toContain(said);
    expect(s3.objects.size).toBe(0);
  });

  it('every mistake of every file, with its place', async () => {
    await file('orphan.yaml', 'extends: nowhere.yaml\nname: a\nenvironment: dev\n');
    await file('typo.yaml', `${BASE}name: b\nenvironment: dev\nparalelism: 4\n`);
    await file('other-jar.yaml', `${BASE.replace('clicks.jar', 'none.jar')}name: c\nenvironment: dev\n`);
    await file('other-class.yaml', `${BASE.replace('.Clicks', '.None')}name: d\nenvironment: dev\n`);
    await file('twin.yaml', 'extends: base.yaml\nname: clicks-dev\nenvironment: dev\n');
    const { code, message, errors } = await failureOf(
      publish('clicks.jar', 'dev.yaml', 'orphan.yaml', 'typo.yaml', 'other-jar.yaml', 'other-class.yaml', 'twin.yaml'),
    );
    expect(code).toBe('InvalidDeploymentFile');
    for (const said of [
      'orphan.yaml: line 1, column 10: extends: nowhere.yaml is neither among the given files nor beside',
      'typo.yaml: line 9, column 1',
      'other-jar.yaml: line 6, column 12: job.jar: none.jar is not among the files of the release; its JARs: clicks.jar',
      'other-class.yaml: line 6, column 36: job.entryClass: clicks.jar has no class com.example.None',
      'twin.yaml: line 2, column 7: name: clicks-dev is also the job of dev.yaml',
    ]) {
      expect(message).toContain(said);
    }
    expect(errors).toHaveLength(5);
    expect(s3.objects.size).toBe(0);
  });

  it('a value of a base is told at its place in the base', async () => {
    await file('base.yaml', BASE.replace('clicks.jar', 'none.jar'));
    const { message } = await failureOf(publish('clicks.jar', 'dev.yaml'));
    expect(message).toContain('base.yaml: line 6, column 12: job.jar: none.jar is not among the files');
  });

  it('a JAR that is none', async () => {
    await file('clicks.jar', 'PK? no');
    expect((await failureOf(publish('clicks.jar', 'dev.yaml'))).message).toContain('the file is no JAR');
  });

  it('a name that is none', async () => {
    const failure = await failureOf(publishRelease(s3, { project: '../x', version: '1', files: [] }));
    expect(failure.code).toBe('InvalidRequest');
  });
});

describe('the catalogue', () => {
  it('reads each release once, and sees new ones at once', async () => {
    const catalogue = new ReleaseCatalogue(s3);
    await publish('clicks.jar', 'dev.yaml');
    expect(await catalogue.list()).toHaveLength(1);
    s3.get = () => Promise.reject(new Error('it was read before'));
    expect((await catalogue.list('clicks')).map(({ release }) => release.version)).toEqual(['1.0.0']);
    expect(await catalogue.list('clic')).toEqual([]);
  });

  it('shows an earlier list while the next one takes its time, and not for long', async () => {
    let now = 0;
    const list = s3.list.bind(s3);
    s3.list = async function* (...asked) {
      const found = [];
      for await (const entry of list(...asked)) found.push(entry);
      now += 1_000;
      yield* found;
    };
    const catalogue = new ReleaseCatalogue(s3, () => now);
    const versions = async () => (await catalogue.found()).map(({ version }) => version);
    await publish('clicks.jar', 'dev.yaml');
    expect(await versions()).toEqual(['1.0.0']);
    await publishAs('1.0.1', 'clicks.jar', 'dev.yaml');
    expect(await versions()).toEqual(['1.0.0']); // a second old, and shown while the next list is under way
    now += 2_000;
    expect((await versions()).sort()).toEqual(['1.0.0', '1.0.1']);
  });
});
