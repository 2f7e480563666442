/** `sluice failover` and `sluice failback`: move a job to another cluster, and back to its own. */
import type { Command } from '@commander-js/extra-typings';
import type { CliContext } from '../context.ts';
import { UsageError } from '../failures.ts';
import { askForOperation } from '../operations/ask-operation.ts';
import { withOperationOptions } from '../operations/operation-options.ts';
import { exampleOf, given } from '../shared-options.ts';

export function registerFailover(program: Command, context: CliContext): void {
  const command = program
    .command('failover')
    .description('move a job to another cluster that its deployment file names; it stays there until `sluice failback`')
    .argument('<job>', 'name of the job')
    .option('--to <cluster>', 'the cluster (default: the first of placement that the job is not on)')
    .option(
      '--confirm-unfenced',
      'with --reason: move although nobody can reach the old instance, which may still run and write its output',
    )
    .addHelpText(
      'after',
      exampleOf(
        'sluice plan failover clicks-prod',
        'sluice failover clicks-prod --to yarn-b --confirm-unfenced --reason "yarn-a burns"',
      ),
    );
  withOperationOptions(command).action(async (job, options) => {
    const { to, confirmUnfenced, reason } = options;
    if (confirmUnfenced && reason === undefined) throw new UsageError('--confirm-unfenced needs --reason <text>');
    await askForOperation(context, job, 'failover', given({ to, confirmUnfenced }), options);
  });
}

export function registerFailback(program: Command, context: CliContext): void {
  const command = program
    .command('failback')
    .description('move a job back to its own cluster, `placement.cluster` of its deployment file')
    .argument('<job>', 'name of the job')
    .addHelpText('after', exampleOf('sluice plan failback clicks-prod', 'sluice failback clicks-prod'));
  withOperationOptions(command).action(async (job, options) => {
    await askForOperation(context, job, 'failback', {}, options);
  });
}
