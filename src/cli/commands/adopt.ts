/** `sluice adopt`: takes over an application that was started without Sluice. */
import type { Command } from '@commander-js/extra-typings';
import type { CliContext } from '../context.ts';
import { askForOperation } from '../operations/ask-operation.ts';
import { withRequestOptions } from '../operations/operation-options.ts';
import { given } from '../operations/shared-options.ts';

export function registerAdopt(program: Command, context: CliContext): void {
  const command = program
    .command('adopt')
    .description('take over an application that runs already, with its state; it keeps running')
    .argument('<job>', 'name of the job')
    .requiredOption('--release <name>', 'release that it runs, such as clicks/1.4.2, with its deployment file')
    .option('--cluster <name>', 'cluster that it runs on (default: all clusters are searched)')
    .option('--application <id>', "its id on YARN (default: the application with the job's name)");
  withRequestOptions(command).action(async (job, options) => {
    const { release, cluster, application } = options;
    await askForOperation(context, job, 'adopt', { release, ...given({ cluster, application }) }, options);
  });
}
