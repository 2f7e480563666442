// npm run stack -- up | down | status | prepare
import { Command, InvalidArgumentError } from 'commander';
import pc from 'picocolors';
import { messageOf } from '../src/domain/errors/message-of.ts';
import { prepareCache } from './cache/cached-tools.ts';
import { stopCommands } from './cache/command.ts';
import { stackDown, stackUp } from './commands.ts';
import { isUp, stackStatus, type ComponentStatus, type StackStatus } from './control.ts';
import { say, tell } from './output.ts';
import { readSettings } from './settings.ts';

const SOMETHING_IS_DOWN = 3;

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // The signal arrives twice for one Ctrl-C: from the terminal and from the script that started us.
    if (interrupted.signal.aborted) return;
    tell('\nInterrupted: stopping the components that this command started …');
    interrupted.abort();
    stopCommands();
  });
}

const program = new Command('stack').description(
  'The local stack: real Temporal, S3, YARN clusters, Flink, and Sluice.',
);

program
  .command('up')
  .description('start every part that does not run')
  .option('--clusters <count>', 'how many YARN clusters: 1 or 2 (remembered; 2 at first)', parseClusters)
  .option('--json', 'print all addresses as JSON')
  .action(async (options: { clusters?: number; json?: true }) => {
    const settings = readSettings();
    await stackUp(settings, { ...clustersOption(options.clusters), signal: interrupted.signal });
    report(stackStatus(settings), options.json === true);
  });

program
  .command('down')
  .description('stop everything, Flink jobs included; the data stays')
  .action(async () => {
    say((await stackDown(readSettings())) ? 'The stack is down.' : 'The stack was down already.');
  });

program
  .command('status')
  .description('show each part with its state and address; exit code 3 when a part is down')
  .option('--json', 'print JSON')
  .action((options: { json?: true }) => report(stackStatus(), options.json === true));

program
  .command('prepare')
  .description('only download the parts of the stack')
  .action(async () => {
    await prepareCache(readSettings());
    say('All parts of the stack are in the cache.');
  });

try {
  await program.parseAsync();
} catch (error) {
  if (interrupted.signal.aborted) process.exit(130);
  tell(pc.red(messageOf(error)));
  process.exit(1);
}

function parseClusters(text: string): number {
  if (text === '1' || text === '2') return Number(text);
  throw new InvalidArgumentError('Give 1 or 2.');
}

function clustersOption(clusters: number | undefined): { clusters?: number } {
  return clusters === undefined ? {} : { clusters };
}

function report(status: StackStatus | undefined, json: boolean): void {
  process.exitCode = isUp(status) ? 0 : SOMETHING_IS_DOWN;
  if (status === undefined) tell('The stack was never started. Start it with: npm run stack -- up');
  else if (json) say(JSON.stringify(status, null, 2));
  else reportInWords(status);
}

function reportInWords(status: StackStatus): void {
  for (const component of status.components) say(describeComponent(component));
  const addresses: [string, string][] = [
    ['API', status.ui],
    ['Temporal', `${status.temporal.address}, ${status.temporal.ui}`],
    ['S3', `${status.s3.endpoint}, bucket ${status.s3.bucket}`],
    ...status.clusters.map(({ name, zone, resourceManager }): [string, string] => [
      `${name} in ${zone}`,
      resourceManager,
    ]),
    ['observer', status.observer],
  ];
  say('');
  for (const [name, value] of addresses) say(`${name.padEnd(26)}${value}`);
}

function describeComponent(component: ComponentStatus): string {
  const colour = component.state === 'running' ? pc.green : pc.red;
  const pid = component.pid === undefined ? '' : `pid ${component.pid}`;
  const detail = component.detail === undefined ? '' : ` (${component.detail})`;
  const line = `${component.name.padEnd(26)}${colour(component.state.padEnd(9))} ${pid.padEnd(12)}${component.log}${detail}`;
  return [line, ...(component.logTail ?? []).map((text) => pc.dim(`    ${text}`))].join('\n');
}
