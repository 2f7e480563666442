/** What all commands that ask for an operation share: options, asking, following. */
import { randomUUID } from 'node:crypto';
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { SluiceError } from '../../domain/errors/errors.ts';
import { parseDuration } from '../../domain/input/durations.ts';
import type { OperationKind } from '../../domain/lifecycle.ts';
import type { CliContext } from '../context.ts';
import { planOperation } from './plan-operation.ts';
import { ApiProblem } from '../failures.ts';
import { followOperation, reportOperation } from './follow-operation.ts';

const DEFAULT_TIMEOUT_MS = 15 * 60_000;
const DEFAULT_RETRY_MS = 30_000;

export function parseDurationOption(text: string): number {
  const milliseconds = parseDuration(text);
  // A bare number is milliseconds in Flink's files; on a command line nobody means that.
  if (milliseconds === null || /^[\s\d]*$/.test(text))
    throw new InvalidArgumentError('It must be a duration such as 30s, 5m or 1h.');
  return milliseconds;
}

export const timeoutOption = () =>
  new Option('--timeout <duration>', 'how long to wait')
    .default(DEFAULT_TIMEOUT_MS, '15m')
    .argParser((text: string) => parseDurationOption(text));

/** Options of every operation. `--id` makes asking again safe; without it the CLI chooses one. */
export const operationOptions = {
  id: () => new Option('--id <id>', 'id of the operation: asking twice with one id is one operation'),
  reason: () => new Option('--reason <text>', 'why, for the history'),
  noWait: () => new Option('--no-wait', 'do not wait for the end'),
  ifMatch: () => new Option('--if-match <revision>', 'only while nothing has changed since this plan'),
  wait: () => new Option('--wait', 'wait for the end (the default)'),
  retryFor: () =>
    new Option('--retry-for <duration>', 'how long a lost answer is asked for again, with the same id')
      .default(DEFAULT_RETRY_MS, '30s')
      .argParser((text: string) => parseDurationOption(text)),
};

export interface AskedOptions {
  readonly id?: string | undefined;
  readonly reason?: string | undefined;
  readonly wait?: boolean | undefined;
  readonly timeout: number;
  readonly retryFor: number;
  readonly ifMatch?: string | undefined;
}

/** Asks for an operation with an id chosen here, then follows it, unless told not to wait; or only plans it. */
export async function askForOperation(
  context: CliContext,
  job: string,
  kind: OperationKind,
  asked: Readonly<Record<string, unknown>>,
  options: AskedOptions,
): Promise<void> {
  const { out, interrupted } = context;
  if (context.isPlanning) {
    await planOperation(context, job, {
      kind,
      ...(options.reason === undefined ? {} : { reason: options.reason }),
      ...asked,
    });
    return;
  }
  const id = options.id ?? randomUUID();
  let retried = false;
  try {
    const operation = await context.api().ask(
      job,
      { kind, id, ...(options.reason === undefined ? {} : { reason: options.reason }), ...asked },
      {
        retryForMs: options.retryFor,
        ifMatch: options.ifMatch,
        signal: interrupted,
        onRetry(why) {
          if (!retried) out.note(`${why}\nAsking again with the same id ${id} …`);
          retried = true;
        },
      },
    );
    if (options.wait === false) {
      out.result({ operation }, () => out.line(`${kind} ${operation.id} of ${job} accepted`));
      return;
    }
    out.progress(`${out.colors.bold(`${kind} of ${job}`)} ${out.colors.dim(operation.id)}`);
    reportOperation(context, await followOperation(context, operation, options.timeout));
  } catch (failure) {
    if (isUnknown(failure)) out.note(`It is not known whether the ${kind} was taken. Ask again with --id ${id}`);
    throw failure;
  }
}

const isUnknown = (failure: unknown): boolean =>
  (failure instanceof SluiceError && failure.code === 'ApiUnreachable') ||
  (failure instanceof ApiProblem && failure.problem.code === 'TemporalUnavailable');
