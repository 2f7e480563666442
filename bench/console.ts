// npm run bench:console [-- --jobs 10000 --result bench/console/result.json]: times what a person meets in the console.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { ensureConsole } from '../stack/console.mjs';
import { budgets } from './console/budgets.ts';
import { openInstallation } from './console/installation.ts';
import { measureBytes } from './console/bytes.ts';
import { measureFirstRows } from './console/first-rows.ts';
import { measureLongList } from './console/long-list.ts';
import { measureRest } from './console/rest.ts';
import { say, tell } from './latency/terminal.ts';
import { positive } from './positive.ts';
import { openResult } from './scale/result.ts';

const repository = dirname(dirname(fileURLToPath(import.meta.url)));
const program = new Command('bench:console')
  .description('The console in Chromium, on a real API whose index has many jobs, with fakes behind it.')
  .option('--jobs <count>', 'jobs in the index', positive, 10_000)
  .option('--rounds <count>', 'rounds of what is measured several times', positive, 5)
  .option('--result <file>', 'JSON with the figures', join(repository, 'bench', 'console', 'result.json'))
  .parse();
const { jobs, rounds, result: file } = program.opts<{ jobs: number; rounds: number; result: string }>();

await ensureConsole();
tell(`Making ${jobs} jobs …`);
const installation = await openInstallation(jobs);
try {
  const { add } = openResult(file, repository, jobs);
  const figures = {
    ...(await measureBytes(installation)),
    ...(await measureFirstRows(installation, rounds)),
    ...(await measureLongList(installation)),
    ...(await measureRest(installation)),
  };
  add('figures', figures);
  for (const [name, value] of Object.entries(figures)) {
    const budget = budgets[name];
    say(`${name.padEnd(38)} ${String(value).padStart(9)}${budget === undefined ? '' : `   budget ${budget}`}`);
  }
} finally {
  await installation.close();
}
