/** `sluice diff`: shows how two deployments of a job differ. */
import type { Command } from '@commander-js/extra-typings';
import type { DiffBody } from '../../api/deployment-contract.ts';
import { seg } from '../api-client.ts';
import type { CliContext } from '../context.ts';
import { changeFields, showDifferences } from '../operations/show-changes.ts';
import { exampleOf } from '../shared-options.ts';

export function registerDiff(program: Command, context: CliContext): void {
  program
    .command('diff')
    .description('show how two deployments of a job differ: file, effective configuration, JARs, hotfix')
    .argument('<job>', 'name of the job')
    .argument('[from]', 'number of a deployment (default: the one before the other)')
    .argument('[to]', 'number of a deployment (default: the newest)')
    .addHelpText('after', exampleOf('sluice diff clicks-prod', 'sluice diff clicks-prod 7 12'))
    .action(async (job, from, to) => {
      const diff = (await context.api().get(`/jobs/${seg(job)}/diff`, { from, to })) as DiffBody; // the answer's schema
      context.out.result(diff, () => show(context, diff));
    });
}

function show({ out }: CliContext, diff: DiffBody): void {
  out.line(out.colors.bold(`${diff.job}: deployment ${diff.from} → ${diff.to}`));
  out.fields(changeFields(diff));
  showDifferences(out, diff);
}
