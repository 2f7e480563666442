/** `sluice adopt`: takes over what somebody else has started. */
import type { Command } from '@commander-js/extra-typings';
import { askForOperation, operationOptions, timeoutOption } from '../operations/ask-operation.ts';
import type { CliContext } from '../context.ts';

export function registerAdopt(program: Command, context: CliContext): void {
  program
    .command('adopt')
    .description('take over an application that runs already, with its state; it runs on untouched')
    .argument('<job>', 'name of the job')
    .requiredOption('--release <name>', 'what it runs, such as clicks/1.4.2: its deployment file is the declared one')
    .option('--cluster <name>', 'where it runs (default: wherever it is found)')
    .option('--application <id>', "its id on YARN (default: the application with the job's name)")
    .addOption(operationOptions.id())
    .addOption(operationOptions.reason())
    .addOption(operationOptions.wait())
    .addOption(operationOptions.noWait())
    .addOption(timeoutOption())
    .addOption(operationOptions.retryFor())
    .action(async (job, options) => {
      const asked = {
        release: options.release,
        ...(options.cluster === undefined ? {} : { cluster: options.cluster }),
        ...(options.application === undefined ? {} : { application: options.application }),
      };
      await askForOperation(context, job, 'adopt', asked, options);
    });
}
