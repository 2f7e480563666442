/** Runs the scripts of the CI templates as a runner of GitHub, GitLab or Jenkins does, in a scratch repository. */
import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { prepareCache } from '../../../stack/cache/cached-tools.ts';
import { readAction, type Step, type Workflow } from './ci-templates.ts';
import type { Ended } from '../commands.ts';
import { runningStack } from '../stack.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const execute = promisify(execFile);

export type Environment = Readonly<Record<string, string>>;

/** Values that `${{ … }}` of a workflow can name, such as `github.triggering_actor`. */
export type Contexts = Readonly<Record<string, string>>;

export interface Runner {
  /** The checkout that scripts work in. */
  readonly workspace: string;
  /** The commit that is checked out. */
  readonly commit: string;
  /** Arguments of each call of `sluice`, oldest first. */
  calls(): Promise<readonly string[]>;
  /** The next `sluice deploy` ends with 6, having asked for nothing: as when the API is away. */
  loseNextDeploy(): Promise<void>;
  /** A script as bash runs it; the first line of the script may name options of its own. */
  bash(script: string, environment: Environment, options?: readonly string[]): Promise<Ended>;
  end(): Promise<void>;
}

/** A runner whose workspace is a git repository with the example job. */
export async function startRunner(): Promise<Runner> {
  const root = await mkdtemp(join(tmpdir(), 'sluice-runner-'));
  const [bin, workspace, calls, lost] = ['bin', 'workspace', 'calls', 'lose-next'].map((name) => join(root, name)) as [
    string,
    string,
    string,
    string,
  ]; // as many as there are names
  await mkdir(bin);
  const { temporalCli } = await prepareCache();
  await symlink(temporalCli, join(bin, 'temporal'));
  // The real command, behind a door that notes who came, and that can be shut once.
  const sluice = `#!/bin/bash
printf '%s\\n' "$*" >> '${calls}'
if [ "$1" = deploy ] && rm '${lost}' 2> /dev/null; then exit 6; fi
exec '${process.execPath}' '${join(repository, 'bin/sluice.mjs')}' "$@"
`;
  await writeProgram(join(bin, 'sluice'), sluice);
  await writeProgram(join(bin, 'sleep'), '#!/bin/bash\n'); // nobody waits for an API that is not away
  await writeFile(calls, '');

  const commit = await layOutWorkspace(workspace);
  const environment = runnerEnvironment(bin, root);
  return {
    workspace,
    commit,
    async calls() {
      return (await readFile(calls, 'utf8')).split('\n').filter((line) => line !== '');
    },
    loseNextDeploy: () => writeFile(lost, ''),
    async bash(script, more, options = []) {
      const folder = await mkdtemp(join(root, 'step-'));
      const file = join(folder, 'script.sh');
      await writeFile(file, script);
      return new Promise((resolve) => {
        const settings = { cwd: workspace, env: { ...environment, ...more }, timeout: LONGEST_STEP_MS };
        execFile('bash', ['--noprofile', '--norc', ...options, file], settings, (failure, stdout, stderr) => {
          const code = failure === null ? 0 : typeof failure.code === 'number' ? failure.code : -1;
          resolve({ code, stdout, stderr });
        });
      });
    },
    end: () => rm(root, { recursive: true, force: true }),
  };
}

/** Makes the workspace a git repository with the example job, and answers with its commit. */
async function layOutWorkspace(workspace: string): Promise<string> {
  await mkdir(join(workspace, 'deployment'), { recursive: true });
  const example = join(repository, 'examples/clicks');
  await cp(join(example, 'src'), join(workspace, 'src'), { recursive: true });
  // The example is built for two versions of Flink, in a folder each; what people have makes one JAR in target/.
  const pom = await readFile(join(example, 'pom.xml'), 'utf8');
  await writeFile(
    join(workspace, 'pom.xml'),
    pom.replace('${clicks.target}/flink-${flink.series}', '${clicks.target}'),
  );
  await cp(join(example, 'deployment/clicks.base.yaml'), join(workspace, 'deployment/clicks.base.yaml'));
  const git = (...args: readonly string[]) =>
    execute('git', ['-c', 'user.name=ci', '-c', 'user.email=ci@example.com', ...args], { cwd: workspace });
  await git('init', '--quiet');
  await git('add', '.');
  await git('commit', '--quiet', '--message', 'The job');
  return (await git('rev-parse', 'HEAD')).stdout.trim();
}

const LONGEST_STEP_MS = 200_000;

