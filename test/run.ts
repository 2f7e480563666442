/**
 * `npm test`: sets everything up, runs all tests, takes everything down. Its last line is `N passed, N failed`.
 *
 *   npm test -- upgrade        only files whose path contains "upgrade"
 *   npm run test:long          instead of all, the end-to-end tests for which CI has no time
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildClicks } from '../examples/clicks/build.ts';
import { messageOf } from '../src/domain/errors/message-of.ts';
import { prepareCache } from '../stack/cache/cached-tools.ts';
import { stopCommands } from '../stack/cache/command.ts';
import { say, tell } from '../stack/output.ts';
import { identify, isAlive, type ProcessIdentity } from '../stack/processes/process-identity.ts';
import { secondStackDirectory } from './support/processes/second-sluice.ts';
import { countsOf, needsStack, summaryOf, type Counts } from './support/test-run.ts';

const repository = dirname(dirname(fileURLToPath(import.meta.url)));
/** A stack of its own, so that one that a developer has running is not touched. */
const stackDirectory = join(repository, '.stack', 'test');
const runDirectory = join(repository, '.stack', 'test-run');
const statusFile = join(runDirectory, 'stack-status.json');
const reportFile = join(runDirectory, 'report.json');
const runnerFile = join(runDirectory, 'runner.json');

const filters = process.argv.slice(2);
const withStack = needsStack(repository, filters);

const interrupted = new AbortController();
let exitWhenInterrupted = 130;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // Ctrl-C comes twice: from the terminal and from the script that started us.
    if (interrupted.signal.aborted) return;
    if (signal !== 'SIGINT') exitWhenInterrupted = 143;
    tell('\nInterrupted: taking down what was started …');
    stopCommands();
    interrupted.abort();
  });
}

refuseSecondRun();
let counts: Counts = { passed: 0, failed: 1, skipped: 0 };
try {
  await setUp();
  counts = await runTests();
} catch (error) {
  if (!interrupted.signal.aborted) tell(messageOf(error));
} finally {
  if (withStack) await takeDown();
  rmSync(runnerFile, { force: true });
}
if (interrupted.signal.aborted) process.exit(exitWhenInterrupted);
if (withStack && counts.failed > 0) tell(`The logs of the test stack are in ${join(stackDirectory, 'logs')}`);
say(summaryOf(counts));
process.exit(counts.failed === 0 ? 0 : 1);

async function setUp(): Promise<void> {
  await prepareCache();
  if (!withStack) return;
  tell('Building the example job …');
  for (const version of ['1.0.0', '1.1.0']) await buildClicks({ version, flinkVersions: ['1.20.1', '2.1.0'] });
  tell(`Bringing up a stack for the tests in ${stackDirectory} …`);
  await takeDown(); // what an earlier run left behind when it was killed
  rmSync(stackDirectory, { recursive: true, force: true });
  await stack('up', '--clusters', '2');
  writeFileSync(statusFile, await stack('status', '--json'), { mode: 0o600 });
}

async function runTests(): Promise<Counts> {
  rmSync(reportFile, { force: true });
  const vitest = join(repository, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
  const environment = withStack ? { SLUICE_STACK_DIR: stackDirectory, SLUICE_STACK_STATUS: statusFile } : {};
  const only = process.env['SLUICE_LONG'] === '1' ? ['--project', 'e2e'] : [];
  const { code } = await run([vitest, 'run', ...only, ...reporters, ...filters], environment, 'inherit');
  return countsOf(reportFile, code);
}

async function takeDown(): Promise<void> {
  const command = ['--import', 'tsx', 'stack/main.ts', 'down'];
  // Without the interruption: it is what an interruption leads to.
  const uninterrupted = new AbortController().signal;
  for (const directory of [secondStackDirectory(stackDirectory), stackDirectory]) {
    await run(command, { SLUICE_STACK_DIR: directory }, 'pipe', uninterrupted);
  }
}

async function stack(...args: readonly string[]): Promise<string> {
  const command = ['--import', 'tsx', 'stack/main.ts', ...args];
  const { code, printed } = await run(command, { SLUICE_STACK_DIR: stackDirectory }, 'pipe');
  if (code === 0) return printed;
  throw new Error(`The test stack did not come up (exit code ${code}).`);
}

/**
 * Runs a script of the repository to its end, in a process of its own since the stack's folder is read from the
 * environment. An interruption ends it.
 */
function run(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  stdout: 'inherit' | 'pipe',
  signal = interrupted.signal,
): Promise<{ readonly code: number; readonly printed: string }> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const child = spawn(process.execPath, args, {
      cwd: repository,
      env: { ...process.env, ...environment },
      stdio: ['ignore', stdout, 'inherit'],
    });
    let printed = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (printed += chunk));
    const end = (): void => void child.kill('SIGTERM');
    signal.addEventListener('abort', end, { once: true });
    child.on('error', reject);
    child.on('close', (code) => {
      signal.removeEventListener('abort', end);
      resolve({ code: code ?? 1, printed });
    });
  });
}

/** Two runs in one checkout would share the stack's folder. */
function refuseSecondRun(): void {
  mkdirSync(runDirectory, { recursive: true });
  let other: ProcessIdentity | undefined;
  try {
    other = JSON.parse(readFileSync(runnerFile, 'utf8')) as ProcessIdentity; // written below
  } catch {
    other = undefined; // nobody runs here
  }
  if (other !== undefined && isAlive(other)) {
    tell(`Tests run in this checkout already, with pid ${other.pid}: wait for their end, or use another checkout.`);
    say(summaryOf({ passed: 0, failed: 1, skipped: 0 }));
    process.exit(1);
  }
  writeFileSync(runnerFile, JSON.stringify(identify(process.pid)));
}
