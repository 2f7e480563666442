/** `sluice doctor`: checks the set-up, and looks for applications that no job owns. */
import { Option, type Command } from '@commander-js/extra-typings';
import type { CliContext } from '../context.ts';
import { exitCodes } from '../failures.ts';
import { orDash } from '../show.ts';

const COLUMNS = ['LEVEL', 'CHECK', 'SUBJECT', 'DETAIL'];

export function registerDoctor(program: Command, context: CliContext): void {
  program
    .command('doctor')
    .description('check the set-up, and that jobs, their records and YARN agree; acts on no job')
    .addOption(new Option('--all', 'show the checks that passed, too'))
    .action(async (options) => {
      const { out } = context;
      const body = await context.api().doctor();
      const shown = body.items.filter(({ level }) => options.all === true || level !== 'ok');
      out.result(body, () => {
        if (shown.length > 0)
          out.table(
            COLUMNS,
            shown.map(({ level, check, subject, detail }) => [level, check, orDash(subject), detail]),
          );
        const hints = new Map(
          shown.flatMap(({ level, check, hint }) => (level === 'ok' ? [] : [[check, hint] as const])),
        );
        for (const [check, hint] of hints) out.note(`${check}: ${hint}`);
        out.line(`${body.broken} broken, ${body.warnings} warnings, ${body.items.length} findings`);
      });
      if (body.broken > 0) context.exitCode = exitCodes.failed;
    });
}
