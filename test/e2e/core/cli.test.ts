/** The CLI as CI scripts use it: what it prints, and the exit codes of the Contract. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { buildClicks, clicksDeploymentFiles } from '../../../examples/clicks/build.ts';
import { Api, problemIn, until } from '../../support/api.ts';
import { endApplicationsOf, liveApplicationsOf } from '../../support/outside/applications.ts';
import { sluice } from '../../support/commands.ts';
import { deploymentFileOf } from '../../support/releases.ts';
import { newJobName, runningStack } from '../../support/stack.ts';

const api = new Api(runningStack());
const job = newJobName('cli');
const release = `${job}/1.0.0`;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-cli-'));
});

afterAll(async () => {
  await endApplicationsOf(job);
  await rm(folder, { recursive: true, force: true });
});

test('publish makes a release that is listed; publishing it again changes nothing', async () => {
  const file = join(folder, `${job}.yaml`);
  // Verification takes half a minute, so that the CLI of whoever comes meanwhile has begun before the deploy ends.
  const fields = { upgrade: { verify: { checkpoints: 25 } } };
  await writeFile(file, stringify(deploymentFileOf({ job, version: '1.0.0', fields })));
  const { jars } = await buildClicks({ version: '1.0.0', flinkVersions: ['1.20.1'] });
  const bases = (await clicksDeploymentFiles()).filter(({ name }) => name === 'clicks.base.yaml');
  const files = [file, ...[...bases, ...jars].map(({ path }) => path)];
  const command = ['publish', '--project', job, '--version', '1.0.0', ...files];

  const first = await sluice(...command);
  expect(first).toMatchObject({ code: 0, stderr: '' });
  await until('the release in the list', 240_000, async () =>
    (await api.ok('/releases')).includes(`"${release}"`) ? true : null,
  );
  expect((await sluice(...command)).code).toBe(0);
});

test('deploy waits for the end and exits with 0; who comes meanwhile is told who holds the job, with 4', async () => {
  const deploying = sluice('deploy', job, '--release', release, '--id', 'the-deploy', '--reason', 'a first try');
  await until('the deploy to begin', 240_000, () => api.operation(job, 'the-deploy'));
  const busy = await sluice('stop', job);
  expect(busy.code).toBe(4);
  expect(busy.stderr).toContain(`${job} is held by deploy the-deploy of admin`);

  const { code, stdout } = await deploying;
  expect(stdout).toMatch(/verifying/);
  expect(code).toBe(0);
  expect(await api.operation(job, 'the-deploy')).toMatchObject({
    outcome: 'succeeded',
    via: 'api',
    claimed: { actor: 'e2e', via: 'cli' },
    actor: 'admin',
    reason: 'a first try',
  });
});

test('status, history and restore points tell it as JSON too', async () => {
  const status = await sluice('status', job, '-o', 'json');
  expect(JSON.parse(status.stdout)).toMatchObject({ name: job, state: 'running' });
  const history = await sluice('history', job, '-o', 'json');
  expect(JSON.parse(history.stdout)).toMatchObject({ items: [{ id: 'the-deploy', outcome: 'succeeded' }] });
  const points = await sluice('restore-points', job);
  expect(points).toMatchObject({ code: 0 });
  expect(points.stdout).toContain('retained');
});

test('a plan shows what would change and what would refuse it, and nothing comes of it', async () => {
  const before = await liveApplicationsOf(job);
  const hotfixed = await sluice('plan', 'deploy', job, release, '-D', 'a.b=c', '-o', 'json');
  expect(hotfixed.code).toBe(0);
  expect(JSON.parse(hotfixed.stdout)).toMatchObject({
    ok: true,
    state: 'running',
    restorePoint: 'from-stop',
    stop: { with: 'savepoint', deployment: 1, application: before[0] },
    changes: {
      file: { diff: null },
      jar: { changed: false },
      configuration: [{ key: 'a.b', before: null, after: 'c', originAfter: 'hotfix' }],
    },
  });
  const refused = await sluice('plan', 'deploy', job, release, '-D', 'a.b=c', '--set', 'taskManager.memory=900g');
  expect(refused.code).toBe(1);
  expect(refused.stdout).toContain('NO  resources: ResourcesTooLarge: taskManager.memory is 900g');
  expect(await liveApplicationsOf(job)).toEqual(before);
});

test('what fails exits with 1, what is not allowed with 4', async () => {
  const failed = await sluice('deploy', job, '--release', `${job}/0.0.1`);
  expect(failed.code).toBe(1);
  expect(failed.stdout).toContain('ReleaseNotFound');
  const notAllowed = await sluice('resume', job);
  expect(notAllowed.code).toBe(4);
  expect(notAllowed.stderr).toContain('which does not allow resume');
});

test.each([
  { story: 'no release', args: ['deploy', job], says: '--release' },
  { story: 'an unknown option', args: ['deploy', job, '--relaese', 'a/1'], says: '--release' },
  { story: 'an unknown command', args: ['deplyo', job], says: 'deploy' },
  { story: 'a release name that is none', args: ['deploy', job, '--release', 'clicks'], says: 'clicks/1.4.2' },
])('wrong use exits with 2: $story', async ({ args, says }) => {
  const { code, stderr } = await sluice(...args);
  expect(code).toBe(2);
  expect(stderr).toContain(says);
});

test('with --no-wait it returns at once, and wait follows the operation to its end', async () => {
  const asked = await sluice('stop', job, '--no-wait', '--id', 'the-stop', '-o', 'json');
  expect(asked.code).toBe(0);
  expect(JSON.parse(asked.stdout)).toMatchObject({ operation: { id: 'the-stop', kind: 'stop' } });
  expect((await sluice('wait', job, 'the-stop')).code).toBe(0);
  expect(await liveApplicationsOf(job)).toEqual([]);
});

test('when the API does not answer, the exit code is 6 and the id to ask again with is named', async () => {
  const { code, stderr } = await sluice(
    '--api',
    'http://127.0.0.1:1',
    'stop',
    job,
    '--id',
    'lost',
    '--retry-for',
    '1s',
  );
  expect(code).toBe(6);
  expect(stderr).toContain('--id lost');
  expect(problemIn(await api.send('GET', `/jobs/${job}/operations/lost`)).status).toBe(404);
});
