/**
 * Further JARs and files of a release: those that a job names, and no others.
 *
 * Seen to fail: a JAR that no job names is published and reaches nobody; a file is "not a JAR or a deployment file".
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { publishRelease, type Published } from '../../src/releases/publish.ts';
import { pruneReleases, RETIRED_MS } from '../../src/releases/prune.ts';
import { problemsWithNames } from '../../src/releases/named-by-jobs.ts';
import { parseDeploymentFile } from '../../src/domain/deployment-file/parse.ts';
import { isCode } from '../../src/domain/errors/errors.ts';
import { MOST_FILE_BYTES } from '../../src/domain/input/yaml-documents.ts';
import { createFakeS3, type FakeS3 } from '../fakes/s3.ts';
import { jarWith } from '../world/jar.ts';

let s3: FakeS3;
let folder: string;
beforeEach(async () => {
  s3 = createFakeS3();
  folder = await mkdtemp(join(tmpdir(), 'sluice-files-'));
  await write('clicks.jar', jarWith('com.example.Clicks'));
  await write('rules.jar', jarWith('com.example.Rules'));
  await write('app.properties', 'a=1\n');
  await write('clicks.yaml', deploymentFile({ jars: '[rules.jar]', files: '[app.properties]' }));
});
afterEach(() => rm(folder, { recursive: true }));

const write = (name: string, content: string | Uint8Array) => writeFile(join(folder, name), content);

const deploymentFile = (job: Readonly<Record<string, string>>, name = 'clicks-dev'): string => `apiVersion: sluice/v1
kind: FlinkJob
name: ${name}
environment: dev
owner: {team: ads}
placement: {cluster: yarn-a}
flink: {version: "1.20.1"}
job:
  jar: clicks.jar
  entryClass: com.example.Clicks
${Object.entries(job)
  .map(([field, value]) => `  ${field}: ${value}\n`)
  .join('')}`;

const publish = (files: readonly string[], more: { version?: string; reuseJars?: string } = {}): Promise<Published> =>
  publishRelease(s3, {
    project: 'clicks',
    version: '1',
    gitCommit: 'abc',
    files: files.map((file) => file.replace(/(^|=)(?=[^=]+$)/, `$1${folder}/`)),
    ...more,
  });

const refusal = (files: readonly string[]): Promise<string> =>
  publish(files).then(
    () => 'published',
    (failure: unknown) => (isCode(failure, 'InvalidDeploymentFile') ? failure.message : String(failure)),
  );

const ALL = ['clicks.jar', 'rules.jar', 'app.properties', 'clicks.yaml'];

test('are in the release with their checksums, and go with it', async () => {
  const { release } = await publish(ALL);
  expect(release.files.map(({ name, kind }) => [name, kind])).toEqual([
    ['app.properties', 'file'],
    ['clicks.jar', 'jar'],
    ['clicks.yaml', 'deployment'],
    ['rules.jar', 'jar'],
  ]);
  expect(s3.objects.get('releases/clicks/1/app.properties')?.body.toString()).toBe('a=1\n');
  expect(JSON.parse(s3.objects.get('releases/clicks/1/release.json')?.body.toString() ?? '')).toMatchObject({
    minReader: 2,
  });

  await write('clicks.yaml', deploymentFile({}));
  await publish(['clicks.jar', 'clicks.yaml'], { version: '2' });
  expect(s3.objects.get('releases/clicks/2/release.json')?.body.toString()).not.toContain('minReader');
  for (const days of [1, 3]) {
    const now = () => Date.now() + days * RETIRED_MS;
    await pruneReleases(s3, { keep: { count: 1, maxAge: 0 }, dryRun: false, now });
  }
  expect([...s3.objects.keys()].filter((key) => key.startsWith('releases/clicks/1/'))).toEqual([
    'releases/clicks/1/retired.json',
  ]);
});

test('have the names that the deployment file has, whatever the build calls them', async () => {
  await write('rules-1.4.2.jar', jarWith('com.example.Rules'));
  await write('prod.properties', 'a=2\n');
  const named = ['rules.jar=rules-1.4.2.jar', 'app.properties=prod.properties'];
  const { release } = await publish(['clicks.jar', 'clicks.yaml', ...named]);
  expect(release.files.map(({ name }) => name)).toEqual(['app.properties', 'clicks.jar', 'clicks.yaml', 'rules.jar']);
});

test('that were published before are copied, and reused JARs are those that a job names', async () => {
  await publish(ALL);
  const sent: string[] = [];
  const putFile = s3.putFile.bind(s3);
  s3.putFile = (key, ...more) => (sent.push(key), putFile(key, ...more));
  await publish(ALL, { version: '2' });
  expect(sent).toEqual([]);
  await write('clicks.yaml', deploymentFile({ files: '[app.properties]' }));
  const { release } = await publish(['app.properties', 'clicks.yaml'], { version: '3', reuseJars: 'clicks/1' });
  expect(release.files.map(({ name }) => name)).toEqual(['app.properties', 'clicks.jar', 'clicks.yaml']);
});

describe('a YAML file that a job names', () => {
  test.each([
    ['is no deployment file', 'rules: []\n'],
    ['may be larger than one', `# ${'x'.repeat(MOST_FILE_BYTES)}\n`],
  ])('%s', async (_what, content) => {
    await write('rules.yaml', content);
    await write('base.yaml', deploymentFile({ files: '[rules.yaml]' }).replace('name: clicks-dev\n', ''));
    await write('clicks.yaml', 'extends: base.yaml\nname: clicks-dev\n');
    const { release } = await publish(['clicks.jar', 'rules.yaml', 'clicks.yaml']);
    expect(release.files.map(({ name, kind }) => [name, kind])).toContainEqual(['rules.yaml', 'file']);
  });
});

describe('what does not fit together is told, and nothing is written', () => {
  test.each([
    [
      'a JAR that no job names',
      {},
      ['clicks.jar', 'rules.jar'],
      'rules.jar: no deployment file of the release names it in job.jar or job.jars',
    ],
    [
      'a file that no job names',
      {},
      ['clicks.jar', 'app.properties'],
      'app.properties: no deployment file of the release names it in job.files',
    ],
    [
      'a named JAR that is not given',
      { jars: '[rules.jar]' },
      ['clicks.jar'],
      'clicks.yaml: line 11, column 10: job.jars[0]: rules.jar is not among the files of the release; its JARs: clicks.jar',
    ],
    [
      'a named file that is not given',
      { files: '[a.txt]' },
      ['clicks.jar'],
      'clicks.yaml: line 11, column 11: job.files[0]: a.txt is not among the files of the release; its files: none',
    ],
    [
      'a JAR that is none',
      { jars: '[none.jar]' },
      ['clicks.jar', 'none.jar=app.properties'],
      'job.jars[0]: none.jar: the file is no JAR',
    ],
  ])('%s', async (_what, job, files, said) => {
    await write('clicks.yaml', deploymentFile(job));
    expect(await refusal([...files, 'clicks.yaml'])).toContain(said);
    expect(s3.objects.size).toBe(0);
  });

  test('more than every node would fetch before its first container', async () => {
    const parsed = parseDeploymentFile(deploymentFile({ files: '[model.bin]' }));
    if (!parsed.ok) throw new Error('the file is invalid');
    const read = () => Promise.resolve(jarWith('com.example.Clicks'));
    const files = new Map([
      ['clicks.jar', { kind: 'jar', size: jarWith('com.example.Clicks').length, read }],
      ['model.bin', { kind: 'file', size: 2 * 1024 ** 3 + 1, read }],
    ] as const);
    expect(await problemsWithNames(parsed.file, files)).toEqual([
      { path: ['job'], message: expect.stringContaining('at most 2147483648 (2 GiB) go to each node') as string },
    ]);
  });
});
