/** Options of every command that starts an instance: where from, and what the asker takes upon themselves. */
import { Option } from '@commander-js/extra-typings';
import { UsageError } from '../failures.ts';

/** Flink's short flags where they mean the same: `-s` and `-n`. */
export const startOptions = {
  from: () => new Option('--from <point>', 'latest (default), latest-savepoint, latest-checkpoint, fresh, or a path'),
  fromSavepoint: () => new Option('-s, --from-savepoint <path>', 'the same as --from with a path'),
  allowNonRestoredState: () =>
    new Option('-n, --allow-non-restored-state', 'drop state that the program does not have'),
  discardNewerState: () => new Option('--discard-newer-state', 'start from older state than the newest'),
  acceptStateRisk: () =>
    new Option(
      '--accept-state-risk',
      'start from a point that Flink may not be able to read: another version or state backend',
    ),
};

interface StartAnswers {
  readonly from?: string | undefined;
  readonly fromSavepoint?: string | undefined;
  readonly allowNonRestoredState?: boolean | undefined;
  readonly discardNewerState?: boolean | undefined;
  readonly acceptStateRisk?: boolean | undefined;
}

/** The fields of a request that these options mean. @throws UsageError when two of them contradict each other. */
export function startFields(options: StartAnswers): Record<string, string | boolean> {
  if (options.from !== undefined && options.fromSavepoint !== undefined) {
    throw new UsageError('--from and --from-savepoint say the same: give one of them');
  }
  const from = options.from ?? options.fromSavepoint;
  return {
    ...(from === undefined ? {} : { from }),
    ...(options.allowNonRestoredState === true ? { allowNonRestoredState: true } : {}),
    ...(options.discardNewerState === true ? { discardNewerState: true } : {}),
    ...(options.acceptStateRisk === true ? { acceptStateRisk: true } : {}),
  };
}

export const stopWithOption = () =>
  new Option(
    '--stop-with <how>',
    'how the running instance is stopped: checkpoint is for one too sick for a savepoint',
  ).choices(['savepoint', 'checkpoint', 'none'] as const);