/** The environment of every runner: programs, a home, and this stack where others have an address of AWS. */
function runnerEnvironment(bin: string, root: string): Environment {
  const { api, token, s3, temporal } = runningStack();
  const inherited = ['HOME', 'JAVA_HOME', 'LANG'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return {
    ...(Object.fromEntries(inherited) as Record<string, string>), // pairs of texts
    PATH: [bin, process.env['PATH']].join(delimiter),
    RUNNER_TEMP: root,
    SLUICE_API: api,
    SLUICE_TOKEN: token,
    SLUICE_BUCKET: s3.bucket,
    SLUICE_BUCKET_REGION: s3.region,
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    AWS_ACCESS_KEY_ID: s3.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
    TEMPORAL_ADDRESS: temporal.address,
  };
}

/** How a job of a workflow, or a composite action, went. */
export interface Steps {
  readonly code: number;
  /** The step at which it ended, unless all went well. */
  readonly failed: string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Outputs of each step with an id, by `<step>.outputs.<name>`. */
  readonly outputs: Contexts;
}

export interface GithubRun {
  readonly environment: Environment;
  readonly contexts: Contexts;
  /** In place of the value that the template has for its example. */
  readonly instead?: Environment;
}

/** Runs the scripts of a job in order, until one fails. Actions of others are left out: they set a machine up. */
export async function runJob(runner: Runner, workflow: Workflow, name: string, run: GithubRun): Promise<Steps> {
  const job = workflow.jobs[name];
  if (job === undefined) throw new Error(`the workflow has no job ${name}`);
  return runSteps(runner, job.steps, { ...run, environment: { ...workflow.env, ...run.environment, ...run.instead } });
}

async function runSteps(runner: Runner, steps: readonly Step[], run: GithubRun): Promise<Steps> {
  const { environment, contexts, instead = {} } = run;
  let [stdout, stderr, outputs] = ['', '', {} as Contexts];
  for (const step of steps) {
    const known = { ...contexts, ...prefixed('steps.', outputs) };
    const ended = await runStep(runner, step, { environment, contexts: known, instead });
    stdout += ended.stdout;
    stderr += ended.stderr;
    if (step.id !== undefined) outputs = { ...outputs, ...prefixed(`${step.id}.outputs.`, ended.outputs) };
    if (ended.code !== 0) return { code: ended.code, failed: step.name ?? step.uses ?? '', stdout, stderr, outputs };
  }
  return { code: 0, failed: null, stdout, stderr, outputs };
}

async function runStep(runner: Runner, step: Step, run: GithubRun): Promise<Ended & { readonly outputs: Contexts }> {
  const { environment, contexts, instead = {} } = run;
  const nothing = { code: 0, stdout: '', stderr: '', outputs: {} };
  if (step.uses === './actions/sluice-deploy') {
    const given = { ...evaluated(step.with, contexts), ...instead };
    return useAction(runner, given, { environment, contexts });
  }
  // The command of this checkout is on PATH, so it is not installed.
  if (step.run === undefined || step.name === 'Install the CLI') return nothing;
  const files = await mkdtemp(join(runner.workspace, '..', 'files-'));
  const [output, summary] = [join(files, 'output'), join(files, 'summary')];
  for (const file of [output, summary]) await writeFile(file, '');
  const own = { ...evaluated(step.env, contexts), ...instead, GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary };
  // As the runner does with `shell: bash`.
  const ended = await runner.bash(step.run, { ...environment, ...own }, ['-eo', 'pipefail']);
  const lines = (await readFile(output, 'utf8')).split('\n').filter((line) => line !== '');
  const told = await readFile(summary, 'utf8');
  const outputs = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  return { ...ended, stdout: ended.stdout + told, outputs };
}

/** The composite action, with inputs as a workflow gives them. */
async function useAction(
  runner: Runner,
  given: Environment,
  { environment, contexts }: Pick<GithubRun, 'environment' | 'contexts'>,
): Promise<Ended & { readonly outputs: Contexts }> {
  const { inputs, outputs, runs } = readAction();
  const values = Object.entries(inputs).map(([name, { default: otherwise = '' }]) => {
    return [name, given[name] ?? evaluate(otherwise, contexts)] as const;
  });
  const known = { ...contexts, ...prefixed('inputs.', Object.fromEntries(values)) };
  const { code, stdout, stderr, outputs: made } = await runSteps(runner, runs.steps, { environment, contexts: known });
  const named = Object.entries(outputs).map(([name, { value }]) => {
    const [, path = ''] = /^\$\{\{ steps\.(\S+) \}\}$/.exec(value) ?? [];
    return [name, made[path] ?? ''] as const;
  });
  return { code, stdout, stderr, outputs: Object.fromEntries(named) };
}

const prefixed = (prefix: string, values: Contexts): Contexts =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]));

const evaluated = (values: Environment, contexts: Contexts): Environment =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, evaluate(value, contexts)]));

/** Names of contexts only, which is all that the templates use. */
function evaluate(text: string, contexts: Contexts): string {
  return text.replace(/\$\{\{ (\S+) \}\}/g, (_, name: string) => {
    const value = contexts[name];
    if (value === undefined) throw new Error(`\${{ ${name} }} has no value here`);
    return value;
  });
}

async function writeProgram(path: string, text: string): Promise<void> {
  await writeFile(path, text);
  await chmod(path, 0o755);
}
