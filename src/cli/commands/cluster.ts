/** `sluice cluster cordon|uncordon|drain`: whether starts go to a cluster, and whether its jobs stay; for admins. */
import type { Command } from '@commander-js/extra-typings';
import type { CordonBody } from '../../api/cluster-contract.ts';
import type { JobItem } from '../../api/job-list-contract.ts';
import type { JobState } from '../../domain/lifecycle.ts';
import { seg } from '../api-client.ts';
import { withBeginOptions } from '../campaigns/begin-options.ts';
import { withLimitOptions } from '../campaigns/campaign-options.ts';
import { beginCampaign, type Begun } from '../campaigns/follow-campaign.ts';
import type { CliContext } from '../context.ts';
import { exitCodes, UsageError } from '../failures.ts';
import { exampleOf, given } from '../shared-options.ts';
import { time } from '../show.ts';

export function registerCluster(program: Command, context: CliContext): void {
  const cluster = program
    .command('cluster')
    .description('keep new starts away from a cluster, or empty it; for admins');
  cluster
    .command('cordon')
    .description('let what runs there go on, and refuse new starts')
    .argument('<cluster>', 'name of the cluster, as `sluice clusters` shows it')
    .requiredOption('--reason <text>', 'why, for people whose starts are refused')
    .addHelpText('after', exampleOf('sluice cluster cordon yarn-a --reason "new disks on Saturday"'))
    .action(async (name, { reason }) => show(context, await ask(context, name, 'cordon', { reason })));
  cluster
    .command('uncordon')
    .description('let starts go there again')
    .argument('<cluster>', 'name of the cluster')
    .action(async (name) => show(context, await ask(context, name, 'uncordon', {})));
  registerDrain(cluster, context);
}

/** A drain takes the limits of a campaign, and its reason is needed. */
function registerDrain(cluster: Command, context: CliContext): void {
  const command = cluster
    .command('drain')
    .description('cordon it, and move its jobs to other clusters of their deployment files by a campaign')
    .argument('<cluster>', 'name of the cluster')
    .option('--to <cluster>', 'cluster to move to (default: the first of each file that takes starts)')
    .addHelpText('after', exampleOf('sluice cluster drain yarn-a --max-parallel 5 --canaries 1 --reason "new disks"'));
  withBeginOptions(withLimitOptions(command)).action(async (name, options) => {
    const { to, maxParallel, canaries, stopAfter, reason } = options;
    if (reason === undefined) throw new UsageError('a drain needs --reason <text>');
    const body = given({ to, maxParallel, canaries, stopAfter, reason });
    const begun = await beginCampaign(context, { path: `/clusters/${seg(name)}/drain`, body, kind: 'drain', options });
    if (begun !== null) await failIfLeft(context, name, begun);
  });
}

/** States in which something of a job may run on its cluster. */
const present: readonly JobState[] = ['running', 'deploying', 'unreachable'];
const MOST_NAMED = 20;

/** A drain that is over and leaves jobs on the cluster has not emptied it, whatever became of those that it asked. */
async function failIfLeft(context: CliContext, cluster: string, { campaign, leftOut }: Begun): Promise<void> {
  if (campaign !== null && campaign.state !== 'succeeded') return;
  const { items, nextCursor } = await context
    .api()
    .page<JobItem>('/jobs', { cluster, state: present.join(','), limit: '200' });
  // The list may show a job that has just moved where it was.
  const moved = new Set(campaign?.jobs.map(({ job }) => job));
  const left = items.filter(({ name }) => !moved.has(name));
  if (left.length === 0) return;
  context.out.note(`Jobs still run on ${cluster}: ${left.length}${nextCursor === null ? '' : ' or more'}`);
  const why = new Map(leftOut.map((one) => [one.job, one.why]));
  for (const { name, state } of left.slice(0, MOST_NAMED))
    context.out.note(`  ${name} is ${state}${why.has(name) ? `, and was left out: ${why.get(name) ?? ''}` : ''}`);
  if (left.length > MOST_NAMED || nextCursor !== null) context.out.note(`  all: sluice jobs --cluster ${cluster}`);
  context.exitCode = exitCodes.failed;
}

const ask = async (context: CliContext, name: string, act: string, body: object): Promise<CordonBody> =>
  (await context.api().post(`/clusters/${seg(name)}/${act}`, body)) as CordonBody; // shape of the API

function show({ out }: CliContext, body: CordonBody): void {
  const { name, cordoned } = body;
  out.result(body, () =>
    out.line(
      cordoned === null
        ? `Cluster ${name} takes starts.`
        : `Cluster ${name} takes no new starts since ${time(cordoned.at)}, by ${cordoned.by}: ${cordoned.reason}`,
    ),
  );
}
