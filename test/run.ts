/**
 * `npm test`: sets everything up, runs the tests of the fast tier, takes everything down. Its last line is
 * `N passed, N failed`.
 *
 *   npm test -- upgrade        only files whose path contains "upgrade", of either tier
 *   npm run test:long          the tests of the long tier; each file that passes is noted in test/long-tier.json
 *   npm run test:long -- --go-on   only those that have not passed on this code yet; a part of a path bounds them further
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { buildClicks } from '../examples/clicks/build.ts';
import { messageOf } from '../src/domain/errors/message-of.ts';
import { prepareCache } from '../stack/cache/cached-tools.ts';
import { stopCommands } from '../stack/cache/command.ts';
import { say, tell } from '../stack/output.ts';
import { identify, isAlive, type ProcessIdentity } from '../stack/processes/process-identity.ts';
import { committedCode, listingOf, passedOn, readResults } from './support/long-tier/results.ts';
import { secondStackDirectory } from './support/processes/second-sluice.ts';
import {
  countsOf,
  groups,
  groupsOf,
  hasOptions,
  sumOf,
  summaryOf,
  type Counts,
  type Group,
} from './support/test-run.ts';
import { filesOf, type Tier } from './tiers.ts';

const FAILED: Counts = { passed: 0, failed: 1, skipped: 0 };

const repository = dirname(dirname(fileURLToPath(import.meta.url)));
/** A stack of its own, so that one that a developer has running is not touched. */
const stackDirectory = join(repository, '.stack', 'test');
const runDirectory = join(repository, '.stack', 'test-run');
const statusFile = join(runDirectory, 'stack-status.json');
const runnerFile = join(runDirectory, 'runner.json');

const GO_ON = '--go-on';
const filters = process.argv.slice(2).filter((argument) => argument !== GO_ON);
const tier: Tier | null = process.env['SLUICE_LONG'] === '1' ? 'long' : filters.length > 0 ? null : 'fast';

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
if (tier === 'long') noteResults();
let counts: Counts = FAILED;
const started = { stack: false };
try {
  counts = hasOptions(filters) ? await runAsOne() : await runGroups();
} catch (error) {
  if (!interrupted.signal.aborted) tell(messageOf(error));
} finally {
  if (started.stack) await takeDown();
  rmSync(runnerFile, { force: true });
}
if (interrupted.signal.aborted) process.exit(exitWhenInterrupted);
if (started.stack && counts.failed > 0) tell(`The logs of the test stack are in ${join(stackDirectory, 'logs')}`);
say(summaryOf(counts));
process.exit(counts.failed === 0 ? 0 : 1);

/**
 * Runs each group as soon as what it needs is there, beside the others: most tests wait for a server, or for JVMs. No test
 * asserts how long anything takes.
 */
async function runGroups(): Promise<Counts> {
  const wanted = groupsOf(repository, tier, filters);
  if (wanted.length === 0) throw new Error(`No test file has "${filters.join('" or "')}" in its path.`);
  const cache = wanted.some((group) => group !== 'alone') ? prepareCache() : Promise.resolve();
  const ready: Readonly<Record<Group, () => Promise<unknown>>> = {
    alone: () => Promise.resolve(),
    temporal: () => cache,
    stack: () => cache.then(bringUp),
  };
  return sumOf(
    await Promise.all(
      wanted.map((group) =>
        ready[group]()
          .then(() => vitest(group))
          .catch(failureOf),
      ),
    ),
  );
}

/** Has the reporter of the long tier note what passes on this code, and leaves out what has when asked to go on. */
function noteResults(): void {
  const commit = committedCode(repository);
  if (commit === null) {
    tell('The code has changes that are not committed, so no result is noted.');
    return;
  }
  process.env['SLUICE_LONG_COMMIT'] = commit;
  if (!process.argv.includes(GO_ON)) return;
  const passed = passedOn(readResults(repository), listingOf(repository, commit));
  process.env['SLUICE_LEAVE_OUT'] = passed.join(',');
  tell(`${passed.length} files have passed on this code: the rest runs.`);
}

/** A failure of the set-up counts as one failure, and the tests that do not need it go on. */
function failureOf(error: unknown): Counts {
  if (!interrupted.signal.aborted) tell(messageOf(error));
  return FAILED;
}

/** Runs a single vitest once everything is set up, because its options may select any test. */
async function runAsOne(): Promise<Counts> {
  await prepareCache();
  await bringUp();
  return vitest(null);
}

async function bringUp(): Promise<void> {
  started.stack = true;
  tell('Building the example job …');
  // Other tests build what else they need.
  const flinkVersions = tier === 'fast' ? ['1.20.1'] : ['1.20.1', '2.1.0'];
  for (const version of ['1.0.0', '1.1.0']) await buildClicks({ version, flinkVersions });
  tell(`Bringing up a stack for the tests in ${stackDirectory} …`);
  await takeDown(); // what an earlier run left behind when it was killed
  rmSync(stackDirectory, { recursive: true, force: true });
  await stack('up', '--clusters', '2');
  writeFileSync(statusFile, await stack('status', '--json'), { mode: 0o600 });
}

/** Runs vitest on the projects of one group, or on all. */
async function vitest(group: Group | null): Promise<Counts> {
  const began = performance.now();
  const reportFile = join(runDirectory, group === null ? 'report.json' : `report-${group}.json`);
  rmSync(reportFile, { force: true });
  const program = join(repository, 'node_modules', 'vitest', 'vitest.mjs');
  const noting = tier === 'long' ? ['--reporter=./test/support/long-tier/reporter.ts'] : [];
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`, ...noting];
  const ofTier = (group === null ? [] : groups[group]).filter((project) => filesOf(tier, project, []) !== null);
  const projects = ofTier.flatMap((project) => ['--project', project]);
  const environment = {
    SLUICE_TIER: tier ?? '',
    ...(group !== 'alone' && group !== 'temporal'
      ? { SLUICE_STACK_DIR: stackDirectory, SLUICE_STACK_STATUS: statusFile }
      : {}),
    ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}),
  };
  const { code } = await run([program, 'run', ...projects, ...reporters, ...filters], environment, 'lines');
  const counted = countsOf(reportFile, code);
  const minutes = ((performance.now() - began) / 60_000).toFixed(1);
  tell(`${ofTier.join(' and ') || 'all'}: ${summaryOf(counted)} in ${minutes} min`);
  return counted;
}

async function takeDown(): Promise<void> {
  const command = ['--import', 'tsx', 'stack/main.ts', 'down'];
  // Without the interruption: it is what an interruption leads to.
  const uninterrupted = new AbortController().signal;
  for (const directory of [secondStackDirectory(stackDirectory), stackDirectory]) {
    await run(command, { SLUICE_STACK_DIR: directory }, 'text', uninterrupted);
  }
}

async function stack(...args: readonly string[]): Promise<string> {
  const command = ['--import', 'tsx', 'stack/main.ts', ...args];
  const { code, printed } = await run(command, { SLUICE_STACK_DIR: stackDirectory }, 'text');
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
  stdout: 'lines' | 'text',
  signal = interrupted.signal,
): Promise<{ readonly code: number; readonly printed: string }> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const child = spawn(process.execPath, args, {
      cwd: repository,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    if (stdout === 'text') child.stdout.setEncoding('utf8').on('data', (chunk: string) => (printed += chunk));
    // Whole lines, because two vitests print at the same time.
    else createInterface({ input: child.stdout }).on('line', say);
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
