/** `sluice restore-points`: lists the savepoints and checkpoints that a job can start from. */
import type { Command } from '@commander-js/extra-typings';
import type { RestorePointItem } from '../../api/contract.ts';
import { seg } from '../api-client.ts';
import type { CliContext } from '../context.ts';
import { noteRest, withPageOptions } from '../list-options.ts';
import { bytes, orDash, time } from '../show.ts';

const COLUMNS = ['STATE', 'KIND', 'TAKEN', 'COMPLETED', 'DEPLOYMENT', 'EPOCH', 'CHECKPOINT', 'SIZE', 'FLINK', 'PATH'];

export function registerRestorePoints(program: Command, context: CliContext): void {
  const command = program
    .command('restore-points')
    .description('list savepoints and retained checkpoints, newest first; no start chooses an abandoned one by default')
    .argument('<job>', 'name of the job');
  withPageOptions(command).action(async (job, query) => {
    const { out } = context;
    const page = await context.api().page<RestorePointItem>(`/jobs/${seg(job)}/restore-points`, query);
    out.result(page, () => {
      out.table(COLUMNS, page.items.map(cells));
      for (const { path, problem } of page.items) if (problem !== null) out.note(`broken: ${path}: ${problem}`);
      noteRest(out, page);
    });
  });
}

const cells = (point: RestorePointItem): string[] => [
  point.state,
  point.kind,
  point.taken,
  time(point.completedAt),
  orDash(point.deployment),
  orDash(point.epoch),
  orDash(point.checkpointId),
  point.bytes === null ? '-' : bytes(point.bytes),
  orDash(point.flinkVersion),
  point.path,
];
