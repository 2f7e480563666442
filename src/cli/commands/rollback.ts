/** `sluice rollback`: goes back to what an earlier deployment ran. */
import { InvalidArgumentError, type Command } from '@commander-js/extra-typings';
import type { CliContext } from '../context.ts';
import { askForOperation } from '../operations/ask-operation.ts';
import { withOperationOptions } from '../operations/operation-options.ts';
import { given } from '../shared-options.ts';
import { startFields, withStartOptions, withStopOption } from '../operations/start-options.ts';

export function registerRollback(program: Command, context: CliContext): void {
  const command = program
    .command('rollback')
    .description('start what an earlier deployment ran, from the newest state')
    .argument('<job>', 'name of the job')
    .option(
      '--to <number>',
      'number of the deployment (default: the newest earlier one that ran something else)',
      parseNumber,
    );
  withOperationOptions(withStopOption(withStartOptions(command))).action(async (job, options) => {
    await askForOperation(context, job, 'rollback', { ...startFields(options), ...given({ to: options.to }) }, options);
  });
}

function parseNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be the number of a deployment, as `sluice history` shows it.');
}
