/**
 * The CI templates do what they say: their own scripts, read out of them, build, validate, publish and deploy a job; a step
 * that is tried again is the same operation, and whoever comes while the job is busy learns who holds it.
 *
 * Seen to fail: with an id of the action that ends in $RANDOM, its repeat starts a second application; without the loop
 * around exit code 6, the deploy of Jenkins ends with 6.
 */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { Api, until } from '../../support/api.ts';
import { applicationsOf, endApplicationsOf, liveApplicationsOf } from '../../support/outside/applications.ts';
import { runJob, startRunner, type Environment, type Runner, type Steps } from '../../support/ci/ci-runner.ts';
import { readGitlab, readJenkinsfile, readWorkflow, type Jenkins } from '../../support/ci/ci-templates.ts';
import type { Ended } from '../../support/commands.ts';
import { deploymentFileOf } from '../../support/releases.ts';
import { bucketOf, newJobName, runningStack } from '../../support/stack.ts';

const api = new Api(runningStack());
const job = newJobName('ci');
/** Another job of the same release, on the other cluster, so that two starts go side by side. */
const other = `${job}-b`;
const workflow = readWorkflow();
const pipeline = readGitlab();
let jenkinsfile: Jenkins;
let runner: Runner;
let release: string;
/** Begun in one test, judged in another. */
let deployingOther: Promise<Ended>;

beforeAll(async () => {
  runner = await startRunner();
  jenkinsfile = await readJenkinsfile();
  for (const [name, cluster] of [
    [job, 'yarn-a'],
    [other, 'yarn-b'],
  ] as const) {
    const fields = { placement: { cluster }, job: { jar: 'clicks.jar' } };
    const file = deploymentFileOf({ job: name, version: '', fields });
    await writeFile(join(runner.workspace, `deployment/clicks-${name}.yaml`), stringify(file));
  }
  release = `${job}/${runner.commit.slice(0, 12)}`;
});

afterAll(async () => {
  await endApplicationsOf(job, other);
  await runner.end();
});

/** A job of the workflow, in an attempt of one run. */
function github(name: string, attempt: number, instead: Environment = {}): Promise<Steps> {
  const { api: address, token, s3 } = runningStack();
  return runJob(runner, workflow, name, {
    environment: {
      GITHUB_RUN_ID: '4711',
      GITHUB_RUN_ATTEMPT: String(attempt),
      GITHUB_SERVER_URL: 'https://github.example.com',
      GITHUB_REPOSITORY: 'ads/clicks',
    },
    contexts: {
      'github.triggering_actor': 'ads-streaming',
      'needs.publish.outputs.release': release,
      'vars.SLUICE_API': address,
      'secrets.SLUICE_TOKEN': token,
      'vars.SLUICE_BUCKET': s3.bucket,
      'vars.SLUICE_BUCKET_REGION': s3.region,
    },
    instead: { PROJECT: job, ...instead },
  });
}

const byAction = (attempt: number): Promise<Steps> => github('deploy-dev', attempt, { job, release });
const bySignal = (attempt: number): Promise<Steps> => github('deploy-staging', attempt, { JOB: job });

/** A job of the pipeline: its lines are one script, as GitLab's runner makes it. */
function gitlab(name: string, id: number): Promise<Ended> {
  const { script = [] } = pipeline.jobs[name] ?? {};
  return runner.bash(
    script.join('\n'),
    {
      JOB: job,
      PROJECT: job,
      RELEASE: release,
      CI_COMMIT_SHA: runner.commit,
      CI_COMMIT_TIMESTAMP: '2026-01-01T00:00:00+00:00',
      CI_PIPELINE_ID: '15',
      CI_PIPELINE_URL: 'https://gitlab.example.com/ads/clicks/-/pipelines/15',
      CI_JOB_ID: String(id),
      CI_JOB_URL: `https://gitlab.example.com/ads/clicks/-/jobs/${id}`,
      GITLAB_USER_LOGIN: 'ads-streaming',
    },
    ['-eo', 'pipefail'],
  );
}

/** The scripts of a stage, in one build; each has its options in itself. */
async function jenkins(name: string, build: number, named = job): Promise<Ended> {
  const [script = ''] = jenkinsfile.stages.find((stage) => stage.name === name)?.scripts ?? [];
  return runner.bash(script, {
    JOB: named,
    PROJECT: job,
    SLUICE_ACTOR: 'jenkins',
    BUILD_NUMBER: String(build),
    BUILD_TAG: `jenkins-ads%2Fclicks-a branch with a long name that goes on and on-${build}`,
    BUILD_URL: `https://jenkins.example.com/job/clicks/${build}/`,
  });
}

async function published(): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const entry of bucketOf(runningStack()).list(`releases/${job}/`)) {
    if (entry.kind === 'object') keys.push(entry.key.split('/').at(-1) ?? '');
  }
  return keys.sort();
}

/** The operation in progress, as soon as there is one. */
const inProgress = (named: string): Promise<string> =>
  until('an operation in progress', 60_000, async () => {
    const answer = await api.send('GET', `/jobs/${named}`);
    if (answer.status !== 200) return null;
    return (await api.job(named)).operation?.id ?? null;
  });

