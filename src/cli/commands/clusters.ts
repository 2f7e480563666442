/** `sluice clusters`: lists the YARN clusters that jobs can run on. */
import type { Command } from '@commander-js/extra-typings';
import type { ClusterItem } from '../../api/cluster-contract.ts';
import type { CliContext } from '../context.ts';
import { orDash, time } from '../show.ts';

const COLUMNS = [
  'NAME',
  'ZONE',
  'ANSWERS',
  'STARTS',
  'HADOOP',
  'NODES',
  'APPLICATIONS',
  'MEMORY FREE',
  'RESOURCE MANAGER',
];

export function registerClusters(program: Command, context: CliContext): void {
  program
    .command('clusters')
    .description('list the YARN clusters')
    .action(async () => {
      const { out } = context;
      const page = await context.api().page<ClusterItem>('/clusters');
      out.result(page, () => {
        out.table(COLUMNS, page.items.map(cells));
        for (const { name, problem, cordoned } of page.items) {
          if (problem !== null) out.note(`${name}: ${problem}`);
          if (cordoned) out.note(`${name}: cordoned since ${time(cordoned.at)} by ${cordoned.by}: ${cordoned.reason}`);
        }
      });
    });
}

const cells = (cluster: ClusterItem): string[] => [
  cluster.name,
  cluster.zone,
  cluster.reachable ? 'yes' : 'no',
  cluster.cordoned === undefined ? '-' : cluster.cordoned === null ? 'yes' : 'no',
  orDash(cluster.version),
  orDash(cluster.activeNodes),
  orDash(cluster.runningApplications),
  cluster.memoryMb ? `${cluster.memoryMb.available} of ${cluster.memoryMb.total} MB` : '-',
  cluster.resourceManager,
];
