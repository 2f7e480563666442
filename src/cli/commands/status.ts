/** `sluice status`: everything about one job. */
import type { Command } from '@commander-js/extra-typings';
import type { JobBody } from '../../api/contract.ts';
import { seg } from '../api-client.ts';
import type { CliContext } from '../context.ts';
import { orDash, time, took } from '../show.ts';
import { showOnceOrWatch } from '../watch.ts';

export function registerStatus(program: Command, context: CliContext): void {
  program
    .command('status')
    .description('show one job: state, deployment, operation, links')
    .argument('<job>', 'name of the job')
    .option('-w, --watch', 'show again every two seconds')
    .action(async (job, { watch }) => {
      const api = context.api();
      await showOnceOrWatch(
        context,
        watch,
        async () => (await api.get(`/jobs/${seg(job)}`)) as JobBody, // shape of the API
        (body) => context.out.result(body, () => show(context, body)),
      );
    });
}

function show({ out }: CliContext, job: JobBody): void {
  const { bold } = out.colors;
  const { operation, deployment, links } = job;
  out.line(`${bold(job.name)} is ${bold(job.state)} since ${time(job.stateSince)}: ${job.stateMeaning}`);
  if (job.stateReason !== null) out.line(job.stateReason);
  out.line();
  out.fields([
    ['next', job.next],
    ['health', job.health],
    ['sync', job.sync],
    ['observed', time(job.observedAt)],
    ['allowed', job.allowed.join(', ')],
    [
      'operation',
      operation &&
        `${operation.kind} ${operation.id} of ${operation.actor}, ${orDash(operation.phase)}, ${took(operation)}`,
    ],
    ['deployment', deployment && `${deployment.number}: ${deployment.release}, started ${time(deployment.startedAt)}`],
    ['cluster', deployment?.cluster],
    ['application', deployment?.applicationId],
    ['Flink job', deployment && `${deployment.flinkJobId} (Flink ${deployment.flinkVersion})`],
    ['started from', deployment && (deployment.restorePoint?.path ?? 'no state')],
    ['ended', deployment?.ended && `${deployment.ended.how} ${time(deployment.ended.at)}`],
    ['Temporal', links.temporal],
    ['YARN', links.yarn],
    ['Flink', links.flink],
  ]);
  const refused = job.rejections.last.at(-1);
  if (refused) out.note(out.colors.dim(`last refused signal: ${refused.kind} ${time(refused.at)}: ${refused.detail}`));
}
