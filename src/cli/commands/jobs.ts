/** `sluice jobs`: lists the jobs with their state and health. */
import { Option, type Command } from '@commander-js/extra-typings';
import type { JobItem } from '../../api/job-list-contract.ts';
import type { CliContext } from '../context.ts';
import { age, orDash } from '../show.ts';
import { noteRest, withPageOptions } from '../list-options.ts';
import { exampleOf, given } from '../shared-options.ts';
import { showOnceOrWatch } from '../watch.ts';

const COLUMNS = ['NAME', 'STATE', 'HEALTH', 'SINCE', 'SYNC', 'ENVIRONMENT', 'CLUSTER', 'RELEASE', 'OWNER', 'OPERATION'];

export function registerJobs(program: Command, context: CliContext): void {
  const command = program
    .command('jobs')
    .description('list the jobs')
    .option('--environment <names>', 'only jobs of these environments')
    .option('--cluster <names>', 'only jobs on these clusters')
    .option('--state <states>', 'only jobs in these states')
    .option('--owner <teams>', 'only jobs of these teams')
    .option('--health <healths>', 'only jobs of these healths: healthy, degraded, unknown')
    .option('--attention', 'only jobs that a person must look at')
    .addOption(
      new Option('-l, --label <key=value>', 'only jobs with this label; repeat it for several').argParser(
        (text: string, before: string | undefined) => (before === undefined ? text : `${before},${text}`),
      ),
    )
    .option('-q, --query <words>', 'only jobs whose name, owner, labels or description have these words')
    .option('--sort <field>', 'order: name, state, health, environment, cluster, owner, release, since; - reverses it')
    .addHelpText('after', exampleOf('sluice jobs --environment prod,staging --state failed -l tier=1 --sort=-since'));
  withPageOptions(command)
    .option('-w, --watch', 'refresh every two seconds')
    .action(async ({ watch, query: q, attention, ...others }) => {
      const filters = given({ ...others, q, attention: attention === true ? 'true' : undefined });
      const { out } = context;
      const api = context.api();
      await showOnceOrWatch(
        context,
        watch,
        async () => await api.page<JobItem>('/jobs', filters),
        (page) =>
          out.result(page, () => {
            if (page.items.length === 0) {
              const isFiltered = Object.keys(filters).length > 0;
              out.line(
                isFiltered ? 'No job fits these filters.' : 'No jobs. Deploy one: sluice deploy <job> <release>',
              );
              noteRest(out, page);
              return;
            }
            out.table(COLUMNS, page.items.map(cells));
            noteRest(out, page);
          }),
      );
    });
}

const cells = (job: JobItem): string[] => [
  job.name,
  job.state,
  job.health,
  age(job.stateSince),
  job.hotfix === null ? orDash(job.sync) : `${orDash(job.sync)} ${age(job.hotfix.at)} by ${job.hotfix.actor}`,
  orDash(job.environment),
  orDash(job.cluster),
  orDash(job.release),
  orDash(job.owner),
  job.operation ? `${job.operation.kind} (${orDash(job.operation.phase)})` : orDash(job.operationKind),
];
