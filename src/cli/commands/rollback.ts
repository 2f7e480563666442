/** `sluice rollback`: goes back to what an earlier deployment ran. */
import { InvalidArgumentError, type Command } from '@commander-js/extra-typings';
import type { JobBody } from '../../api/contract.ts';
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { rollbackTarget } from '../../domain/deployment/rollback.ts';
import { backTo, type BackTo } from '../../domain/operation/back-to.ts';
import { backInWords } from '../../domain/operation/in-words.ts';
import { seg, type ApiClient } from '../api-client.ts';
import type { CliContext } from '../context.ts';
import { askForOperation } from '../operations/ask-operation.ts';
import { withOperationOptions } from '../operations/operation-options.ts';
import { exampleOf, given } from '../shared-options.ts';
import { startFields, withStartOptions, withStopOption } from '../operations/start-options.ts';

const ANNOUNCE_WITHIN_MS = 3_000;
/** The operation chooses among as many of the newest deployments (`records/deployments.ts`). */
const NEWEST = '20';

export function registerRollback(program: Command, context: CliContext): void {
  const command = program
    .command('rollback')
    .description('start what an earlier deployment ran, from the newest state; a reverted hotfix stays reverted')
    .argument('<job>', 'name of the job')
    .option(
      '--to <number>',
      'number of the deployment, from `sluice deployments`, with the hotfix that it had (default: the newest earlier one that ran something else)',
      parseNumber,
    )
    .addHelpText('after', exampleOf('sluice plan rollback clicks-prod', 'sluice rollback clicks-prod --to 7'));
  withOperationOptions(withStopOption(withStartOptions(command))).action(async (job, options) => {
    if (!context.isPlanning) await announce(context, job, options.to);
    await askForOperation(context, job, 'rollback', { ...startFields(options), ...given({ to: options.to }) }, options);
  });
}

/** Says to what the rollback goes, as far as the API can tell in time; the operation decides, and its record says so too. */
async function announce({ api: connect, out }: CliContext, job: string, to: number | undefined): Promise<void> {
  const api = connect().within(ANNOUNCE_WITHIN_MS);
  const target = await targetOf(api, job, to).catch(() => null);
  if (target) out.note(`${job} goes back to ${backInWords(target)}`);
}

async function targetOf(api: ApiClient, job: string, to: number | undefined): Promise<BackTo | null> {
  const [{ deployment: from }, { items }] = await Promise.all([
    api.get(`/jobs/${seg(job)}`) as Promise<JobBody>, // shape of the API
    api.page<Deployment>(`/jobs/${seg(job)}/deployments`, { limit: to === undefined ? NEWEST : '200' }),
  ]);
  if (to !== undefined) {
    const named = items.find(({ number }) => number === to);
    return named ? backTo(named, named.hotfix, null) : null;
  }
  const target = from && rollbackTarget(items, from);
  return target && backTo(target.deployment, target.leftOut ? null : target.deployment.hotfix, target.leftOut);
}

function parseNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be the number of a deployment, as `sluice deployments` shows it.');
}
