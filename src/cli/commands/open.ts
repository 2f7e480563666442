/** `sluice open`: prints or opens the pages of a job in Temporal, YARN and Flink. */
import { spawn } from 'node:child_process';
import { Argument, type Command } from '@commander-js/extra-typings';
import type { JobBody } from '../../api/contract.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { seg } from '../api-client.ts';
import type { CliContext } from '../context.ts';

const places = ['temporal', 'yarn', 'flink'] as const;

export function registerOpen(program: Command, context: CliContext): void {
  program
    .command('open')
    .description('print the links of a job; with a place, open it in the browser')
    .argument('<job>', 'name of the job')
    .addArgument(new Argument('[place]', 'page to open').choices(places))
    .action(async (job, place) => {
      const { out } = context;
      const { links } = (await context.api().get(`/jobs/${seg(job)}`)) as JobBody; // shape of the API
      if (place === undefined) {
        out.result(links, () => out.fields(places.map((name) => [name, links[name] ?? '(no page now)'])));
        return;
      }
      const url = links[place];
      if (url === null) throw new SluiceError('NotFound', `${job} has no page in ${place} now`);
      out.result({ url }, () => out.line(url));
      if (out.isTty && out.format === 'table') openInBrowser(url);
    });
}

/** The address is an argument, never a shell's word. A machine without a browser shows the printed link. */
function openInBrowser(url: string): void {
  const command = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const browser = spawn(command, [url], { stdio: 'ignore', detached: true });
  browser.on('error', () => undefined);
  browser.unref();
}
