/** `sluice exceptions`: shows why a job fails, as Flink reports it. */
import type { Command } from '@commander-js/extra-typings';
import type { InstanceExceptions } from '../../api/instance-contract.ts';
import { seg } from '../api-client.ts';
import type { CliContext } from '../context.ts';
import { noteRest, withPageOptions } from '../list-options.ts';
import { orDash, time } from '../show.ts';

const COLUMNS = ['AT', 'OF', 'OPERATION', 'TASK', 'CAUSE'];

export function registerExceptions(program: Command, context: CliContext): void {
  const command = program
    .command('exceptions')
    .description('list exceptions of the running instance, and those that were saved from ended ones')
    .argument('<job>', 'name of the job')
    .option('--operation <id>', 'only for instances that this operation started or ended')
    .option('--stack', 'print the stack traces');
  withPageOptions(command).action(async (job, { stack, ...query }) => {
    const { out } = context;
    const page = await context.api().page<InstanceExceptions>(`/jobs/${seg(job)}/exceptions`, query);
    out.result(page, () => {
      const rows = page.items.flatMap(rowsOf);
      if (rows.length === 0) out.line('No exceptions.');
      else if (stack === true) printStacks(context, page.items);
      else out.table(COLUMNS, rows);
      for (const { application, problem } of page.items) {
        if (problem !== null) out.note(out.colors.yellow(`${application}: ${problem}`));
      }
      noteRest(out, page);
    });
  });
}

const whose = ({ live, application }: InstanceExceptions): string => `${application}${live ? ' (runs)' : ''}`;

const rowsOf = (instance: InstanceExceptions): string[][] =>
  instance.exceptions.map(({ at, task, rootCause }) => [
    time(at),
    whose(instance),
    instance.operation,
    orDash(task),
    rootCause,
  ]);

function printStacks({ out }: CliContext, instances: readonly InstanceExceptions[]): void {
  for (const instance of instances) {
    for (const { at, task, stack } of instance.exceptions) {
      out.line(out.colors.bold(`${time(at)} ${whose(instance)} ${task ?? ''}`.trimEnd()));
      out.line(stack.trimEnd());
      out.line();
    }
  }
}
