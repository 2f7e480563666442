/** Options of the commands that begin a campaign. */
import { Option } from '@commander-js/extra-typings';
import { parseDurationOption } from '../operations/operation-options.ts';
import { adding } from '../shared-options.ts';

const DEFAULT_TIMEOUT_MS = 4 * 3_600_000;
const DEFAULT_RETRY_MS = 30_000;

export const withBeginOptions = adding((command) =>
  command
    .option('--reason <text>', 'reason, shown in the history of each job')
    .option('--id <id>', 'id of the campaign: asking again with the same id is safe')
    .option('--dry-run', 'only show the plan')
    .option('-y, --yes', 'begin without asking for confirmation')
    .option('--wait', 'wait for the end; it is the exit code')
    .addOption(
      new Option('--timeout <duration>', 'how long to wait for the end')
        .default(DEFAULT_TIMEOUT_MS, '4h')
        .argParser((text: string) => parseDurationOption(text)),
    )
    .addOption(
      new Option('--retry-for <duration>', 'how long to ask again, with the same id, when an answer is lost')
        .default(DEFAULT_RETRY_MS, '30s')
        .argParser((text: string) => parseDurationOption(text)),
    ),
);
