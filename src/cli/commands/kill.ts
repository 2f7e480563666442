/** `sluice kill`: ends a job at once, or goes on without an instance that nobody can reach. */
import type { Command } from '@commander-js/extra-typings';
import { confirm } from '../confirm.ts';
import type { CliContext } from '../context.ts';
import { UsageError } from '../failures.ts';
import { askForOperation } from '../operations/ask-operation.ts';
import { withOperationOptions } from '../operations/operation-options.ts';
import { given } from '../shared-options.ts';

export function registerKill(program: Command, context: CliContext): void {
  const command = program
    .command('kill')
    .description('end the application at once, without a savepoint')
    .argument('<job>', 'name of the job')
    .option('--force', 'replace the operation in progress, kill in every state, and count lost nodes as gone')
    .option(
      '--give-up',
      'with --force and --reason: go on without an instance that nobody can reach and that may still run',
    )
    .option('-y, --yes', 'do not ask for confirmation');
  withOperationOptions(command).action(async (job, options) => {
    const { force, giveUp, reason, yes } = options;
    if (giveUp && (force !== true || reason === undefined))
      throw new UsageError('--give-up needs --force and --reason <text>');
    if (yes !== true && !context.isPlanning) await agreed(context, job, giveUp === true);
    await askForOperation(context, job, 'kill', given({ force, giveUp }), options);
  });
}

/** @throws UsageError unless the person agrees. To give up needs `--yes` where nobody can be asked. */
async function agreed({ ask }: CliContext, job: string, isGivingUp: boolean): Promise<void> {
  if (!ask) {
    if (isGivingUp) throw new UsageError('--give-up needs --yes where nobody can be asked');
    return;
  }
  const question = isGivingUp
    ? `Give up what runs of ${job}? If Sluice cannot confirm its end, it may still run and write its output beside the next deployment.`
    : `Kill ${job} without a savepoint? Work since its last completed checkpoint, if it has one, is repeated when it resumes.`;
  await confirm(ask, question, isGivingUp ? 'not given up' : 'not killed');
}
