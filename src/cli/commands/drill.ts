/** `sluice drill failover`: proves that a job survives the loss of its cluster, and shows what that takes. */
import type { Command } from '@commander-js/extra-typings';
import type { CliContext } from '../context.ts';
import { askForOperation } from '../operations/ask-operation.ts';
import { withOperationOptions } from '../operations/operation-options.ts';
import { exampleOf, given } from '../shared-options.ts';

export function registerDrill(program: Command, context: CliContext): void {
  const drill = program.command('drill').description('prove that a job survives what it should survive');
  const failover = drill
    .command('failover')
    .description(
      'leave the cluster of a running job as if it were gone: its lease ends it, and it goes on elsewhere from its newest checkpoint',
    )
    .argument('<job>', 'name of the job')
    .option('--to <cluster>', 'the cluster (default: the first of placement that the job is not on)')
    .addHelpText('after', exampleOf('sluice drill failover clicks-prod', 'sluice failback clicks-prod'));
  withOperationOptions(failover).action(async (job, options) => {
    await askForOperation(context, job, 'failover', { drill: true, ...given({ to: options.to }) }, options);
  });
}
