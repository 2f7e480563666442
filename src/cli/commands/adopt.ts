/** `sluice adopt`: takes over an application that was started without Sluice. */
import type { Command } from '@commander-js/extra-typings';
import type { CliContext } from '../context.ts';
import { askForOperation } from '../operations/ask-operation.ts';
import { withRequestOptions } from '../operations/operation-options.ts';
import { given } from '../shared-options.ts';

export function registerAdopt(program: Command, context: CliContext): void {
  const command = program
    .command('adopt')
    .description('take over an application that was started without Sluice; it keeps running, with its state')
    .argument('<job>', 'name of the job')
    .requiredOption(
      '--release <name>',
      'release that the application runs, such as clicks/1.4.2, with its deployment file',
    )
    .option('--cluster <name>', 'cluster that the application runs on (default: search all clusters)')
    .option('--application <id>', "id of the application on YARN (default: the application with the job's name)");
  withRequestOptions(command).action(async (job, options) => {
    const { release, cluster, application } = options;
    await askForOperation(context, job, 'adopt', { release, ...given({ cluster, application }) }, options);
  });
}
