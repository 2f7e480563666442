/**
 * The losses that an operation may bring, and how much it takes a person to confirm them: the more, the less anybody can bring
 * back. The console asks by this table.
 */
import type { OperationKind } from '../lifecycle.ts';
import { matches } from '../values/name-pattern.ts';

interface DangerEntry {
  /** The loss in words, for whoever accepts it. */
  readonly loss: string;
  /** `check` takes a tick beside the loss, `name` also the name of the job. Where the configuration says so, every danger takes the name. */
  readonly takes: 'check' | 'name';
}

/** In the order in which people read them. */
export const dangers = {
  drain: {
    loss: 'All windows fire before the job ends, and Flink forbids going on from such a savepoint.',
    takes: 'check',
  },
  stopWithCheckpoint: {
    loss: 'The running instance is killed and its newest checkpoint used: records since that checkpoint are read again.',
    takes: 'check',
  },
  stopWithNothing: {
    loss: 'The running instance is killed without a savepoint: without a checkpoint its state is lost.',
    takes: 'check',
  },
  nonRestoredState: {
    loss: 'State of operators that the program no longer has is dropped.',
    takes: 'check',
  },
  stateRisk: {
    loss: 'Flink may not be able to read the state: the start may fail, or the job may go on with wrong state.',
    takes: 'check',
  },
  foreignState: {
    loss: 'The job begins from a copy of the state of another job, and leaves its own behind.',
    takes: 'check',
  },
  fresh: {
    loss: 'The job begins without state: everything that it has counted and remembered is left behind.',
    takes: 'name',
  },
  olderState: {
    loss: 'The job begins from older state than it has had: the work since then is discarded, and its output may come twice.',
    takes: 'name',
  },
  kill: {
    loss: 'The application ends at once, without a savepoint: work since its newest checkpoint is repeated by the next start.',
    takes: 'name',
  },
  force: {
    loss: 'The kill takes the place of the operation in progress, and counts nodes as gone that YARN calls lost.',
    takes: 'name',
  },
  giveUp: {
    loss: 'An instance that nobody can reach may still run, and write its output beside that of the next deployment.',
    takes: 'name',
  },
  unfenced: {
    loss: 'The old instance, which nobody can reach, may still run, and write its output beside that of the new one.',
    takes: 'name',
  },
} as const satisfies Record<string, DangerEntry>;

export type Danger = keyof typeof dangers;

type Fields = Readonly<Record<string, unknown>>;

/** The dangers of a request. @param isFirst whether the job never ran, so that it has no state to lose. */
function dangersOf(kind: OperationKind, request: Fields, isFirst: boolean): readonly Danger[] {
  const { stopWith } = request;
  const ofRequest: readonly (readonly [Danger, boolean])[] = [
    ['drain', request['drain'] === true],
    ['stopWithCheckpoint', stopWith === 'checkpoint'],
    ['stopWithNothing', stopWith === 'none'],
    ['nonRestoredState', request['allowNonRestoredState'] === true],
    ['stateRisk', request['acceptStateRisk'] === true],
    ['foreignState', request['foreignState'] === true],
    ['fresh', request['from'] === 'fresh' && !isFirst],
    ['olderState', request['discardNewerState'] === true],
    ['kill', kind === 'kill'],
    ['force', request['force'] === true],
    ['giveUp', request['giveUp'] === true],
    ['unfenced', request['confirmUnfenced'] === true],
  ];
  return ofRequest.flatMap(([danger, isThere]) => (isThere ? [danger] : []));
}

/** Kinds that take something down, so that others ask why. */
const takeDown: readonly OperationKind[] = ['stop', 'kill'];
/** Kinds that change nothing of what runs. */
const changeNothing: readonly OperationKind[] = ['savepoint', 'recover'];

export interface Confirmation {
  readonly dangers: readonly Danger[];
  /** Whether it takes the name of the job. */
  readonly byName: boolean;
  readonly needsReason: boolean;
}

interface Place {
  readonly environment: string | null;
  /** Whether the job never ran. */
  readonly isFirst: boolean;
  /** Patterns of the environments whose jobs others depend on: `access.confirm.environments` of the configuration. */
  readonly confirmed: readonly string[];
}

/** The proof of will that the console asks for before it sends a request. */
export function confirmationOf(
  kind: OperationKind,
  request: Fields,
  { environment, isFirst, confirmed }: Place,
): Confirmation {
  const found = dangersOf(kind, request, isFirst);
  const isProd = environment !== null && confirmed.some((pattern) => matches(pattern, environment));
  return {
    dangers: found,
    byName: found.some((danger) => isProd || dangers[danger].takes === 'name'),
    needsReason:
      takeDown.includes(kind) || request['confirmUnfenced'] === true || (isProd && !changeNothing.includes(kind)),
  };
}
