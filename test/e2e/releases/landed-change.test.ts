/**
 * From a landed change to a running job: a commit in a git repository, built and checked by a real Bazel, published by
 * `bazel run`, seen in the catalogue, deployed by a signal. And what `flink_release` refuses to build.
 *
 * Seen to fail: with a check whose failure does not fail the action (what could not be deployed).
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { ReleaseItem } from '../../../src/api/contract.ts';
import type { Release } from '../../../src/domain/release/release.ts';
import { prepareCache } from '../../../stack/cache/cached-tools.ts';
import { Api, until } from '../../support/api.ts';
import { endApplicationsOf, liveApplicationsOf } from '../../support/outside/applications.ts';
import { prepareBazel, type Bazel } from '../../support/ci/bazel.ts';
import { sluiceEnvironment, temporal, type Ended } from '../../support/commands.ts';
import { newJobName, runningStack } from '../../support/stack.ts';
import { jarWith } from '../../world/jar.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const api = new Api(runningStack());
const job = newJobName('landed');

let scratch: string;
/** The git repository of the team, made from examples/bazel. */
let workspace: string;
let bazel: Bazel;
let flinkHome: string;
let commit: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'sluice-landed-'));
  workspace = join(scratch, 'clicks');
  await cp(join(repository, 'examples', 'bazel'), workspace, {
    recursive: true,
    filter: (path) => !/\/bazel-[^/]*$/.test(path), // links into the output of somebody who tried the example
  });
  await writeFile(join(workspace, 'deployment', 'clicks-dev.yaml'), stringify(deploymentFile));
  flinkHome = (await prepareCache()).flink['1.20.1'];
  bazel = await prepareBazel(join(scratch, 'bazel'));
  await git('init', '--quiet');
  commit = await land('Clicks, counted');
});

afterAll(async () => {
  try {
    for (const folder of [workspace, clone()]) await bazel.shutDown(folder);
    await promisify(execFile)('chmod', ['-R', 'u+w', scratch]); // Bazel takes it away from what it built
    await rm(scratch, { recursive: true, force: true });
  } finally {
    await endApplicationsOf(job);
  }
});

/** The example's deployment file, for a small cluster and a quick test. */
const deploymentFile = {
  extends: 'clicks.base.yaml',
  name: job,
  environment: 'test',
  placement: { cluster: 'yarn-a' },
  flink: {
    config: {
      'execution.checkpointing.interval': '1s',
      'taskmanager.memory.managed.size': '0m',
      'taskmanager.memory.jvm-metaspace.size': '128m',
    },
  },
  jobManager: { memory: '700m' },
  taskManager: { memory: '896m' },
};

const clone = (): string => join(scratch, 'clone');

async function git(...args: readonly string[]): Promise<string> {
  const team = { NAME: 'ads-streaming', EMAIL: 'ads-streaming@example.com' };
  const who = Object.entries(team).flatMap(([key, value]) =>
    ['AUTHOR', 'COMMITTER'].map((role) => [`GIT_${role}_${key}`, value] as const),
  );
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', ...Object.fromEntries(who) };
  return (await promisify(execFile)('git', ['-C', workspace, ...args], { env })).stdout.trim();
}

async function land(message: string): Promise<string> {
  await git('add', '--all');
  await git('commit', '--quiet', '--message', message);
  return await git('rev-parse', 'HEAD');
}

/** `bazel build` or `bazel run`, with @sluice being this checkout. */
const runBazel = (verb: 'build' | 'run', args: readonly string[], folder = workspace): Promise<Ended> =>
  bazel.run([verb, `--override_repository=sluice=${repository.replace(/\/$/, '')}`, ...args], {
    folder,
    environment: { ...sluiceEnvironment(), FLINK_HOME: flinkHome },
  });

/** `bazel run //:clicks_release -- -o json …`, or of another target; what it printed. */
async function runRelease(args: readonly string[], { folder = workspace, target = ['//:clicks_release'] } = {}) {
  const { code, stdout, stderr } = await runBazel('run', [...target, '--', '-o', 'json', ...args], folder);
  if (code !== 0) throw new Error(`bazel run ended with ${code}:\n${stdout}\n${stderr}`);
  return JSON.parse(stdout) as { result: string; release: Release }; // what `sluice publish` prints
}

