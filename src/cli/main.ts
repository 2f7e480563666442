/** The command line: connects commands to the terminal. */
import { createInterface } from 'node:readline/promises';
import { Output } from './output.ts';
import { runCli } from './program.ts';

const interrupted = new AbortController();
let interrupts = 0;
process.on('SIGINT', () => {
  interrupted.abort();
  interrupts += 1;
  // Whoever presses it twice wants out now.
  if (interrupts > 1) process.exit(130);
});
// The AWS SDK warns about the version of Node at each start; which one is supported is said by package.json.
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
});
