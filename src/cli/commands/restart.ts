/** `sluice restart`: stops a job and starts the same deployment again. */
import type { Command } from '@commander-js/extra-typings';
import { askForOperation, operationOptions, timeoutOption } from '../operations/ask-operation.ts';
import type { CliContext } from '../context.ts';
import { startFields, startOptions, stopWithOption } from '../operations/start-options.ts';

export function registerRestart(program: Command, context: CliContext): void {
  program
    .command('restart')
    .description('stop the job and start the same deployment again')
    .argument('<job>', 'name of the job')
    .addOption(startOptions.from())
    .addOption(startOptions.fromSavepoint())
    .addOption(startOptions.allowNonRestoredState())
    .addOption(startOptions.discardNewerState())
    .addOption(startOptions.acceptStateRisk())
    .addOption(stopWithOption())
    .addOption(operationOptions.id())
    .addOption(operationOptions.reason())
    .addOption(operationOptions.ifMatch())
    .addOption(operationOptions.wait())
    .addOption(operationOptions.noWait())
    .addOption(timeoutOption())
    .addOption(operationOptions.retryFor())
    .action(async (job, options) => {
      const asked = {
        ...startFields(options),
        ...(options.stopWith === undefined ? {} : { stopWith: options.stopWith }),
      };
      await askForOperation(context, job, 'restart', asked, options);
    });
}
