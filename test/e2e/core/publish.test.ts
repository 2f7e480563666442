/**
 * Publishing as CI does it, with publishers that are killed and publishers that race: a release is seen whole or not at
 * all.
 *
 * Seen to fail: with `release.json` written before the files (killed publishers), with a file of somebody else taken for
 * one's own (racing publishers).
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { ReleaseCatalogue } from '../../../src/releases/catalogue.ts';
import { readRelease } from '../../../src/releases/read.ts';
import type { Release } from '../../../src/domain/release/release.ts';
import { releaseFileKey } from '../../../src/domain/identity/storage-keys.ts';
import { SeededRandom } from '../../scenarios/simulation/random.ts';
import { until } from '../../support/api.ts';
import { sluice, sluiceProcess } from '../../support/commands.ts';
import { bucketOf, newJobName, runningStack } from '../../support/stack.ts';
import { jarWith } from '../../world/jar.ts';

const KILLS = 50;
const JAR_BYTES = 40 * 1024 * 1024;

const s3 = bucketOf(runningStack());
const project = newJobName('publish');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-publish-'));
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

/** A JAR in two parts, and two deployment files; every build differs. */
async function build(name: string): Promise<readonly string[]> {
  const at = join(folder, name);
  await mkdir(at);
  const jar = join(at, 'clicks.jar');
  const directory = jarWith('com.example.Clicks');
  directory.writeUInt32LE(JAR_BYTES, directory.length - 6); // where it begins, behind the noise
  await writeFile(jar, Buffer.concat([randomBytes(JAR_BYTES), directory]));
  const files = ['dev', 'prod'].map((environment) => join(at, `${environment}.yaml`));
  for (const file of files) {
    const environment = basename(file, '.yaml');
    await writeFile(
      file,
      stringify({
        apiVersion: 'sluice/v1',
        kind: 'FlinkJob',
        name: `${project}-${environment}`,
        environment,
        description: name,
        owner: { team: 'ads' },
        placement: { cluster: 'yarn-a' },
        flink: { version: '1.20.1' },
        job: { jar: 'clicks.jar', entryClass: 'com.example.Clicks' },
      }),
    );
  }
  return [jar, ...files];
}

const command = (version: string, files: readonly string[]) => [
  'publish',
  ...['--project', project, '--version', version],
  ...files,
];

/** The release is in the catalogue; every file is there, with the content that the release says. */
async function expectWhole(version: string): Promise<Release> {
  const listed = await new ReleaseCatalogue(s3).list(project);
  expect(listed.map(({ release }) => release.version)).toContain(version);
  const release = (await readRelease(s3, project, version))!;
  expect(release.files.map(({ name }) => name)).toEqual(['clicks.jar', 'dev.yaml', 'prod.yaml']);
  for (const file of release.files) {
    const { sha256, size } = file;
    expect(await s3.sha256Of(releaseFileKey(release, file))).toEqual({ sha256, size });
  }
  return release;
}

test(`a publisher that is killed ${KILLS} times leaves nothing that is seen, and then publishes the whole`, async () => {
  const seed = randomBytes(4).readUInt32LE();
  // To play a failure again.
  process.stdout.write(`killed publishers: seed ${seed}\n`);
  const random = new SeededRandom(seed);
  // How long a whole one takes here, now.
  const begun = Date.now();
  expect((await sluice(...command('0.0.0', await build('whole')))).code).toBe(0);
  const whole = Date.now() - begun;

  let files = await build('killed-0');
  let version = 'killed-0';
  let killed = 0;
  for (let turn = 1; turn <= KILLS; turn += 1) {
    const publisher = sluiceProcess(...command(version, files));
    const ended = new Promise<boolean>((resolve) => publisher.once('exit', (code) => resolve(code === 0)));
    await Promise.race([sleep(whole * (0.3 + 0.8 * random.next())), ended]);
    publisher.kill('SIGKILL');
    const finished = await ended;
    const listed = (await new ReleaseCatalogue(s3).list(project)).map(({ release }) => release.version);
    if (finished) expect(listed).toContain(version);
    else killed += 1;
    // Killed after its last write it may be published; then it must be whole, and the next turn publishes another one.
    if (!listed.includes(version)) continue;
    await expectWhole(version);
    version = `killed-${turn}`;
    files = await build(version);
  }
  // How many depends on the machine; that it happened often does not.
  expect(killed).toBeGreaterThan(KILLS / 5);
  const { code, stderr } = await sluice(...command(version, files));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  await expectWhole(version);
});

test('of two who publish one version with different content one wins, and the other is told what differs', async () => {
  const builds = [await build('left'), await build('right')];
  const ends = await Promise.all(builds.map((files) => sluice(...command('1.0.0', files))));
  expect(ends.map(({ code }) => code).sort()).toEqual([0, 1]);
  const loser = ends.find(({ code }) => code === 1)!;
  expect(loser.stderr).toMatch(
    /1\.0\.0 was published at .* with other content: clicks\.jar had sha256 .*dev\.yaml had/,
  );
  expect(loser.stderr).toContain('Publish under a new version');
  const release = await expectWhole('1.0.0');
  const winner = builds[ends.findIndex(({ code }) => code === 0)]!;
  expect(release.files[0]?.sha256).toBe(await sha256Of(winner[0]!));
});

test('of two who publish the same content both have published it', async () => {
  const files = await build('same');
  const ends = await Promise.all([1, 2].map(() => sluice(...command('1.1.0', files))));
  expect(ends.map(({ code }) => code)).toEqual([0, 0]);
  await expectWhole('1.1.0');
});

test('who watches the catalogue sees a new release within five seconds, and a change of configuration sends no JAR', async () => {
  const watching = sluiceProcess('releases', project, '--watch');
  const ended = new Promise((resolve) => watching.once('exit', resolve));
  let seen = '';
  watching.stdout.on('data', (chunk: Buffer) => (seen += chunk.toString()));
  try {
    await until('the list', 20_000, () => Promise.resolve(seen.includes(`${project}/1.1.0`) ? true : null));
    const [, ...files] = await build('configuration');
    const reuse = ['publish', '--project', project, '--version', '1.1.1', '--reuse-jars', `${project}/1.1.0`, ...files];
    const { code, stdout } = await sluice(...reuse);
    expect(code).toBe(0);
    expect(stdout).toContain('copied from an earlier release');
    await until('the new release', 5_000, () => Promise.resolve(seen.includes(`${project}/1.1.1`) ? true : null));
  } finally {
    watching.kill('SIGINT');
    await ended;
  }
  await expectWhole('1.1.1');
});

const sha256Of = async (path: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
