// npm run demo [-- --once] [-- --clusters 1]: deploys and upgrades a job on real servers, and lets an observer judge.
import { Command, InvalidArgumentError } from 'commander';
import pc from 'picocolors';
import { messageOf } from '../src/domain/errors/message-of.ts';
import { stopCommands } from '../stack/cache/command.ts';
import { stackDown } from '../stack/commands.ts';
import { readSettings } from '../stack/settings.ts';
import { hintOf } from './failure.ts';
import { tellStory } from './story.ts';
import { say, seconds } from './terminal.ts';

const INTERRUPTED = 130;

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // The signal arrives twice for one Ctrl-C: from the terminal and from the script that started us.
    if (interrupted.signal.aborted) return;
    interrupted.abort();
    stopCommands();
  });
}

const program = new Command('demo')
  .description('Brings the local stack up, deploys and upgrades a Flink job through it, and shows what happened.')
  .option('--once', 'take the stack down again at the end')
  .option('--clusters <count>', 'how many YARN clusters the stack gets: 1 or 2 (remembered; 2 at first)', parseClusters)
  .parse();
const { once = false, clusters } = program.opts<{ once?: boolean; clusters?: number }>();

const began = Date.now();
process.exitCode = await run();

async function run(): Promise<number> {
  const settings = readSettings();
  let code = 0;
  try {
    const sound = await tellStory(settings, { clusters, once, signal: interrupted.signal });
    if (!sound) code = 1;
  } catch (error) {
    code = interrupted.signal.aborted ? INTERRUPTED : 1;
    sayWhy(error);
  }
  if (once) {
    const down = await takeDown();
    return down ? code : Math.max(code, 1);
  }
  if (code === 0)
    say(`\n${pc.dim(`${seconds(Date.now() - began)} in all.`)} The stack runs on; npm run stack -- down ends it.`);
  else if (interrupted.signal.aborted)
    say('Running parts stay up, and a deploy under way continues. To stop everything: npm run stack -- down');
  return code;
}

function sayWhy(error: unknown): void {
  if (interrupted.signal.aborted) {
    say('\nInterrupted.');
    return;
  }
  say(`\n${pc.red(messageOf(error))}`);
  say(hintOf(error));
}

async function takeDown(): Promise<boolean> {
  try {
    await stackDown(readSettings());
    say(
      `\nThe stack is down again. Its data and the downloads stay. ${pc.dim(`${seconds(Date.now() - began)} in all.`)}`,
    );
    return true;
  } catch (error) {
    say(pc.red(`\nThe stack could not be taken down: ${messageOf(error)}`));
    say('List the parts that still run with: npm run stack -- status');
    return false;
  }
}

function parseClusters(text: string): number {
  if (text === '1' || text === '2') return Number(text);
  throw new InvalidArgumentError('Give 1 or 2.');
}
