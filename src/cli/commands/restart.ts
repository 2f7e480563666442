/** `sluice restart`: stops a job and starts the same deployment again. */
import type { Command } from '@commander-js/extra-typings';
import type { CliContext } from '../context.ts';
import { askForOperation } from '../operations/ask-operation.ts';
import { withOperationOptions } from '../operations/operation-options.ts';
import { startFields, withStartOptions, withStopOption } from '../operations/start-options.ts';

export function registerRestart(program: Command, context: CliContext): void {
  const command = program
    .command('restart')
    .description('stop the job and start the same deployment again')
    .argument('<job>', 'name of the job');
  withOperationOptions(withStopOption(withStartOptions(command))).action(
    async (job, options) => await askForOperation(context, job, 'restart', startFields(options), options),
  );
}
