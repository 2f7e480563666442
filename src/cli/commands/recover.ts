/** `sluice recover`: rebuilds the workflow of a job after Temporal's database was lost. */
import type { Command } from '@commander-js/extra-typings';
import type { LostJob } from '../../api/contract.ts';
import type { CliContext } from '../context.ts';
import { UsageError } from '../failures.ts';
import { askForOperation, type RequestOptions } from '../operations/ask-operation.ts';
import { report } from '../report.ts';
import { withRequestOptions } from '../operations/operation-options.ts';

export function registerRecover(program: Command, context: CliContext): void {
  const command = program
    .command('recover')
    .description('rebuild a job whose workflow was lost, from S3 and YARN; it starts and stops nothing')
    .argument('[job]', 'name of the job')
    .option('--all', 'recover every job that has records in S3 and no workflow');
  withRequestOptions(command).action(async (job, options) => {
    if ((job === undefined) === (options.all !== true)) throw new UsageError('name a job, or give --all');
    if (job === undefined) await recoverAll(context, options);
    else await askForOperation(context, job, 'recover', {}, options);
  });
}

/** Recovers one job after the other, and ends with the highest exit code of all. */
async function recoverAll(context: CliContext, options: RequestOptions): Promise<void> {
  if (options.id !== undefined) throw new UsageError('--id is for one job: each operation has an id of its own');
  const { items } = await context.api().page<LostJob>('/lost-jobs');
  if (items.length === 0) context.out.note('every job with records in S3 has its workflow');
  let exitCode = 0;
  await context.out.asOneList(async () => {
    for (const { name } of items) exitCode = Math.max(exitCode, await recoverOne(context, name, options));
  });
  context.exitCode = exitCode;
}

/** A job that cannot be recovered keeps none of the others from it. @returns the exit code. */
async function recoverOne(context: CliContext, job: string, options: RequestOptions): Promise<number> {
  try {
    await askForOperation(context, job, 'recover', {}, options);
    return context.exitCode;
  } catch (failure) {
    context.out.note(`recover of ${job} failed`);
    return report(context.out, failure);
  }
}
