/** `sluice deploy`: brings a release of a job up. */
import type { Command } from '@commander-js/extra-typings';
import { Option } from '@commander-js/extra-typings';
import { LauncherChoice } from '../../domain/identity/launcher-name.ts';
import { askForOperation, operationOptions, timeoutOption } from '../operations/ask-operation.ts';
import type { CliContext } from '../context.ts';
import { UsageError } from '../failures.ts';
import { hotfixFields, hotfixOptions } from '../operations/hotfix-options.ts';
import { startFields, startOptions, stopWithOption } from '../operations/start-options.ts';

export function registerDeploy(program: Command, context: CliContext): void {
  program
    .command('deploy')
    .description('deploy a release: stop with a savepoint, start from it, verify, else roll back')
    .argument('<job>', 'name of the job, such as clicks-prod')
    .argument('[release]', 'what to deploy, such as clicks/1.4.2')
    .option('--release <project/version>', 'the same as an option')
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
    .addOption(operationOptions.ifMatch())
    .addOption(operationOptions.wait())
    .addOption(operationOptions.noWait())
    .addOption(timeoutOption())
    .addOption(operationOptions.retryFor())
    .action(async (job, named, options) => {
      const hotfix = hotfixFields(options);
      await askForOperation(
        context,
        job,
        'deploy',
        {
          release: releaseOf(named, options.release),
          ...startFields(options),
          ...(options.stopWith === undefined ? {} : { stopWith: options.stopWith }),
          ...(options.launcher === undefined ? {} : { launcher: options.launcher }),
          ...(hotfix === null ? {} : { hotfix }),
        },
        options,
      );
    });
}

function releaseOf(named: string | undefined, option: string | undefined): string {
  if (named !== undefined && option !== undefined && named !== option)
    throw new UsageError(`${named} and --release ${option} contradict each other: give one of them`);
  const release = named ?? option;
  if (release !== undefined) return release;
  throw new UsageError('say what to deploy: a release such as clicks/1.4.2, after the job or with --release');
}
