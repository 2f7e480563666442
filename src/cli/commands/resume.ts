/** `sluice resume`: starts a stopped job again. */
import type { Command } from '@commander-js/extra-typings';
import { askForOperation, operationOptions, timeoutOption } from '../operations/ask-operation.ts';
import type { CliContext } from '../context.ts';
import { startFields, startOptions } from '../operations/start-options.ts';

export function registerResume(program: Command, context: CliContext): void {
  program
    .command('resume')
    .description('start the last deployment again from its newest restore point')
    .argument('<job>', 'name of the job')
    .addOption(startOptions.from())
    .addOption(startOptions.fromSavepoint())
    .addOption(startOptions.allowNonRestoredState())
    .addOption(startOptions.discardNewerState())
    .addOption(startOptions.acceptStateRisk())
    .addOption(operationOptions.id())
    .addOption(operationOptions.reason())
    .addOption(operationOptions.ifMatch())
    .addOption(operationOptions.wait())
    .addOption(operationOptions.noWait())
    .addOption(timeoutOption())
    .addOption(operationOptions.retryFor())
    .action(async (job, options) => await askForOperation(context, job, 'resume', startFields(options), options));
}
