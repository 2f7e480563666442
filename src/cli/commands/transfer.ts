/** `sluice transfer`: hands a job over to another project, owner team or environment. */
import type { Command } from '@commander-js/extra-typings';
import type { CliContext } from '../context.ts';
import { UsageError } from '../failures.ts';
import { askForOperation } from '../operations/ask-operation.ts';
import { withOperationOptions } from '../operations/operation-options.ts';
import { given } from '../shared-options.ts';

export function registerTransfer(program: Command, context: CliContext): void {
  const command = program
    .command('transfer')
    .description('hand a job over: from then on its releases come from the new owner; what runs stays as it is')
    .argument('<job>', 'name of the job')
    .option('--project <name>', 'project whose releases the job runs')
    .option('--team <name>', 'owner team, as `owner.team` of the deployment file')
    .option('--environment <name>', 'environment, as the deployment file says');
  withOperationOptions(command).action(async (job, options) => {
    const { project, team, environment } = options;
    const to = given({ project, team, environment });
    if (Object.keys(to).length === 0) throw new UsageError('name the new --project, --team or --environment');
    await askForOperation(context, job, 'transfer', to, options);
  });
}
