/** `sluice kill`: ends a job at once, or goes on without an instance that nobody can reach. */
import type { Command } from '@commander-js/extra-typings';
import type { JobBody } from '../../api/contract.ts';
import { withoutCheckpoints } from '../../domain/deployment-file/job-type.ts';
import { seg, type ApiClient } from '../api-client.ts';
import { confirm } from '../confirm.ts';
import type { CliContext } from '../context.ts';
import { UsageError } from '../failures.ts';
import { askForOperation } from '../operations/ask-operation.ts';
import { withOperationOptions } from '../operations/operation-options.ts';
import { exampleOf, given } from '../shared-options.ts';

const LOOK_WITHIN_MS = 3_000;

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
    .option('-y, --yes', 'do not ask for confirmation; needed where there is no terminal')
    .addHelpText(
      'after',
      exampleOf('sluice kill clicks-dev --yes --reason "stuck in RESTARTING"', 'sluice kill clicks-dev --force'),
    );
  withOperationOptions(command).action(async (job, options) => {
    const { force, giveUp, reason, yes } = options;
    if (giveUp && (force !== true || reason === undefined))
      throw new UsageError('--give-up needs --force and --reason <text>');
    if (yes !== true && !context.isPlanning) await agreed(context, job, giveUp === true);
    await askForOperation(context, job, 'kill', given({ force, giveUp }), options);
  });
}

/** @throws UsageError where nobody can be asked, SluiceError `Declined` unless the person agrees. */
async function agreed({ ask, api }: CliContext, job: string, isGivingUp: boolean): Promise<void> {
  if (!ask)
    throw new UsageError(`there is no terminal to confirm on: give --yes to ${isGivingUp ? 'give up' : 'kill'}`);
  const question = isGivingUp
    ? `Give up what runs of ${job}? If Sluice cannot confirm its end, it may still run and write its output beside the next deployment.`
    : `Kill ${job} without a savepoint? ${await effectOf(api().within(LOOK_WITHIN_MS), job)}`;
  await confirm(ask, question, isGivingUp ? 'not given up' : 'not killed');
}

/** Says what a kill loses, as far as the API can tell in time. */
async function effectOf(api: ApiClient, job: string): Promise<string> {
  const body = await (api.get(`/jobs/${seg(job)}`) as Promise<JobBody>).catch(() => null); // shape of the API
  const loses = body?.deployment && withoutCheckpoints(body.deployment);
  return loses
    ? `Mind that ${loses}.`
    : 'Work since its last completed checkpoint, if it has one, is repeated when it resumes.';
}
