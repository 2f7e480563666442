/** Options of every command that starts an instance: where from, and which risks the asker accepts. */
import { Option } from '@commander-js/extra-typings';
import { StopWith } from '../../domain/operation/operation.ts';
import { UsageError } from '../failures.ts';
import { adding, given } from '../shared-options.ts';

/** Adds the options of a start; `-s` and `-n` mean the same as Flink's own short flags. */
export const withStartOptions = adding((command) =>
  command
    .addOption(
      new Option(
        '--from <point>',
        'latest (default), latest-savepoint, latest-checkpoint, fresh (no state), or a path',
      ),
    )
    .addOption(new Option('-s, --from-savepoint <path>', 'the same as --from with a path'))
    .addOption(new Option('-n, --allow-non-restored-state', 'drop state of operators that the program no longer has'))
    .addOption(new Option('--discard-newer-state', 'start from older state than the newest'))
    .addOption(
      new Option(
        '--accept-state-risk',
        'start from a point that Flink may not be able to read: another version or state backend',
      ),
    )
    .addOption(new Option('--foreign-state', 'start from a restore point that belongs to another job')),
);

/** Adds the option of commands that stop a running instance. */
export const withStopOption = adding((command) =>
  command.addOption(
    new Option(
      '--stop-with <how>',
      'how to stop the running instance; checkpoint is for one that cannot take a savepoint',
    ).choices(StopWith.options),
  ),
);

interface StartAnswers {
  readonly from?: string | undefined;
  readonly fromSavepoint?: string | undefined;
  readonly allowNonRestoredState?: boolean | undefined;
  readonly discardNewerState?: boolean | undefined;
  readonly acceptStateRisk?: boolean | undefined;
  readonly foreignState?: boolean | undefined;
  readonly stopWith?: StopWith | undefined;
}

/** Turns the options into fields of a request. @throws UsageError when two of them contradict each other. */
export function startFields(options: StartAnswers): Partial<Record<string, string | boolean>> {
  const { from, fromSavepoint, ...others } = options;
  const { allowNonRestoredState, discardNewerState, acceptStateRisk, foreignState, stopWith } = others;
  if (from !== undefined && fromSavepoint !== undefined)
    throw new UsageError('--from and --from-savepoint say the same: give one of them');
  return given({
    from: from ?? fromSavepoint,
    allowNonRestoredState,
    discardNewerState,
    acceptStateRisk,
    foreignState,
    stopWith,
  });
}
