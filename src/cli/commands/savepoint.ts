/** `sluice savepoint`: takes a savepoint of a running job. */
import type { Command } from '@commander-js/extra-typings';
import type { CliContext } from '../context.ts';
import { askForOperation } from '../operations/ask-operation.ts';
import { withOperationOptions } from '../operations/operation-options.ts';

export function registerSavepoint(program: Command, context: CliContext): void {
  const command = program
    .command('savepoint')
    .description('take a savepoint; the job keeps running')
    .argument('<job>', 'name of the job');
  withOperationOptions(command).action(
    async (job, options) => await askForOperation(context, job, 'savepoint', {}, options),
  );
}
