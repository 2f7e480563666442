/**
 * A program reads a file of its release and uses a class of a second JAR, in main() and in its tasks, by either launcher and on
 * each Flink version. A rollback brings the file of before back.
 * The program itself insists on the text of the file, and on one class loader for both JARs.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSettings } from '../../../stack/settings.ts';
import { clicksDeploymentFiles } from '../../../examples/clicks/build.ts';
import { publishRelease } from '../../../src/releases/publish.ts';
import { Api } from '../../support/api.ts';
import { endApplicationsOf } from '../../support/outside/applications.ts';
import { deploymentFileOf, type Variant } from '../../support/releases.ts';
import { bucketOf, newJobName, runningStack } from '../../support/stack.ts';

const api = new Api(runningStack());
const run = promisify(execFile);
const sources = fileURLToPath(new URL('greeter', import.meta.url));
const TEST_MS = 1_200_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-greeter-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Compiles the program and its further JAR against a Flink version. @returns their paths. */
async function build(flinkVersion: string): Promise<readonly string[]> {
  const lib = join(readSettings().cacheDirectory, `flink-${flinkVersion}`, 'lib', '*');
  const jar = async (name: string, source: string, ...classpath: readonly string[]): Promise<string> => {
    const [classes, path] = [join(folder, flinkVersion, `${name}-classes`), join(folder, flinkVersion, `${name}.jar`)];
    await mkdir(classes, { recursive: true });
    await run('javac', ['--release', '11', '-cp', [lib, ...classpath].join(':'), '-d', classes, join(sources, source)]);
    await run('jar', ['--create', '--file', path, '-C', classes, '.']);
    return path;
  };
  const rules = await jar('rules', 'Rules.java');
  return [rules, await jar('greeter', 'Greeter.java', rules)];
}

/** Publishes a release whose program insists on what its file holds. */
async function publish(variant: Variant, jars: readonly string[]): Promise<string> {
  const { job, version } = variant;
  const greeting = `hello from ${version}`;
  const program = {
    jar: 'greeter.jar',
    entryClass: 'com.example.Greeter',
    jars: ['rules.jar'],
    files: ['greeting.txt'],
    args: [greeting],
  };
  const [file, text] = [join(folder, `${job}.yaml`), join(folder, `${job}-${version}.txt`)];
  await writeFile(file, stringify({ ...deploymentFileOf(variant), job: program }));
  await writeFile(text, `${greeting}\n`);
  const base = (await clicksDeploymentFiles()).find(({ name }) => name === 'clicks.base.yaml');
  const files = [file, base?.path ?? '', `greeting.txt=${text}`, ...jars];
  await publishRelease(bucketOf(runningStack()), { project: job, version, files });
  return `${job}/${version}`;
}

describe.each(['1.20.1', '2.1.0'] as const)('on Flink %s', (flinkVersion) => {
  let jars: readonly string[];
  beforeAll(async () => {
    jars = await build(flinkVersion);
  });

  test.each([
    ['direct', 'yarn-a'],
    ['shell-runner', 'yarn-b'],
  ] as const)(
    'by %s they reach the program, and a rollback brings those of before back',
    async (launcher, cluster) => {
      const job = newJobName(`files-${launcher.slice(0, 6)}`);
      const variant = { job, flinkVersion, fields: { placement: { cluster }, upgrade: { launcher } } };
      const [old, next] = [
        await publish({ ...variant, version: '1.0.0' }, jars),
        await publish({ ...variant, version: '1.1.0' }, jars),
      ];
      try {
        await api.succeed(job, 'deploy', { release: old });
        await api.succeed(job, 'deploy', { release: next });
        await api.succeed(job, 'rollback');
        expect(await api.deployment(job)).toMatchObject({ release: old, launcher, number: 3, ended: null });
      } finally {
        await endApplicationsOf(job);
      }
    },
    TEST_MS,
  );
});
