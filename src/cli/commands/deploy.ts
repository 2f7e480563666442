/** `sluice deploy`: brings a release of a job up. */
import type { Command } from '@commander-js/extra-typings';
import { Option } from '@commander-js/extra-typings';
import { askForOperation, operationOptions, timeoutOption } from '../ask-operation.ts';
import type { CliContext } from '../context.ts';
import { UsageError } from '../failures.ts';

export function registerDeploy(program: Command, context: CliContext): void {
  program
    .command('deploy')
    .description('deploy a release: stop with a savepoint, start from it, verify, else roll back')
    .argument('<job>', 'name of the job, such as clicks-prod')
    .requiredOption('--release <project/version>', 'what to deploy, such as clicks/1.4.2')
    .option('--from <point>', 'latest (default), latest-savepoint, latest-checkpoint, fresh, or a path')
    .option('-s, --from-savepoint <path>', 'the same as --from with a path')
    .option('-n, --allow-non-restored-state', 'drop state that the new program does not have')
    .addOption(
      new Option('--stop-with <how>', 'how the running instance is stopped').choices(['savepoint', 'none'] as const),
    )
    .option('--discard-newer-state', 'start a running job from older state')
    .addOption(new Option('--launcher <name>', 'how YARN is reached').choices(['auto', 'direct'] as const))
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
      await askForOperation(
        context,
        job,
        'deploy',
        {
          release: options.release,
          ...(from === undefined ? {} : { from }),
          ...(options.stopWith === undefined ? {} : { stopWith: options.stopWith }),
          ...(options.allowNonRestoredState === true ? { allowNonRestoredState: true } : {}),
          ...(options.discardNewerState === true ? { discardNewerState: true } : {}),
          ...(options.launcher === undefined ? {} : { launcher: options.launcher }),
        },
        options,
      );
    });
}
