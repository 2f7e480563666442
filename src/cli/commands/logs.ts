/** `sluice logs`: prints logs of JobManager and TaskManagers, of the running instance or of one that has ended. */
import { setTimeout as sleep } from 'node:timers/promises';
import { InvalidArgumentError, type Command } from '@commander-js/extra-typings';
import type { LogList } from '../../api/contract.ts';
import type { LogItem } from '../../api/instance-contract.ts';
import { seg, type ApiClient } from '../api-client.ts';
import type { CliContext } from '../context.ts';
import { isSilence, UsageError } from '../failures.ts';
import { addedTo } from '../log-follower.ts';
import { exampleOf } from '../shared-options.ts';
import { bytes, orDash, time } from '../show.ts';

const DEFAULT_FILES = { jobManager: 'jobmanager.log', taskManager: 'taskmanager.log' } as const;
const FOLLOW_EVERY_MS = 2_000;
/** Length of the end that each look reads while following: more than any job should write in two seconds. */
const FOLLOWED_BYTES = String(256 * 1024);
/** The most that the API sends of a log. */
const MOST_BYTES = String(1024 * 1024);
const COLUMNS = ['OF', 'OPERATION', 'FILE', 'SIZE', 'SAVED', 'CONTAINER'];

/** A list of logs; an API of before has no `gone`. */
type Shown = Omit<LogList, 'gone'>;
/** Cuts the lines that were asked for out of the end of a log. */
type Cut = (text: string) => string;
type Query = Readonly<Record<'operation' | 'application' | 'container' | 'tail', string | undefined>>;

export function registerLogs(program: Command, context: CliContext): void {
  program
    .command('logs')
    .description('print the end of a log of JobManager or TaskManager: of the running instance, else of the last one')
    .argument('<job>', 'name of the job')
    .option('--operation <id>', 'print a log of the instance that this operation started or ended')
    .option('--application <id>', 'print a log of this application, which may have ended')
    .option(
      '--container <id>',
      'print a log of this container, as --list shows it; after its end for as long as its node keeps the log',
    )
    .option('--file <name>', 'name of the file (default: jobmanager.log; with --container taskmanager.log)')
    .option('--list', 'list the files; with --application also those of its containers that have ended')
    .option('--tail <lines>', 'lines from the end, within the last MiB (default: the last 64 KiB)', parseLines)
    .option('-f, --follow', 'print new lines as they come, until Ctrl-C')
    .addHelpText(
      'after',
      exampleOf(
        'sluice logs clicks-dev --list',
        'sluice logs clicks-dev --file taskmanager.log --tail 100',
        'sluice logs clicks-dev --container container_1700000000000_0001_01_000002 -f',
        'sluice logs clicks-dev --application application_1700000000000_0001 --list',
      ),
    )
    .action(async (job, { operation, application, container, file: named, list, tail, follow }) => {
      const api = context.api();
      if (follow === true && context.out.format === 'json') throw new UsageError('--follow prints text, not JSON');
      const file = named ?? DEFAULT_FILES[container === undefined ? 'jobManager' : 'taskManager'];
      const query = { operation, application, container, tail: tail === undefined ? undefined : MOST_BYTES };
      const cut = (text: string): string => (tail === undefined ? text : lastLines(text, tail));
      const path = `/jobs/${seg(job)}/logs/${seg(file)}`;
      if (list === true) await printList(context, api, job, { operation, application });
      else if (follow === true) await followLog(context, api, path, query, cut);
      else await printLog(context, api, path, query, cut);
    });
}

async function printList({ out }: CliContext, api: ApiClient, job: string, of: Partial<Query>): Promise<void> {
  const page = (await api.get(`/jobs/${seg(job)}/logs`, { ...of, limit: '200' })) as Partial<LogList> & Shown; // shape of the API
  out.result(page, () => {
    if (page.items.length === 0) out.line('No logs.');
    else out.table(COLUMNS, page.items.map(cells));
    if (page.live?.problem != null) out.note(out.colors.yellow(`${page.live.application}: ${page.live.problem}`));
    for (const gone of page.gone ?? []) out.note(out.colors.yellow(gone));
    if (page.nextCursor !== null) out.note('there are more: narrow the list with --operation');
  });
}

const cells = ({ application, live, operation, file, size, savedAt, container }: LogItem): string[] => [
  `${application}${live ? ' (runs)' : ''}`,
  operation,
  file,
  bytes(size),
  time(savedAt),
  orDash(container),
];

async function printLog({ out }: CliContext, api: ApiClient, path: string, query: Query, cut: Cut): Promise<void> {
  const { text: end, headers } = await api.text(path, query);
  const text = cut(end);
  const of = { application: headers.get('x-sluice-application'), operation: headers.get('x-sluice-operation') };
  const savedAt = headers.get('x-sluice-saved-at');
  const container = headers.get('x-sluice-container');
  out.result({ ...of, savedAt, text }, () => {
    const operation = of.operation ?? '?';
    const when =
      savedAt !== null
        ? `saved ${time(savedAt)} when ${operation} ended it`
        : `which ${hasEnded(headers) ? 'has ended' : 'runs'}, started by ${operation}`;
    const whose = container === null ? (of.application ?? '?') : `${container} of ${of.application ?? '?'}`;
    out.note(out.colors.dim(`of ${whose}, ${when}`));
    out.line(text.replace(/\n$/, ''));
  });
}

/** Tells whether a log can grow no more; an API of before says so of saved logs only. */
const hasEnded = (headers: Headers): boolean =>
  headers.get('x-sluice-live') === 'false' || headers.has('x-sluice-saved-at');

async function followLog(
  { out, interrupted }: CliContext,
  api: ApiClient,
  path: string,
  query: Query,
  cut: Cut,
): Promise<void> {
  const first = await api.text(path, query);
  let before = wholeLines(first.text);
  print(cut(before));
  if (hasEnded(first.headers)) {
    out.note(out.colors.dim('(it has ended, so nothing follows)'));
    return;
  }
  let silent = false;
  for (;;) {
    await sleep(FOLLOW_EVERY_MS, undefined, { signal: interrupted }).catch(() => undefined);
    if (interrupted.aborted) return;
    try {
      const now = wholeLines((await api.text(path, { ...query, tail: FOLLOWED_BYTES })).text);
      const added = addedTo(before, now);
      if (added === null)
        out.note(out.colors.dim('(lines may be missing here: another instance, or too many lines at once)'));
      print(added ?? now);
      before = now;
      silent = false;
    } catch (failure) {
      if (!isSilence(failure)) throw failure;
      if (!silent) out.note(out.colors.dim(`${failure.message}; asking again …`));
      silent = true;
    }
  }

  function print(lines: string): void {
    if (lines !== '') out.line(lines.replace(/\n$/, ''));
  }
}

/** Leaves out the last line while it is incomplete. */
const wholeLines = (text: string): string => text.slice(0, text.lastIndexOf('\n') + 1);

/** Takes the last lines of a text. */
const lastLines = (text: string, count: number): string =>
  text
    .split(/(?<=\n)/)
    .slice(-count)
    .join('');

function parseLines(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1 to 999999.');
}
