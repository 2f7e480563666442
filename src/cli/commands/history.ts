/** `sluice history`: lists the operations of one job, or of all jobs. */
import type { Command } from '@commander-js/extra-typings';
import { backInWords } from '../../domain/operation/back-to.ts';
import type { OperationRecord } from '../../domain/operation/operation.ts';
import { seg } from '../api-client.ts';
import type { CliContext } from '../context.ts';
import { noteRest, withPageOptions } from '../list-options.ts';
import { exampleOf } from '../shared-options.ts';
import { deletedBy, interruptedBy, orDash, time, took, whoAsked } from '../show.ts';

/** Columns of the table; each turns an operation into a cell. */
const columns: Readonly<Record<string, (operation: OperationRecord) => string>> = {
  ACCEPTED: ({ acceptedAt }) => time(acceptedAt),
  JOB: ({ job }) => job,
  KIND: ({ kind }) => kind,
  RELEASE: releaseOf,
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
    .addHelpText('after', exampleOf('sluice history clicks-prod --limit 20', 'sluice history -o json'));
  withPageOptions(command).action(async (job, query) => {
    const { out } = context;
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

/** Shows the code with its cause, the detail, and the state unless the detail names it already. */
const failureOf = ({ code, detail, cause, state }: NonNullable<OperationRecord['error']>): string =>
  [
    cause ? `${code} (${cause.class})` : code,
    `: ${detail}`,
    state && !detail.includes(state) ? `; state: ${state}` : '',
  ].join('');

/** The release that was started or acted on; an operation that was refused has the one that was asked for. */
function releaseOf({ release, request }: OperationRecord): string {
  const asked = request['release'];
  return release ?? (typeof asked === 'string' ? asked : '-');
}

function whyOf(operation: OperationRecord): string {
  const { reason, backTo, error } = operation;
  const back = backTo && `back to ${backInWords(backTo)}`;
  return [reason, back, interruptedBy(operation), deletedBy(operation), error && failureOf(error)]
    .filter((part) => part != null)
    .join('; ');
}
