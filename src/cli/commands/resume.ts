/** `sluice resume`: starts a stopped job again. */
import type { Command } from '@commander-js/extra-typings';
import type { CliContext } from '../context.ts';
import { askForOperation } from '../operations/ask-operation.ts';
import { withOperationOptions } from '../operations/operation-options.ts';
import { startFields, withStartOptions } from '../operations/start-options.ts';

export function registerResume(program: Command, context: CliContext): void {
  const command = program
    .command('resume')
    .description('start the last deployment again from its newest restore point')
    .argument('<job>', 'name of the job');
  withOperationOptions(withStartOptions(command)).action(
    async (job, options) => await askForOperation(context, job, 'resume', startFields(options), options),
  );
}
