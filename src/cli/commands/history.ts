/** `sluice history`: lists the operations of one job, or of all jobs. */
import { InvalidArgumentError, type Command } from '@commander-js/extra-typings';
import { parseDuration } from '../../domain/input/durations.ts';
import { backInWords, howInWords, interruptedBy, releaseOf, whoAsked } from '../../domain/operation/in-words.ts';
import type { OperationRecord } from '../../domain/operation/operation.ts';
import { seg } from '../api-client.ts';
import type { CliContext } from '../context.ts';
import { noteRest, withPageOptions } from '../list-options.ts';
import { exampleOf, given } from '../shared-options.ts';
import { deletedBy, orDash, time, took } from '../show.ts';

/** Columns of the table; each turns an operation into a cell. */
const columns: Readonly<Record<string, (operation: OperationRecord) => string>> = {
  ACCEPTED: ({ acceptedAt }) => time(acceptedAt),
  JOB: ({ job }) => job,
  KIND: ({ kind }) => kind,
  RELEASE: (operation) => orDash(releaseOf(operation)),
  OUTCOME: ({ outcome, phase }) => outcome ?? orDash(phase),
  TOOK: took,
  DEPLOYMENT: ({ deployment }) => orDash(deployment),
  ACTOR: whoAsked,
  VIA: ({ via }) => via,
  ID: ({ id }) => id,
  REASON: whyOf,
};

export function registerHistory(program: Command, context: CliContext): void {
  const command = program
    .command('history')
    .description('list operations, newest first; a terminal shows the beginning of each reason, -o json all of it')
    .argument('[job]', 'name of the job (default: all jobs)')
    .option('--kind <kinds>', 'only these kinds, such as deploy,rollback')
    .option('--actor <names>', 'only operations of these people and tokens')
    .option('--via <doors>', 'only operations that came by these doors, such as api,signal,schedule')
    .option('--outcome <outcomes>', 'only these outcomes, such as failed,rolledBack; or inProgress')
    .option('--release <releases>', 'only about these releases, or projects')
    .option('--since <time>', 'only what ended since then: a time in ISO 8601, or a duration such as 7d', parseTime)
    .option('--until <time>', 'only what ended before then, in the same form', parseTime)
    .option('--environment <names>', 'of all jobs: only those of these environments')
    .option('--cluster <names>', 'of all jobs: only those on these clusters')
    .option('--owner <teams>', 'of all jobs: only those of these teams')
    .addHelpText(
      'after',
      exampleOf(
        'sluice history clicks-prod --limit 20',
        'sluice history --outcome failed,rolledBack --since 7d -o json',
      ),
    );
  withPageOptions(command).action(async (job, { since, until, ...filters }) => {
    const { out } = context;
    const query = { ...filters, ...given({ since: since?.toISOString(), until: until?.toISOString() }) };
    const path = job === undefined ? '/operations' : `/jobs/${seg(job)}/operations`;
    const page = await context.api().page<OperationRecord>(path, query);
    out.result(page, () => {
      const shown = Object.entries(columns).filter(([name]) => name !== 'JOB' || job === undefined);
      out.table(
        shown.map(([name]) => name),
        page.items.map((operation) => shown.map(([, cellOf]) => cellOf(operation))),
        { cutLast: true },
      );
      noteRest(out, page);
    });
  });
}

/** Parses a time, or a duration before now. */
function parseTime(text: string): Date {
  const ago = parseDuration(text);
  const time = ago === null ? new Date(text) : new Date(Date.now() - ago);
  if (!Number.isNaN(time.getTime())) return time;
  throw new InvalidArgumentError('It must be a time such as 2026-11-29T12:00:00Z, or a duration such as 7d.');
}

/** Shows the code with its cause, the detail, and the state unless the detail names it already. */
const failureOf = ({ code, detail, cause, state }: NonNullable<OperationRecord['error']>): string =>
  [
    cause ? `${code} (${cause.class})` : code,
    `: ${detail}`,
    state && !detail.includes(state) ? `; state: ${state}` : '',
  ].join('');

function whyOf(operation: OperationRecord): string {
  const { reason, backTo, error } = operation;
  const back = backTo && `back to ${backInWords(backTo)}`;
  return [
    reason,
    back,
    howInWords(operation),
    interruptedBy(operation),
    deletedBy(operation),
    error && failureOf(error),
  ]
    .filter((part) => part != null)
    .join('; ');
}
