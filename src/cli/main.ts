/** Runs the command line on the terminal. */
import { createInterface } from 'node:readline/promises';
import { openInBrowser } from './browser.ts';
import { Output } from './output.ts';
import { runCli } from './program.ts';

const interrupted = new AbortController();
let interrupts = 0;
process.on('SIGINT', () => {
  interrupted.abort();
  interrupts += 1;
  // The second Ctrl-C ends the process at once.
  if (interrupts > 1) process.exit(130);
});
// Drops the AWS SDK's warning about the version of Node, because package.json says which versions Sluice supports.
process.removeAllListeners('warning');
process.on('warning', ({ name, message }) => {
  if (!`${name}: ${message}`.includes('NodeVersionSupportWarning')) process.stderr.write(`${name}: ${message}\n`);
});
// `sluice jobs | head` ends when head does.
process.stdout.on('error', (failure: NodeJS.ErrnoException) => {
  if (failure.code === 'EPIPE') process.exit(0);
  throw failure;
});

async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(question, { signal: interrupted.signal });
  } catch {
    return ''; // Ctrl-C is no answer
  } finally {
    terminal.close();
  }
}

process.exitCode = await runCli(process.argv.slice(2), {
  out: new Output(process.stdout, process.stderr),
  interrupted: interrupted.signal,
  ask: process.stdin.isTTY && process.stderr.isTTY ? ask : null,
  browse: process.stdout.isTTY ? openInBrowser : null,
});
