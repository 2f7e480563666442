import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { publishRelease, readRelease, ReleaseCatalogue } from '../../src/clients/release-store.ts';
import { SluiceError } from '../../src/domain/errors.ts';
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

const file = async (name: string, content: string | Uint8Array): Promise<void> =>
  await writeFile(join(folder, name), content);

const publish = (...names: string[]) =>
  publishRelease(s3, {
    project: 'clicks',
    version: '1.0.0',
    gitCommit: 'abc',
    files: names.map((name) => join(folder, name)),
    now: () => new Date('2026-01-01T00:00:00Z'),
  });

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
    expect([...s3.objects.keys()].at(-1)).toBe('releases/clicks/1.0.0/release.json');
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

  it('of the same content again changes nothing', async () => {
    await publish('clicks.jar', 'dev.yaml');
    const before = new Map(s3.objects);
    expect((await publish('clicks.jar', 'dev.yaml', 'base.yaml')).result).toBe('already');
    expect(s3.objects).toEqual(before);
  });

  it('of other content is refused, naming what differs', async () => {
    await publish('clicks.jar', 'dev.yaml');
    await file('clicks.jar', jarWith('com.example.Clicks', 'com.example.Other'));
    const { code, message } = await failureOf(publish('clicks.jar', 'prod.yaml'));
    expect(code).toBe('ReleaseConflict');
    expect(message).toMatch(/clicks\.jar had sha256 .*dev\.yaml is missing now; prod\.yaml is new/);
  });

  it('goes on after it was interrupted, with the same files only', async () => {
    s3.failNext(0);
    await s3.put('releases/clicks/1.0.0/clicks.jar', jarWith('com.example.Clicks'));
    expect((await publish('clicks.jar', 'dev.yaml')).result).toBe('published');
    s3.objects.clear();
    await s3.put('releases/clicks/1.0.0/clicks.jar', 'another');
    expect((await failureOf(publish('clicks.jar', 'dev.yaml'))).code).toBe('ReleaseConflict');
    expect(await readRelease(s3, 'clicks', '1.0.0')).toBeNull();
  });

  it('is one release, however many publish it at the same time', async () => {
    const results = await Promise.all([1, 2, 3].map(() => publish('clicks.jar', 'dev.yaml')));
    expect(new Set(results.map(({ release }) => JSON.stringify(release))).size).toBe(1);
  });
});

describe('what is wrong with a release is found before anything is written', () => {
  it.each([
    ['no JAR', ['dev.yaml'], 'InvalidRequest', 'at least one JAR'],
    ['no deployment file', ['clicks.jar'], 'InvalidRequest', 'one deployment file'],
    ['something else', ['clicks.jar', 'dev.yaml', 'notes.txt'], 'InvalidRequest', 'notes.txt'],
    ['a file that is not there', ['clicks.jar', 'none.yaml'], 'InvalidRequest', 'none.yaml'],
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
      'other-jar.yaml: job.jar: none.jar is not among the files of the release; its JARs: clicks.jar',
      'other-class.yaml: job.entryClass: clicks.jar has no class com.example.None',
      'twin.yaml: name: clicks-dev is also the job of dev.yaml',
    ]) {
      expect(message).toContain(said);
    }
    expect(errors).toHaveLength(5);
    expect(s3.objects.size).toBe(0);
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
});
