/** Options of the commands that ask for operations. */
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { parseDuration } from '../../domain/input/durations.ts';
import { adding } from '../shared-options.ts';

const DEFAULT_TIMEOUT_MS = 15 * 60_000;
const DEFAULT_RETRY_MS = 30_000;

export function parseDurationOption(text: string): number {
  const milliseconds = parseDuration(text);
  // Refuses a bare number: Flink's files read it as milliseconds, which a person at a command line does not mean.
  if (milliseconds === null || /^[\s\d]*$/.test(text))
    throw new InvalidArgumentError('It must be a duration such as 30s, 5m or 1h.');
  return milliseconds;
}

export const timeoutOption = () =>
  new Option('--timeout <duration>', 'how long to wait for the end')
    .default(DEFAULT_TIMEOUT_MS, '15m')
    .argParser((text: string) => parseDurationOption(text));

const idOption = () => new Option('--id <id>', 'id of the operation: asking again with the same id is safe');
const ifMatchOption = () =>
  new Option('--if-match <revision>', 'only if nothing has changed since the plan with this revision');
const reasonOption = () => new Option('--reason <text>', 'reason, shown in the history');

/** The options of a command that sends a request to the job and may wait for the end. */
export const withWaitOptions = adding((command) =>
  command
    .addOption(new Option('--wait', 'wait for the end (the default)'))
    .addOption(new Option('--no-wait', 'return once the request is accepted'))
    .addOption(timeoutOption())
    .addOption(
      new Option('--retry-for <duration>', 'how long to ask again, with the same id, when an answer is lost')
        .default(DEFAULT_RETRY_MS, '30s')
        .argParser((text: string) => parseDurationOption(text)),
    ),
);

/** The options of an operation that has no plan: `adopt` and `recover`. */
export const withRequestOptions = adding((command) =>
  withWaitOptions(command.addOption(idOption()).addOption(reasonOption())),
);

/** The options of an operation that `sluice plan` can plan. */
export const withOperationOptions = adding((command) =>
  withWaitOptions(command.addOption(idOption()).addOption(reasonOption()).addOption(ifMatchOption())),
);
