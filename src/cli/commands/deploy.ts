/** `sluice deploy`: deploys a release of a job. */
import { Option, type Command } from '@commander-js/extra-typings';
import { LauncherChoice } from '../../domain/identity/launcher-name.ts';
import type { CliContext } from '../context.ts';
import { UsageError } from '../failures.ts';
import { askForOperation } from '../operations/ask-operation.ts';
import { hotfixFields, withHotfixOptions } from '../operations/hotfix-options.ts';
import { withOperationOptions } from '../operations/operation-options.ts';
import { given } from '../shared-options.ts';
import { startFields, withStartOptions, withStopOption } from '../operations/start-options.ts';

export function registerDeploy(program: Command, context: CliContext): void {
  const command = program
    .command('deploy')
    .description('deploy a release: stop with a savepoint, start from it, verify, else roll back')
    .argument('<job>', 'name of the job, such as clicks-prod')
    .argument('[release]', 'release to deploy, such as clicks/1.4.2')
    .option('--release <project/version>', 'the release, given as an option');
  const started = withStopOption(withStartOptions(command)).addOption(
    new Option('--launcher <name>', 'way to start the application on YARN').choices(LauncherChoice.options),
  );
  withOperationOptions(withHotfixOptions(started)).action(async (job, argument, options) => {
    const release = releaseOf(argument, options.release);
    const hotfix = hotfixFields(options) ?? undefined;
    const { launcher } = options;
    const request = { release, ...startFields(options), ...given({ launcher, hotfix }) };
    await askForOperation(context, job, 'deploy', request, options);
  });
}

function releaseOf(argument: string | undefined, option: string | undefined): string {
  if (argument !== undefined && option !== undefined && argument !== option)
    throw new UsageError(`${argument} and --release ${option} contradict each other: give one of them`);
  const release = argument ?? option;
  if (release !== undefined) return release;
  throw new UsageError('name a release such as clicks/1.4.2, after the job or with --release');
}
