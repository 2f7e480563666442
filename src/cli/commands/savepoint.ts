/** `sluice savepoint`: takes a savepoint of a running job. */
import type { Command } from '@commander-js/extra-typings';
import { askForOperation, operationOptions, timeoutOption } from '../operations/ask-operation.ts';
import type { CliContext } from '../context.ts';

export function registerSavepoint(program: Command, context: CliContext): void {
  program
    .command('savepoint')
    .description('take a savepoint; the job runs on')
    .argument('<job>', 'name of the job')
    .addOption(operationOptions.id())
    .addOption(operationOptions.reason())
    .addOption(operationOptions.wait())
    .addOption(operationOptions.noWait())
    .addOption(timeoutOption())
    .addOption(operationOptions.retryFor())
    .action(async (job, options) => await askForOperation(context, job, 'savepoint', {}, options));
}
