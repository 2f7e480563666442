// Starts every script of this repository: node stack/bootstrap.mjs <script.ts> [arguments…]
// Lists everything that the machine lacks, installs the packages when the lock file changed, builds the console when its
// sources did, then runs the script.
// This file reads JAVA_HOME itself, because TypeScript runs only after it.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureConsole } from './console.mjs';
import { PREREQUISITES, describeProblems, findProblems, runVersionCommand } from './prerequisites.mjs';

const repository = dirname(dirname(fileURLToPath(import.meta.url)));
const stampFile = join(repository, 'node_modules', '.sluice-lock-hash');
const toolsFile = join(repository, 'node_modules', '.sluice-tools');

const [script, ...scriptArguments] = process.argv.slice(2);
if (script === undefined) {
  process.stderr.write('Usage: node stack/bootstrap.mjs <script.ts> [arguments…]\n');
  process.exit(2);
}

const tools = fingerprint();
// The check takes a second, because it asks every tool for its version. Skip it while the tools are the same files.
if (!existsSync(toolsFile) || readFileSync(toolsFile, 'utf8') !== tools) {
  const problems = findProblems((command) => runVersionCommand(command, process.env.JAVA_HOME));
  if (problems.length > 0) {
    process.stderr.write(describeProblems(problems));
    process.exit(1);
  }
}
await installPackages();
await ensureConsole();
// The AWS SDK warns in nine lines about a Node that this repository supports.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
if (existsSync(dirname(toolsFile))) writeFileSync(toolsFile, tools);
process.exit(await run(process.execPath, ['--import', 'tsx', script, ...scriptArguments]));

/** Path and modification time of each prerequisite's program. */
function fingerprint() {
  const folders = (process.env.PATH || '').split(delimiter);
  const files = PREREQUISITES.map(({ command: [program] }) => {
    const candidates = [program, ...folders.map((folder) => join(folder, program))];
    if (program === 'javac' && process.env.JAVA_HOME) candidates[0] = join(process.env.JAVA_HOME, 'bin', program);
    const file = candidates.find((candidate) => candidate.includes('/') && existsSync(candidate));
    return file === undefined ? `${program} is missing` : `${realpathSync(file)} ${statSync(file).mtimeMs}`;
  });
  return files.join('\n');
}

/** Installs exactly the packages of the lock file, unless they are installed already. */
async function installPackages() {
  const lockFile = join(repository, 'package-lock.json');
  if (!existsSync(lockFile)) return;
  const lock = readFileSync(lockFile, 'utf8');
  const hash = createHash('sha256').update(lock).digest('hex');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === hash) return;
  if (!isInstalled(JSON.parse(lock))) {
    process.stderr.write('Installing the npm packages of package-lock.json (once, about half a minute) …\n');
    const code = await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], ['ignore', 2, 2]);
    if (code !== 0) {
      process.stderr.write('npm ci failed: read its message above, then run the same command again.\n');
      process.exit(code);
    }
  }
  writeFileSync(stampFile, hash);
}

/** Tells whether node_modules already holds these versions, for instance because a developer ran `npm install`. */
function isInstalled(lock) {
  const notes = join(repository, 'node_modules', '.package-lock.json');
  if (!existsSync(notes)) return false;
  const installed = JSON.parse(readFileSync(notes, 'utf8')).packages;
  return Object.entries(lock.packages).every(
    // Optional packages are for other platforms.
    ([path, wanted]) => path === '' || wanted.optional || wanted.link || installed[path]?.version === wanted.version,
  );
}

/** Runs a command in the repository until it ends, forwards our signals to it, and returns its exit code. */
function run(command, args, stdio = 'inherit') {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: repository, stdio });
    // `kill` reaches this process only, so the child needs the signal from us. A terminal's Ctrl-C reaches both, and a
    // second one is harmless.
    const forward = (signal) => child.kill(signal);
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, forward);
    const end = (code) => {
      for (const signal of signals) process.off(signal, forward);
      resolve(code);
    };
    child.on('error', (error) => {
      process.stderr.write(`${command} cannot be run: ${error.message}\n`);
      end(1);
    });
    child.on('exit', (code, signal) => end(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}
