/** `sluice resume`: starts a stopped job again. */
import type { Command } from '@commander-js/extra-typings';
import { askForOperation, operationOptions, timeoutOption } from '../ask-operation.ts';
import type { CliContext } from '../context.ts';
import { UsageError } from '../failures.ts';

export function registerResume(program: Command, context: CliContext): void {
  program
    .command('resume')
    .description('start the last deployment again from its newest restore point')
    .argument('<job>', 'name of the job')
    .option('--from <point>', 'latest (default), latest-savepoint, latest-checkpoint, fresh, or a path')
    .option('-s, --from-savepoint <path>', 'the same as --from with a path')
    .option('-n, --allow-non-restored-state', 'drop state that the program does not have')
    .option('--discard-newer-state', 'start from older state than the newest')
    .addOption(operationOptions.id())
    .addOption(operationOptions.reason())
    .addOption(operationOptions.wait())
    .addOption(operationOptions.noWait())
    .addOption(timeoutOption())
    .addOption(operationOptions.retryFor())
    .action(async (job, options) => {
      if (options.from !== undefined && options.fromSavepoint !== undefined) {
        throw new UsageError('--from and --from-savepoint say the same: give one of them');
      }
      const from = options.from ?? options.fromSavepoint;
      const asked = {
        ...(from === undefined ? {} : { from }),
        ...(options.allowNonRestoredState === true ? { allowNonRestoredState: true } : {}),
        ...(options.discardNewerState === true ? { discardNewerState: true } : {}),
      };
      await askForOperation(context, job, 'resume', asked, options);
    });
}
