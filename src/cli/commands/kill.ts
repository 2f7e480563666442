/** `sluice kill`: ends a job at once. */
import type { Command } from '@commander-js/extra-typings';
import { askForOperation, operationOptions, timeoutOption } from '../operations/ask-operation.ts';
import { confirm } from '../confirm.ts';
import type { CliContext } from '../context.ts';

export function registerKill(program: Command, context: CliContext): void {
  program
    .command('kill')
    .description('end the application at once, without a savepoint')
    .argument('<job>', 'name of the job')
    .option('--force', 'take the place of the operation that runs, and kill in every state')
    .option('-y, --yes', 'do not ask whether it is meant')
    .addOption(operationOptions.id())
    .addOption(operationOptions.reason())
    .addOption(operationOptions.wait())
    .addOption(operationOptions.noWait())
    .addOption(timeoutOption())
    .addOption(operationOptions.retryFor())
    .action(async (job, options) => {
      if (options.yes !== true && context.ask && !context.isPlanning) {
        const question = `Kill ${job} without a savepoint? What it did since its last checkpoint is done again when it resumes.`;
        await confirm(context.ask, question, 'not killed');
      }
      await askForOperation(context, job, 'kill', options.force === true ? { force: true } : {}, options);
    });
}
