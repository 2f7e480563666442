/** `sluice hotfix`: overrides values of a job's deployment file without a release, and reverts that. */
import type { Command } from '@commander-js/extra-typings';
import type { CliContext } from '../context.ts';
import { UsageError } from '../failures.ts';
import { askForOperation } from '../operations/ask-operation.ts';
import { hotfixFields, withHotfixOptions } from '../operations/hotfix-options.ts';
import { withOperationOptions } from '../operations/operation-options.ts';
import { startFields, withStartOptions, withStopOption } from '../operations/start-options.ts';

export function registerHotfix(program: Command, context: CliContext): void {
  const command = program
    .command('hotfix')
    .description('start the job with values that override its deployment file, until they are reverted or expire')
    .argument('<job>', 'name of the job');
  const described = withHotfixOptions(command).option('--revert', 'start the job as its deployment file says');
  withOperationOptions(withStopOption(withStartOptions(described))).action(async (job, options) => {
    const values = hotfixFields(options);
    if (options.revert === true && values !== null)
      throw new UsageError('--revert goes back to the deployment file: it takes no values');
    if (options.revert !== true && values === null)
      throw new UsageError('say what to change with --set, --unset, -D or -p, or give --revert');
    const kind = values === null ? 'revertHotfix' : 'hotfix';
    await askForOperation(context, job, kind, { ...values, ...startFields(options) }, options);
  });
}
