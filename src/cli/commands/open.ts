/** `sluice open`: opens the pages of a job, of which the console's is the first. */
import { Argument, type Command } from '@commander-js/extra-typings';
import type { JobBody } from '../../api/contract.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { seg } from '../api-client.ts';
import type { CliContext } from '../context.ts';
import { ApiProblem } from '../failures.ts';

const places = ['console', 'temporal', 'yarn', 'flink'] as const;
type Place = (typeof places)[number];

export function registerOpen(program: Command, context: CliContext): void {
  program
    .command('open')
    .description("open the console's page of a job in the browser, or another place of it")
    .argument('<job>', 'name of the job')
    .addArgument(new Argument('[place]', 'page to open').choices(places).default<Place>('console'))
    .option('--print', 'print the address, and open nothing')
    .action(async (job, place, { print }) => {
      const { out, browse } = context;
      const url = await addressOf(context, job, place);
      out.result({ url }, () => out.line(url));
      if (print === true || browse === null || out.format !== 'table') return;
      if (!(await browse(url))) out.note('No browser could be opened here: open the address where there is one.');
    });
}

/** @throws SluiceError `NotFound` for a job that does not exist, and for a page that it does not have now. */
async function addressOf(context: CliContext, job: string, place: Place): Promise<string> {
  const asking = context.api().get(`/jobs/${seg(job)}`) as Promise<JobBody>; // shape of the API
  if (place === 'console') {
    // The browser may have a login where this terminal has none.
    await asking.catch((failure: unknown) => {
      if (!(failure instanceof ApiProblem && failure.problem.code === 'Unauthenticated')) throw failure;
    });
    // The API serves the console.
    return `${context.target().api.replace(/\/+$/, '')}/jobs/${seg(job)}`;
  }
  const url = (await asking).links[place];
  if (url === null) throw new SluiceError('NotFound', `${job} has no page in ${place} now`);
  return url;
}
