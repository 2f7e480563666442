/**
 * The CI templates are right by the tools made for them: actionlint with shellcheck, Groovy as Jenkins uses it, schemas
 * for the rest. GitLab's own checker is a service, and is not asked; nor is Jenkins' for the names of its steps.
 *
 * Each tool is seen to find something in the table of mistakes below.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { prepareLinters, type CachedLinters } from '../../stack/cache/linters.ts';
import {
  readAction,
  readGitlab,
  readJenkinsfile,
  readWorkflow,
  templates,
  type Jenkins,
} from '../support/ci/ci-templates.ts';

let linters: CachedLinters;
let folder: string;
let jenkins: Jenkins;

beforeAll(async () => {
  linters = await prepareLinters();
  folder = await mkdtemp(join(tmpdir(), 'sluice-ci-lint-'));
  jenkins = await readJenkinsfile();
}, 240_000); // on a machine that builds actionlint beside everything else

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a linter. @returns its output, which is empty when it finds nothing. */
const said = (program: string, args: readonly string[], directory = folder): Promise<string> =>
  new Promise((resolve) => {
    execFile(program, args, { cwd: directory }, (failure, stdout, stderr) => {
      resolve(stdout + stderr + (failure !== null && stdout + stderr === '' ? failure.message : ''));
    });
  });

let projects = 0;

/** Checks a workflow in a repository that has the composite action where the workflow looks for it. */
async function actionlint(workflow: string, action?: string): Promise<string> {
  const project = join(folder, `project-${++projects}`);
  const [workflows, local] = [join(project, '.github/workflows'), join(project, 'actions/sluice-deploy')];
  for (const each of [join(project, '.git'), workflows, local]) await mkdir(each, { recursive: true });
  await writeFile(join(workflows, 'clicks.yml'), workflow);
  await writeFile(join(local, 'action.yml'), action ?? (await readFile(templates.action, 'utf8')));
  const flags = ['-no-color', '-pyflakes=', `-shellcheck=${linters.shellcheck ?? ''}`];
  return said(linters.actionlint, [...flags, join(workflows, 'clicks.yml')], project);
}

/** The composite action as a workflow, since actionlint looks only at the inputs and outputs of an action. */
function actionAsWorkflow(): string {
  const { inputs, runs } = readAction();
  const typed = Object.entries(inputs).map(([name, { required = false }]) => [name, { type: 'string', required }]);
  const steps = runs.steps.map(({ with: given, env, ...step }) => ({ ...step, env }));
  return stringify({
    on: { workflow_call: { inputs: Object.fromEntries(typed) as unknown } },
    jobs: { deploy: { 'runs-on': 'ubuntu-24.04', steps } },
  });
}

