/** `sluice wait`: follows an operation that somebody asked for. */
import type { Command } from '@commander-js/extra-typings';
import type { JobBody } from '../../api/contract.ts';
import { timeoutOption } from '../ask-operation.ts';
import { seg } from '../api-client.ts';
import type { CliContext } from '../context.ts';
import { followOperation, reportOperation } from '../follow-operation.ts';

export function registerWait(program: Command, context: CliContext): void {
  program
    .command('wait')
    .description('wait for the end of an operation; its outcome is the exit code')
    .argument('<job>', 'name of the job')
    .argument('[id]', 'id of the operation (default: the one in progress)')
    .addOption(timeoutOption())
    .action(async (job, id, { timeout }) => {
      const api = context.api();
      const operation =
        id === undefined
          ? ((await api.get(`/jobs/${seg(job)}`)) as JobBody).operation // shape of the API
          : await api.operation(job, id);
      if (operation) {
        reportOperation(context, await followOperation(context, operation, timeout));
        return;
      }
      context.out.result({ operation: null }, () => context.out.line(`Nothing is in progress for ${job}.`));
    });
}
