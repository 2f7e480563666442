/** `sluice hotfix`: other values than the deployment file has, without a release; and back. */
import type { Command } from '@commander-js/extra-typings';
import { askForOperation, operationOptions, timeoutOption } from '../operations/ask-operation.ts';
import type { CliContext } from '../context.ts';
import { UsageError } from '../failures.ts';
import { hotfixFields, hotfixOptions } from '../operations/hotfix-options.ts';
import { startFields, startOptions, stopWithOption } from '../operations/start-options.ts';

export function registerHotfix(program: Command, context: CliContext): void {
  program
    .command('hotfix')
    .description('start the job with other values than its deployment file has, until they are reverted or expire')
    .argument('<job>', 'name of the job')
    .addOption(hotfixOptions.set())
    .addOption(hotfixOptions.unset())
    .addOption(hotfixOptions.define())
    .addOption(hotfixOptions.parallelism())
    .addOption(hotfixOptions.expiresIn())
    .option('--revert', 'start the job as its deployment file says')
    .addOption(startOptions.from())
    .addOption(startOptions.fromSavepoint())
    .addOption(startOptions.allowNonRestoredState())
    .addOption(startOptions.discardNewerState())
    .addOption(startOptions.acceptStateRisk())
    .addOption(stopWithOption())
    .addOption(operationOptions.id())
    .addOption(operationOptions.reason())
    .addOption(operationOptions.ifMatch())
    .addOption(operationOptions.wait())
    .addOption(operationOptions.noWait())
    .addOption(timeoutOption())
    .addOption(operationOptions.retryFor())
    .action(async (job, options) => {
      const values = hotfixFields(options);
      if (options.revert === true && values !== null)
        throw new UsageError('--revert goes back to the deployment file: it takes no values');
      if (options.revert !== true && values === null)
        throw new UsageError('say what to change: --set, --unset, -D or -p; or --revert');
      const asked = {
        ...values,
        ...startFields(options),
        ...(options.stopWith === undefined ? {} : { stopWith: options.stopWith }),
      };
      await askForOperation(context, job, values === null ? 'revertHotfix' : 'hotfix', asked, options);
    });
}
