/** `sluice deploy`: brings a release of a job up. */
import type { Command } from '@commander-js/extra-typings';
import { Option } from '@commander-js/extra-typings';
import { LauncherChoice } from '../../domain/launchers.ts';
import { askForOperation, operationOptions, timeoutOption } from '../ask-operation.ts';
import type { CliContext } from '../context.ts';
import { hotfixFields, hotfixOptions } from '../hotfix-options.ts';
import { startFields, startOptions, stopWithOption } from '../start-options.ts';

export function registerDeploy(program: Command, context: CliContext): void {
  program
    .command('deploy')
    .description('deploy a release: stop with a savepoint, start from it, verify, else roll back')
    .argument('<job>', 'name of the job, such as clicks-prod')
    .requiredOption('--release <project/version>', 'what to deploy, such as clicks/1.4.2')
    .addOption(startOptions.from())
    .addOption(startOptions.fromSavepoint())
    .addOption(startOptions.allowNonRestoredState())
    .addOption(startOptions.discardNewerState())
    .addOption(startOptions.acceptStateRisk())
    .addOption(stopWithOption())
    .addOption(new Option('--launcher <name>', 'how YARN is reached').choices(LauncherChoice.options))
    .addOption(hotfixOptions.set())
    .addOption(hotfixOptions.unset())
    .addOption(hotfixOptions.define())
    .addOption(hotfixOptions.parallelism())
    .addOption(hotfixOptions.expiresIn())
    .addOption(operationOptions.id())
    .addOption(operationOptions.reason())
    .addOption(operationOptions.wait())
    .addOption(operationOptions.noWait())
    .addOption(timeoutOption())
    .addOption(operationOptions.retryFor())
    .action(async (job, options) => {
      const hotfix = hotfixFields(options);
      await askForOperation(
        context,
        job,
        'deploy',
        {
          release: options.release,
          ...startFields(options),
          ...(options.stopWith === undefined ? {} : { stopWith: options.stopWith }),
          ...(options.launcher === undefined ? {} : { launcher: options.launcher }),
          ...(hotfix === null ? {} : { hotfix }),
        },
        options,
      );
    });
}
