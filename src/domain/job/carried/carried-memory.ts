/** The memory of a job on its way from one run to the next: what fits, and what an earlier or later release left. */
import { minReaderOf } from '../../compatibility/reader.ts';
import { asWritten, readTolerantly } from '../../compatibility/tolerant.ts';
import { SluiceError } from '../../errors/errors.ts';
import { isMap } from '../../values/is-map.ts';
import { withFactsOfState } from './facts-of-state.ts';
import { JobMemory, memoryLimits } from '../job-memory.ts';
import { settledStateOf } from '../state/state.ts';

/**
 * Trims the memory for the next run. A memory beyond the budget loses, oldest first, entries that S3 has too or that
 * only inform people. The deployment that runs and everything not yet written to S3 always stay.
 */
export function withinBudget(memory: JobMemory): JobMemory {
  const { rejections, operations, knownOperations } = memory;
  const over = JSON.stringify(carriedOf(memory)).length - memoryLimits.characters;
  if (over <= 0) return memory;
  const [keptRejections, left] = withoutOldest(rejections.toReversed(), over);
  const [keptOperations, still] = withoutOldest(operations, left);
  const [keptKnown] = withoutOldest(knownOperations, still);
  return {
    ...memory,
    rejections: keptRejections.toReversed(),
    rejectedBeyond: memory.rejectedBeyond + rejections.length - keptRejections.length,
    operations: keptOperations,
    knownOperations: keptKnown,
  };
}

/**
 * @returns the list, newest first, without the entries at its end whose removal frees `over` characters, and the excess
 * that remains.
 */
function withoutOldest<T>(list: readonly T[], over: number): [kept: T[], over: number] {
  const kept = [...list];
  let left = over;
  while (left > 0 && kept.length > 0) left -= JSON.stringify(kept.pop()).length + 1;
  return [kept, left];
}

/** The memory as the next run gets it, with everything that a newer Sluice left in it. */
export const carriedOf = (memory: JobMemory): unknown => asWritten(memory, minReaderOf('memory', memory));

/**
 * Brings carried state of any release to today's shape; null for what is no memory, and then the run asks S3 and YARN.
 * @throws SluiceError `RecordInvalid` when a newer Sluice says that this one would misread it: forgetting the memory would
 * lose accepted operations, and a stop whose outcome is unknown.
 */
export function migrateMemory(carried: unknown): JobMemory | null {
  const read = readTolerantly(JobMemory, withFactsOfState(carried));
  if (!read.ok && read.tooNew) throw new SluiceError('RecordInvalid', `The carried state is not read: ${read.why}`);
  if (!read.ok) return null;
  const memory = read.value;
  const isKnownState = isMap(carried) && carried['state'] === memory.state;
  // A state that this Sluice does not know gives way to the state that follows from the facts that it knows.
  return isKnownState ? memory : { ...memory, state: settledStateOf(memory) };
}
