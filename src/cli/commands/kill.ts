/** `sluice kill`: ends a job at once. */
import type { Command } from '@commander-js/extra-typings';
import { confirm } from '../confirm.ts';
import type { CliContext } from '../context.ts';
import { askForOperation } from '../operations/ask-operation.ts';
import { withOperationOptions } from '../operations/operation-options.ts';
import { given } from '../shared-options.ts';

export function registerKill(program: Command, context: CliContext): void {
  const command = program
    .command('kill')
    .description('end the application at once, without a savepoint')
    .argument('<job>', 'name of the job')
    .option('--force', 'replace the operation in progress, and kill in every state')
    .option('-y, --yes', 'do not ask for confirmation');
  withOperationOptions(command).action(async (job, options) => {
    if (options.yes !== true && context.ask && !context.isPlanning) {
      const question = `Kill ${job} without a savepoint? Work since its last completed checkpoint, if it has one, is repeated when it resumes.`;
      await confirm(context.ask, question, 'not killed');
    }
    await askForOperation(context, job, 'kill', given({ force: options.force }), options);
  });
}
