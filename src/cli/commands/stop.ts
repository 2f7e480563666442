/** `sluice stop`: stops a job on purpose, with its state kept. */
import type { Command } from '@commander-js/extra-typings';
import type { CliContext } from '../context.ts';
import { askForOperation } from '../operations/ask-operation.ts';
import { withOperationOptions } from '../operations/operation-options.ts';
import { given } from '../shared-options.ts';
import { withStopOption } from '../operations/start-options.ts';

export function registerStop(program: Command, context: CliContext): void {
  const command = program
    .command('stop')
    .description('stop with a savepoint; the job stays stopped')
    .argument('<job>', 'name of the job')
    .option('--drain', 'send the maximum watermark first: for jobs that will not be resumed');
  withOperationOptions(withStopOption(command)).action(async (job, options) => {
    const { drain, stopWith } = options;
    await askForOperation(context, job, 'stop', given({ drain, stopWith }), options);
  });
}
