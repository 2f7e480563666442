/** `sluice restore-points`: what a job can start from. */
import type { Command } from '@commander-js/extra-typings';
import type { RestorePoint } from '../../domain/restore-point.ts';
import { seg } from '../api-client.ts';
import type { CliContext } from '../context.ts';
import { limitOption } from '../list-options.ts';
import { orDash, time } from '../show.ts';

const COLUMNS = ['KIND', 'TAKEN', 'COMPLETED', 'DEPLOYMENT', 'CHECKPOINT', 'FLINK', 'PATH'];

export function registerRestorePoints(program: Command, context: CliContext): void {
  program
    .command('restore-points')
    .description('list savepoints and retained checkpoints, newest first')
    .argument('<job>', 'name of the job')
    .addOption(limitOption())
    .option('--cursor <cursor>', 'go on after an earlier list')
    .action(async (job, query) => {
      const { out } = context;
      const page = await context.api().page<RestorePoint>(`/jobs/${seg(job)}/restore-points`, query);
      out.result(page, () => {
        out.table(COLUMNS, page.items.map(cells));
        if (page.nextCursor !== null) out.note(`more: --cursor ${page.nextCursor}`);
      });
    });
}

const cells = (point: RestorePoint): string[] => [
  point.kind,
  point.taken,
  time(point.completedAt),
  orDash(point.deployment),
  orDash(point.checkpointId),
  orDash(point.flinkVersion),
  point.path,
];
