/** `sluice rollback`: back to what a deployment before ran. */
import { InvalidArgumentError, type Command } from '@commander-js/extra-typings';
import { askForOperation, operationOptions, timeoutOption } from '../operations/ask-operation.ts';
import type { CliContext } from '../context.ts';
import { startFields, startOptions, stopWithOption } from '../operations/start-options.ts';

export function registerRollback(program: Command, context: CliContext): void {
  program
    .command('rollback')
    .description('start what a deployment before ran, from the newest state')
    .argument('<job>', 'name of the job')
    .option(
      '--to <number>',
      'number of the deployment (default: the newest before that ran something else)',
      parseNumber,
    )
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
        ...(options.to === undefined ? {} : { to: options.to }),
        ...(options.stopWith === undefined ? {} : { stopWith: options.stopWith }),
      };
      await askForOperation(context, job, 'rollback', asked, options);
    });
}

function parseNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be the number of a deployment, as `sluice history` shows it.');
}
