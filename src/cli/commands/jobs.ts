/** `sluice jobs`: lists the jobs with their state and health. */
import { Option, type Command } from '@commander-js/extra-typings';
import type { JobItem } from '../../api/contract.ts';
import type { CliContext } from '../context.ts';
import { age, orDash } from '../show.ts';
import { noteRest, withPageOptions } from '../list-options.ts';
import { showOnceOrWatch } from '../watch.ts';

const COLUMNS = ['NAME', 'STATE', 'HEALTH', 'SINCE', 'SYNC', 'ENVIRONMENT', 'CLUSTER', 'RELEASE', 'OWNER', 'OPERATION'];

export function registerJobs(program: Command, context: CliContext): void {
  const command = program
    .command('jobs')
    .description('list the jobs')
    .option('--environment <name>', 'only jobs of this environment')
    .option('--cluster <name>', 'only jobs on this cluster')
    .option('--state <state>', 'only jobs in this state')
    .option('--owner <team>', 'only jobs of this team')
    .addOption(
      new Option('--health <health>', 'only jobs of this health').choices(['healthy', 'degraded', 'unknown'] as const),
    );
  withPageOptions(command)
    .option('-w, --watch', 'refresh every two seconds')
    .action(async ({ watch, ...filters }) => {
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
  job.operation ? `${job.operation.kind} (${orDash(job.operation.phase)})` : '-',
];
