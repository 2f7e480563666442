/** Parses the CI templates of examples/ci and the composite action once, for all their tests. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { z } from 'zod';
import { prepareLinters } from '../../../stack/cache/linters.ts';

const repository = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

export const templates = {
  workflow: join(repository, 'examples/ci/github-actions.yml'),
  action: join(repository, 'actions/sluice-deploy/action.yml'),
  gitlab: join(repository, 'examples/ci/gitlab-ci.yml'),
  jenkins: join(repository, 'examples/ci/Jenkinsfile'),
} as const;

const Values = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String));

const Step = z.strictObject({
  name: z.string().optional(),
  id: z.string().optional(),
  uses: z.string().optional(),
  with: Values.default({}),
  shell: z.string().optional(),
  env: Values.default({}),
  run: z.string().optional(),
});
export type Step = z.infer<typeof Step>;

const Job = z.strictObject({
  needs: z.union([z.string().transform((name) => [name]), z.array(z.string())]).default([]),
  if: z.string().optional(),
  'runs-on': z.union([z.string(), z.array(z.string())]),
  'timeout-minutes': z.number(),
  environment: z.string().optional(),
  permissions: z.record(z.string(), z.enum(['read', 'write'])),
  concurrency: z.strictObject({ group: z.string(), 'cancel-in-progress': z.boolean() }).optional(),
  outputs: Values.default({}),
  steps: z.array(Step),
});

const Workflow = z.strictObject({
  name: z.string(),
  on: z.record(z.string(), z.unknown()),
  permissions: z.record(z.string(), z.string()),
  env: Values,
  defaults: z.strictObject({ run: z.strictObject({ shell: z.literal('bash') }) }),
  jobs: z.record(z.string(), Job),
});
export type Workflow = z.infer<typeof Workflow>;

export const readWorkflow = (): Workflow => Workflow.parse(read(templates.workflow));

/** The metadata of a composite action, as far as ours uses them. */
const Action = z.strictObject({
  name: z.string(),
  description: z.string(),
  inputs: z.record(
    z.string(),
    z.strictObject({
      description: z.string(),
      required: z.boolean().optional(),
      default: z.union([z.string(), z.number()]).transform(String).optional(),
    }),
  ),
  outputs: z.record(z.string(), z.strictObject({ description: z.string(), value: z.string() })),
  runs: z.strictObject({
    using: z.literal('composite'),
    // Each step must name its shell here.
    steps: z.array(Step.extend({ shell: z.literal('bash') })),
  }),
});
export type Action = z.infer<typeof Action>;

export const readAction = (): Action => Action.parse(read(templates.action));

const Scripts = z.array(z.string());
const GitlabJob = z.strictObject({
  extends: z.string().optional(),
  stage: z.string().optional(),
  image: z.string().optional(),
  tags: z.array(z.string()).optional(),
  needs: z.array(z.string()).optional(),
  rules: z.array(z.strictObject({ if: z.string(), when: z.literal('manual').optional() })).optional(),
  retry: z.number().optional(),
  timeout: z.string().optional(),
  environment: z.string().optional(),
  resource_group: z.string().optional(),
  variables: Values.optional(),
  id_tokens: z.record(z.string(), z.strictObject({ aud: z.string() })).optional(),
  before_script: Scripts.optional(),
  script: Scripts.optional(),
  artifacts: z.record(z.string(), z.unknown()).optional(),
});
export type GitlabJob = z.infer<typeof GitlabJob>;

export interface Gitlab {
  readonly stages: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  /** Jobs that run, with what they extend merged in. */
  readonly jobs: Readonly<Record<string, GitlabJob>>;
}

export function readGitlab(): Gitlab {
  const { stages, variables, ...jobs } = z
    .object({ stages: z.array(z.string()), variables: Values })
    .catchall(GitlabJob)
    .parse(read(templates.gitlab));
  const whole = (name: string): GitlabJob => {
    const job = jobs[name];
    if (job === undefined) throw new Error(`gitlab-ci.yml has no job ${name}`);
    return job.extends === undefined ? job : { ...whole(job.extends), ...job };
  };
  const names = Object.keys(jobs).filter((name) => !name.startsWith('.'));
  return { stages, variables, jobs: Object.fromEntries(names.map((name) => [name, whole(name)])) };
}

export interface JenkinsStage {
  readonly name: string;
  readonly branch: string | null;
  readonly environment: Readonly<Record<string, string>>;
  readonly scripts: readonly string[];
}

export interface Jenkins {
  readonly environment: Readonly<Record<string, string>>;
  readonly stages: readonly JenkinsStage[];
}

/** A Jenkinsfile as Groovy reads it. @throws Error with Groovy's message when it cannot. */
export async function readJenkinsfile(path: string = templates.jenkins): Promise<Jenkins> {
  const { groovy } = await prepareLinters();
  const script = join(repository, 'test/support/ci/jenkinsfile.groovy');
  const args = ['-XX:TieredStopAtLevel=1', '-cp', groovy, 'groovy.ui.GroovyMain', script, path];
  const { stdout } = await promisify(execFile)('java', args);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => line.split(' '))
    .map(([word, ...texts]) => [word, ...texts.map((text) => Buffer.from(text, 'base64').toString())] as const);
  const said = (word: string, stage: string) => lines.filter((line) => line[0] === word && line[1] === stage);
  const environment = (stage: string) =>
    Object.fromEntries(said('environment', stage).map(([, , name = '', value = '']) => [name, value]));
  return {
    environment: environment(''),
    stages: lines
      .filter(([word]) => word === 'stage')
      .map(([, name = '']) => ({
        name,
        branch: said('branch', name)[0]?.[2] ?? null,
        environment: environment(name),
        scripts: said('sh', name).map(([, , text = '']) => text),
      })),
  };
}

const read = (path: string): unknown => parse(readFileSync(path, 'utf8'));
