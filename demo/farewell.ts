/** Prints the end of the demo: commands to try and places to look. */
import { isAbsolute, join, relative } from 'node:path';
import pc from 'picocolors';
import type { JobBody } from '../src/api/contract.ts';
import type { StackStatus } from '../stack/control.ts';
import type { StackSettings } from '../stack/settings.ts';
import { RELEASES } from './releases.ts';
import { layOut, say, title } from './terminal.ts';

/** Prints commands to try on the running stack. Every command works as printed, in the repository's folder. */
export function sayWhatToTry(
  settings: StackSettings,
  status: StackStatus,
  { temporalCli, once }: { readonly temporalCli: string; readonly once: boolean },
): void {
  const sluice = 'node bin/sluice.mjs';
  title(once ? 'Three things to try, with a stack that stays up: without --once' : 'Three things to try');
  // The CLI finds the stack in the usual folder. For a stack elsewhere the user names the API.
  if (settings.stackDirectory !== join(settings.repository, '.stack')) {
    say('  0. tell the CLI the address of the API, because this stack is not in the usual folder');
    say(pc.cyan(`     export SLUICE_API=${status.api}`));
    say(pc.cyan('     export SLUICE_TOKEN="$(npm run --silent stack -- status --json | jq -r .token)"'));
  }
  say(`  1. stop the job with a savepoint, and resume it from there`);
  say(pc.cyan(`     ${sluice} stop clicks-dev && ${sluice} resume clicks-dev`));
  say(`  2. go back to the first release with the state of the second, then read the history`);
  say(pc.cyan(`     ${sluice} deploy clicks-dev --release ${RELEASES.first}; ${sluice} history clicks-dev`));
  const job = status.clusters.some(({ name }) => name === 'yarn-b') ? 'clicks-staging' : 'clicks-prod';
  const where = job === 'clicks-staging' ? 'Flink 2.1 on the other cluster' : 'the same release with other settings';
  say(`  3. deploy a new job (${where}) by a signal, without Sluice's API`);
  say(
    pc.cyan(
      `     ${shortened(settings, temporalCli)} workflow signal-with-start --address ${status.temporal.address} \\`,
    ),
  );
  say(pc.cyan(`       --type flinkJob -w flink-job:${job} -t sluice -i '{"job":"${job}"}' --signal-name deploy \\`));
  say(pc.cyan(`       --signal-input '{"id":"my-first-deploy","actor":"me","release":"${RELEASES.second}"}'`));
}

/** Prints the pages that show the job. The console is the last, because people look there first. */
export function sayWhereToLook(status: StackStatus, { links, name }: JobBody): void {
  title('Where to look');
  const places: [string, string][] = [
    ['Temporal UI', links.temporal ?? status.temporal.ui],
    ['YARN', links.yarn ?? status.clusters[0]?.resourceManager ?? ''],
    ['Flink', links.flink ?? ''],
    ['API and its docs', `${status.api}/docs`],
    ['Console', `${status.api}/jobs/${name}`],
    ['', `sign in with the token that this prints: npm run --silent stack -- status --json | grep '"token"'`],
  ];
  for (const line of layOut(places)) say(`  ${line}`);
}

function shortened({ repository }: StackSettings, path: string): string {
  const inside = relative(repository, path);
  return inside.startsWith('..') || isAbsolute(inside) ? path : inside;
}