test('a bad deployment file stops each of them before anything is built or published', async () => {
  const file = join(runner.workspace, 'deployment/clicks-bad.yaml');
  await writeFile(
    file,
    'extends: clicks.base.yaml\nname: clicks-bad\nenvironment: dev\nplacement: { clutser: yarn-a }\n',
  );
  const [first, second, third] = await Promise.all([github('build', 1), gitlab('validate', 1), jenkins('Validate', 1)]);
  expect(first).toMatchObject({ code: 2, failed: 'Validate' });
  for (const ended of [first, second, third]) {
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('placement.cluster');
  }
  await rm(file);
  expect(await published()).toEqual([]);
});

test('the workflow builds the job and publishes the commit; a re-run, and the others, publish it again without a change', async () => {
  expect(await github('build', 1)).toMatchObject({ code: 0, failed: null });
  const first = await github('publish', 1);
  expect(first).toMatchObject({ code: 0, outputs: { 'publish.outputs.release': release } });
  expect(await published()).toContain('release.json');

  for (const again of await Promise.all([github('publish', 2), gitlab('publish', 2), jenkins('Publish', 2)])) {
    expect(again).toMatchObject({ code: 0 });
    expect(again.stdout).toContain('was already published, with the same content');
  }
  expect((await published()).filter((name) => name === 'release.json')).toHaveLength(1);
});

test('the action deploys it; who comes meanwhile ends with 4 and learns who holds the job', async () => {
  await runner.loseNextDeploy();
  deployingOther = jenkins('Deploy to dev', 2, other);
  await inProgress(other);
  const deploying = byAction(1);
  expect(await inProgress(job)).toBe('gh-4711-1');
  const holder = `${job} is held by deploy gh-4711-1 of ads-streaming`;
  // All at once, so that all have come long before the deploy is over.
  const [rerun, ...others] = await Promise.all([byAction(2), jenkins('Deploy to dev', 1), gitlab('deploy-staging', 1)]);
  for (const busy of others) {
    expect(busy.code).toBe(4);
    expect(busy.stdout).toContain(holder);
  }
  expect(rerun).toMatchObject({ code: 4, failed: './actions/sluice-deploy' });
  expect(rerun.stdout).toContain(`::error title=Busy, or not allowed now::${holder}`);

  const { code, stdout, outputs } = await deploying;
  expect(code).toBe(0);
  const [application] = await liveApplicationsOf(job);
  expect(outputs).toEqual({
    'deploy.outputs.operation-id': 'gh-4711-1',
    'deploy.outputs.outcome': 'succeeded',
    'deploy.outputs.deployment': '1',
    'deploy.outputs.application-id': application,
  });
  expect(stdout).toContain(`clicks-dev runs ${release} as deployment 1, ${application ?? ''}`);
  expect(await api.operation(job, 'gh-4711-1')).toMatchObject({
    actor: 'admin',
    claimed: { actor: 'ads-streaming', via: 'cli' },
    reason: 'https://github.example.com/ads/clicks/actions/runs/4711',
  });
});

test('the same step once more, by action or by signal, is the same operation', async () => {
  expect(await byAction(1)).toMatchObject({ code: 0, outputs: { 'deploy.outputs.deployment': '1' } });
  expect(await bySignal(1)).toMatchObject({ code: 0 });
  expect(await applicationsOf(job)).toHaveLength(1);
});

test('Jenkins deploys it, having asked again with the same id when it was not known what became of it', async () => {
  expect(await deployingOther).toMatchObject({ code: 0 });
  const [lost, heard, ...more] = (await runner.calls()).filter((call) => call.endsWith(` -- ${other}`));
  expect(heard).toBe(lost);
  expect(more).toEqual([]);
  expect(await jenkins('Deploy to staging', 2, other)).toMatchObject({ code: 0 }); // the same build, by signal
  expect(await applicationsOf(other)).toHaveLength(1);
  expect((await api.deployment(other)).release).toBe(release);
});

test('GitLab deploys it by signal; the same job once more is the same operation, by either way', async () => {
  expect(await gitlab('deploy-staging', 3)).toMatchObject({ code: 0 });
  expect(await gitlab('deploy-staging', 3)).toMatchObject({ code: 0 });
  expect(await gitlab('deploy-dev', 3)).toMatchObject({ code: 0 });
  expect(await api.operation(job, 'gl-15-3')).toMatchObject({ via: 'signal', outcome: 'succeeded', deployment: 2 });
  expect(await applicationsOf(job)).toHaveLength(2);
  expect(await liveApplicationsOf(job)).toHaveLength(1);
});

test('what an input holds is never run, and a release that is not there ends with 1', async () => {
  const planted = join(runner.workspace, 'planted');
  const evil = `"; touch ${planted}; $(touch ${planted}) \`touch ${planted}\` '`;
  const given = { job, release: `${job}/0.0.0-never-published`, reason: evil, id: 'evil' };
  const ended = await github('deploy-prod', 1, given);
  expect(ended.code).toBe(1);
  expect(ended.stdout).toContain('::error title=The deploy failed::');
  expect((await api.operation(job, 'evil'))?.reason).toBe(evil);
  for (const [name, value] of Object.entries({ id: evil, job: evil, release: evil })) {
    expect(await github('deploy-prod', 1, { ...given, [name]: value }), name).toMatchObject({ code: 2 });
  }
  await expect(rm(planted)).rejects.toThrow('ENOENT');
});
