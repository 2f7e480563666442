/** `sluice stop`: stops a job on purpose, with its state kept. */
import type { Command } from '@commander-js/extra-typings';
import { askForOperation, operationOptions, timeoutOption } from '../operations/ask-operation.ts';
import type { CliContext } from '../context.ts';
import { stopWithOption } from '../operations/start-options.ts';

export function registerStop(program: Command, context: CliContext): void {
  program
    .command('stop')
    .description('stop with a savepoint; the job stays stopped')
    .argument('<job>', 'name of the job')
    .option('--drain', 'send the maximum watermark first: for jobs that will not be resumed')
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
        ...(options.drain === true ? { drain: true } : {}),
        ...(options.stopWith === undefined ? {} : { stopWith: options.stopWith }),
      };
      await askForOperation(context, job, 'stop', asked, options);
    });
}
