/** `sluice history`: lists the operations of one job, or of all jobs. */
import type { Command } from '@commander-js/extra-typings';
import type { OperationRecord } from '../../domain/operation/operation.ts';
import { seg } from '../api-client.ts';
import type { CliContext } from '../context.ts';
import { noteRest, withPageOptions } from '../list-options.ts';
import { deletedBy, interruptedBy, orDash, time, took } from '../show.ts';

const COLUMNS = ['ACCEPTED', 'JOB', 'KIND', 'OUTCOME', 'TOOK', 'DEPLOYMENT', 'ACTOR', 'ID', 'REASON'];

export function registerHistory(program: Command, context: CliContext): void {
  const command = program
    .command('history')
    .description('list operations, newest first')
    .argument('[job]', 'name of the job (default: all jobs)');
  withPageOptions(command).action(async (job, query) => {
    const { out } = context;
    const path = job === undefined ? '/operations' : `/jobs/${seg(job)}/operations`;
    const page = await context.api().page<OperationRecord>(path, query);
    out.result(page, () => {
      out.table(COLUMNS, page.items.map(cells));
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

const cells = (operation: OperationRecord): string[] => [
  time(operation.acceptedAt),
  operation.job,
  operation.kind,
  operation.outcome ?? orDash(operation.phase),
  took(operation),
  orDash(operation.deployment),
  operation.actor,
  operation.id,
  [operation.reason, interruptedBy(operation), deletedBy(operation), operation.error && failureOf(operation.error)]
    .filter((part) => part !== null)
    .join('; '),
];
