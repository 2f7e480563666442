/** `sluice cluster cordon|uncordon`: whether new starts go to a cluster; for admins. */
import type { Command } from '@commander-js/extra-typings';
import type { CordonBody } from '../../api/cluster-contract.ts';
import { seg } from '../api-client.ts';
import type { CliContext } from '../context.ts';
import { exampleOf } from '../shared-options.ts';
import { time } from '../show.ts';

export function registerCluster(program: Command, context: CliContext): void {
  const cluster = program.command('cluster').description('keep new starts away from a cluster; for admins');
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