describe('a change that has landed', () => {
  let release: string;

  test('is built and checked by bazel build', async () => {
    const built = await runBazel('build', ['//:clicks_release']);
    expect(built, built.stderr).toMatchObject({ code: 0 });
    const manifest = JSON.parse(await readFile(join(workspace, 'bazel-bin', 'clicks_release.json'), 'utf8')) as {
      release: Release;
    };
    expect(manifest.release.files.map((file) => [file.name, file.job ?? null])).toEqual([
      ['clicks-dev.yaml', job],
      ['clicks-prod.yaml', 'clicks-prod'],
      ['clicks.jar', null],
    ]);
    expect(manifest.release).not.toHaveProperty('createdAt');
  });

  test('is published by bazel run under its commit, and in the catalogue', async () => {
    const published = await runRelease(['--build-url', 'https://ci.example.com/builds/7']);
    expect(published).toMatchObject({
      result: 'published',
      release: { project: 'clicks', version: commit.slice(0, 12), gitCommit: commit },
    });
    release = `clicks/${commit.slice(0, 12)}`;
    const listed = await until('the release in the catalogue', 60_000, async () => {
      const items = await api.list<ReleaseItem>('/releases');
      return items.find(({ name }) => name === release) ?? null;
    });
    expect(listed).toMatchObject({ gitCommit: commit, buildUrl: 'https://ci.example.com/builds/7' });
    expect(listed.jobs).toEqual([job, 'clicks-prod'].sort());
  });

  test('runs after one signal, with the commit in its deployment', async () => {
    const { code, stderr } = await temporal(
      ...['workflow', 'signal-with-start', '--type', 'flinkJob', '-w', `flink-job:${job}`, '-t', 'sluice'],
      ...['--signal-name', 'deploy', '--signal-input', JSON.stringify({ id: 'landed', actor: 'ci', release })],
      ...['-i', JSON.stringify({ job })],
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    await until('the operation', 60_000, () => api.operation(job, 'landed'));
    expect(await api.ended(job, 'landed')).toMatchObject({ outcome: 'succeeded', error: null });
    expect(await api.job(job)).toMatchObject({ state: 'running', deployment: { release, gitCommit: commit } });
    expect(await liveApplicationsOf(job)).toHaveLength(1);
  });

  test('is the same release when a shallow clone of it is built, from a subfolder', async () => {
    await git('clone', '--quiet', '--depth', '1', `file://${workspace}`, clone());
    const again = await runRelease([], { folder: join(clone(), 'deployment') });
    expect(again).toMatchObject({ result: 'already', release: { version: commit.slice(0, 12), gitCommit: commit } });
  });
});

test('what has not landed is marked as such', async () => {
  await writeFile(join(workspace, 'notes.txt'), 'not part of the commit\n');
  const { release } = await runRelease(['--dry-run']);
  await rm(join(workspace, 'notes.txt'));
  expect(release.version).toMatch(new RegExp(`^${commit.slice(0, 12)}-dirty-[0-9a-f]{8}$`));
  expect(release.gitCommit).toBe(`${commit}-dirty`);
});

describe('flink_release', () => {
  const good = [
    'apiVersion: sluice/v1',
    'kind: FlinkJob',
    'name: clicks-checked',
    'environment: test',
    'owner: { team: ads-streaming }',
    'placement: { cluster: yarn-a }',
    'flink: { version: "1.20.1" }',
    'job: { jar: clicks.jar, entryClass: com.example.Clicks }',
  ].join('\n');
  const files: Readonly<Record<string, string>> = {
    'unknown.yaml': good.replace('environment', 'enviroment'),
    'no-jar.yaml': good.replace('clicks.jar', 'other.jar'),
    'no-class.yaml': good.replace('com.example.Clicks', 'com.example.Nope'),
    'first.yaml': good,
    'second.yaml': good,
  };
  const release = (name: string, deployments: readonly string[], more = ''): string =>
    `flink_release(name = "${name}", project = "clicks", jars = ["clicks.jar"], ` +
    `deployments = ${JSON.stringify(deployments)}${more})`;
  const targets = [
    'load("@sluice//bazel:flink_release.bzl", "flink_release")',
    release('unknown', ['unknown.yaml']),
    release('no_jar', ['no-jar.yaml']),
    release('no_class', ['no-class.yaml']),
    release('one_job', ['first.yaml', 'second.yaml']),
    release('no_key', ['first.yaml'], ', version = "1.4-{STABLE_NOT_THERE}"'),
    release('stamped', ['first.yaml'], ', version = "1.4-{BUILD_EMBED_LABEL}"'),
  ];

  beforeAll(async () => {
    await mkdir(join(workspace, 'checks'));
    await writeFile(join(workspace, 'checks', 'BUILD.bazel'), `${targets.join('\n')}\n`);
    await writeFile(join(workspace, 'checks', 'clicks.jar'), jarWith('com.example.Clicks'));
    for (const [name, text] of Object.entries(files)) await writeFile(join(workspace, 'checks', name), `${text}\n`);
  });

  test('fails the build of what could not be deployed, and says where and why', async () => {
    const { code, stderr } = await runBazel('build', ['--keep_going', '--embed_label=2', '//checks:all']);
    expect(code).toBe(1);
    for (const said of [
      'unknown.yaml: line 4, column 1: unknown key "enviroment": did you mean "environment"?',
      'job.jar: other.jar is not among the files of the release; its JARs: clicks.jar',
      'job.entryClass: clicks.jar has no class com.example.Nope',
      'name: clicks-checked is also the job of first.yaml',
      'Bazel\'s workspace status does not have all keys of "1.4-{STABLE_NOT_THERE}"',
    ]) {
      expect(stderr).toContain(said);
    }
    expect(stderr).not.toContain('//checks:stamped failed');
  });

  test('takes its version from the workspace status where it is told to', async () => {
    const { release: stamped } = await runRelease(['--dry-run'], { target: ['--embed_label=2', '//checks:stamped'] });
    expect(stamped.version).toBe('1.4-2');
  });
});
