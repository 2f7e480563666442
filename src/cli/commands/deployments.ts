/** `sluice deployments`: lists what was started of a job, for `sluice rollback --to`. */
import type { Command } from '@commander-js/extra-typings';
import type { Page } from '../../api/contract.ts';
import { hasRun, type Deployment } from '../../domain/deployment/deployment.ts';
import { whose } from '../../domain/hotfix/hotfix.ts';
import { seg } from '../api-client.ts';
import type { CliContext } from '../context.ts';
import { noteRest, withPageOptions } from '../list-options.ts';
import { exampleOf } from '../shared-options.ts';
import { time } from '../show.ts';

const COLUMNS = ['NUMBER', 'RELEASE', 'STARTED', 'ENDED', 'HOW', 'HOTFIX', 'OPERATION', 'STARTED FROM'];

export function registerDeployments(program: Command, context: CliContext): void {
  const command = program
    .command('deployments')
    .description('list what was started of a job, newest first; sluice rollback --to takes the numbers')
    .argument('<job>', 'name of the job')
    .addHelpText('after', exampleOf('sluice deployments clicks-prod --limit 5', 'sluice rollback clicks-prod --to 7'));
  withPageOptions(command).action(async (job, query) => {
    const page = await context.api().page<Deployment>(`/jobs/${seg(job)}/deployments`, query);
    context.out.result(page, () => show(context, job, page));
  });
}

function show({ out }: CliContext, job: string, page: Page<Deployment>): void {
  if (page.items.length === 0) out.line(`Nothing of ${job} was started.`);
  else out.table(COLUMNS, page.items.map(cells));
  noteRest(out, page);
}

const cells = (deployment: Deployment): string[] => {
  const { number, release, startedAt, ended, hotfix, operationId, restorePoint } = deployment;
  const inPlace = deployment.revisions?.length ? `, rescaled to ${deployment.parallelism} in place` : '';
  return [
    String(number),
    release,
    time(startedAt),
    time(ended?.at ?? null),
    `${ended?.how ?? 'not ended'}${hasRun(deployment) ? '' : ', not seen running'}${inPlace}`,
    hotfix ? whose(hotfix).replace(/^the hotfix /, '') : '-',
    operationId,
    restorePoint?.path ?? 'no state',
  ];
};