describe('the workflow and the composite action', () => {
  test('pass actionlint', async () => {
    expect(await actionlint(await readFile(templates.workflow, 'utf8'))).toBe('');
    expect(await actionlint(actionAsWorkflow())).toBe('');
  });

  test.each([
    ['          job: clicks-dev\n', '', 'missing input "job" which is required by action "sluice-deploy"'],
    ['wait-timeout: 20m', 'timeout: 20m', 'input "timeout" is not defined in action "sluice-deploy"'],
    ['outputs.application-id', 'outputs.application', 'property "application" is not defined'],
    ['needs.publish.outputs.release', 'needs.build.outputs.release', 'property "build" is not defined'],
    ['needs: [publish, deploy-dev]', 'needs: [publish, deploy-def]', 'job "deploy-staging" needs job "deploy-def"'],
    ['contents: read', 'contents: reed', '"reed" is invalid as permission of scope "contents"'],
  ])('would not pass with %j as %j', async (right, wrong, finding) => {
    const workflow = await readFile(templates.workflow, 'utf8');
    expect(workflow).toContain(right);
    expect(await actionlint(workflow.replaceAll(right, wrong))).toContain(finding);
  });

  test('would not pass with an action that says nothing of itself', async () => {
    const [workflow, action] = await Promise.all(
      [templates.workflow, templates.action].map((path) => readFile(path, 'utf8')),
    );
    expect(await actionlint(workflow ?? '', (action ?? '').replace(/^description: .*$/m, ''))).toContain(
      'description is required',
    );
  });

  test('pin every action of others to a commit, and say which version that is', async () => {
    const lines = (await readFile(templates.workflow, 'utf8')).split('\n').filter((line) => line.includes('uses:'));
    const others = lines.filter((line) => !line.includes('uses: ./'));
    expect(others.length).toBeGreaterThan(5);
    expect(others.filter((line) => !/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
  });

  test('put nothing into a script but by variables', () => {
    const workflow = Object.values(readWorkflow().jobs).flatMap(({ steps }) => steps);
    const scripts = [...workflow, ...readAction().runs.steps].flatMap(({ run }) => (run === undefined ? [] : [run]));
    expect(scripts.length).toBeGreaterThan(6);
    expect(scripts.filter((script) => script.includes('${{'))).toEqual([]);
  });

  test('may do no more than they need: only publishing gets credentials', () => {
    const { permissions, jobs } = readWorkflow();
    expect(permissions).toEqual({});
    const writing = Object.entries(jobs).filter(([, job]) => Object.values(job.permissions).includes('write'));
    expect(writing.map(([name, job]) => [name, job.permissions])).toEqual([
      ['publish', { contents: 'read', 'id-token': 'write' }],
    ]);
  });

  test('deploy one release of a job at a time, and only what was published', () => {
    const deploys = Object.entries(readWorkflow().jobs).filter(([name]) => name.startsWith('deploy-'));
    expect(deploys.map(([, { environment }]) => environment)).toEqual(['dev', 'staging', 'prod']);
    for (const [, { environment = '', needs, concurrency }] of deploys) {
      expect(needs).toContain('publish');
      expect(concurrency).toEqual({ group: `sluice-clicks-${environment}`, 'cancel-in-progress': false });
    }
    expect(readWorkflow().jobs['publish']).toMatchObject({ needs: ['build'], if: "github.event_name == 'push'" });
  });
});

describe('the pipeline of GitLab', () => {
  const { stages, jobs } = readGitlab();

  test('has only stages that it names, and needs only jobs that it has', () => {
    for (const [name, { stage = 'test', needs = [], script }] of Object.entries(jobs)) {
      expect(stages, name).toContain(stage);
      for (const other of needs) expect(jobs, name).toHaveProperty(other);
      expect(script, name).not.toBeUndefined();
    }
    expect(stages).toEqual(['validate', 'build', 'publish', 'deploy']);
  });

  test('deploys one release of a job at a time, and never tries again with another id', () => {
    const deploys = Object.values(jobs).filter(({ stage }) => stage === 'deploy');
    expect(deploys.map(({ environment }) => environment)).toEqual(['dev', 'staging', 'prod']);
    for (const { retry, resource_group, variables } of deploys) {
      expect({ retry, resource_group }).toEqual({ retry: 0, resource_group: `sluice-${variables?.['JOB'] ?? ''}` });
    }
  });
});

describe('the Jenkinsfile', () => {
  test('is read by Groovy, publishes and deploys only from the main branch', () => {
    expect(jenkins.stages.map(({ name, branch }) => [name, branch])).toEqual([
      ['Validate', null],
      ['Build', null],
      ['Publish', 'main'],
      ['Deploy to dev', 'main'],
      ['Deploy to staging', 'main'],
    ]);
    for (const { scripts } of jenkins.stages) {
      for (const script of scripts) expect(script).toMatch(/^#!\/usr\/bin\/env bash\n\s*set -euo pipefail\n/);
    }
  });

  test.each([
    ['a missing brace', /\}\s*$/, '', 'Unexpected input'],
    [
      'a value that Groovy puts into a script',
      /sh '''[^']*'''/,
      'sh "sluice validate ${PROJECT}"',
      'Groovy puts values into',
    ],
    ['a step of the wrong name', "sh '''", "bat '''", 'bat has no place in steps'],
  ])('would not be read with %s', async (_, right, wrong, finding) => {
    const broken = join(folder, 'Jenkinsfile');
    await writeFile(
      broken,
      (await readFile(templates.jenkins, 'utf8')).replace(right, () => wrong),
    );
    await expect(readJenkinsfile(broken)).rejects.toThrow(finding);
  });
});

describe('every script', () => {
  const fromGitlab = () =>
    Object.entries(readGitlab().jobs).map(
      ([name, job]) => [name, `#!/bin/bash\n${(job.script ?? []).join('\n')}`] as const,
    );

  test('of GitLab and Jenkins passes shellcheck', async ({ skip }) => {
    const { shellcheck } = linters;
    if (shellcheck === undefined) return skip('no shellcheck is pinned for this platform');
    const fromJenkins = jenkins.stages.flatMap(({ name, scripts }) => scripts.map((script) => [name, script] as const));
    for (const [name, script] of [...fromGitlab(), ...fromJenkins]) {
      const file = join(folder, 'script.sh');
      await writeFile(file, script);
      expect(await said(shellcheck, [file]), name).toBe('');
    }
    await writeFile(join(folder, 'script.sh'), '#!/bin/bash\nsluice deploy $JOB');
    expect(await said(shellcheck, [join(folder, 'script.sh')])).toContain('SC2086');
  });

  test('names no secret in the arguments of a command', () => {
    const scripts = [
      ...Object.values(readWorkflow().jobs).flatMap(({ steps }) => steps.map(({ run = '' }) => run)),
      ...readAction().runs.steps.map(({ run = '' }) => run),
      ...fromGitlab().map(([, script]) => script),
      ...jenkins.stages.flatMap((stage) => stage.scripts),
    ];
    // printf is part of the shell, so that what it prints is in no list of processes.
    const lines = scripts.flatMap((script) => script.split('\n')).filter((line) => !line.includes('printf %s "$'));
    expect(lines.filter((line) => /\$\{?\w*(SECRET|TOKEN|PASSWORD|API_KEY|ACCESS_KEY)(?!_FILE)/.test(line))).toEqual(
      [],
    );
    expect(lines.filter((line) => /set -\w*x/.test(line))).toEqual([]);
  });
});
