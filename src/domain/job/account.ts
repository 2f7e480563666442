/** The account of a failure for people: what runs now, whether the state is safe and where, and what to do. */
import { classify, type Cause } from '../errors/cause.ts';
import { causes, codesOf } from '../errors/causes.ts';
import { errorTable, isErrorCode, type ErrorCode } from '../errors/errors.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { riskOf, type GivenUpInstance } from '../lock/give-up.ts';
import { lineageOf } from '../restore-points/lineage.ts';
import type { OperationRecord } from '../operation/operation.ts';
import { newestPointFirst, type RestorePoint } from '../restore-points/restore-point.ts';
import type { SettledState } from './state/state.ts';

type Told = NonNullable<OperationRecord['error']>;

/** The part of a job's memory that tells where its state is. */
interface Known {
  /** Whether S3 and YARN were asked since the memory began, or became doubtful. */
  readonly proven: boolean;
  readonly state: SettledState;
  readonly current: Deployment | null;
  readonly previous: Deployment | null;
  readonly savepoints: readonly RestorePoint[];
  readonly left: RestorePoint | null;
  readonly givenUp: readonly GivenUpInstance[];
}

/**
 * Makes the error of an operation for its record. Only the code, the detail and the evidence of the cause are stored,
 * because the tables have the words. `accountOf` adds what runs and where the state is when the operation ends.
 */
export function errorOf(code: ErrorCode, detail: string, why: Cause | null = null): Told {
  const cause = why ?? classify({ code, detail });
  const { hint } = errorTable[code];
  return { code, detail, hint, cause: inWords(cause), runsNow: null, state: null, whatToDo: adviceFor(code, cause) };
}

/** Advises by the cause, unless the cause only follows from the code, whose hint then says more. */
const adviceFor = (code: string, { class: name }: Cause): string =>
  isErrorCode(code) && codesOf(name).includes(code) ? errorTable[code].hint : causes[name].whatToDo;

/** Adds a cause that became clear later to an error. */
export const withCause = (error: Told, cause: Cause | null): Told =>
  cause === null ? error : { ...error, cause: inWords(cause), whatToDo: adviceFor(error.code, cause) };

/** Completes the error of an operation with everything that its reader needs, as of now. */
export const accountOf = (memory: Known, operationId: string, error: Told): Told => ({
  ...error,
  runsNow: whatRuns(memory, operationId),
  state: whereTheStateIs(memory),
});

/** Writes a cause as records keep it: its class and its sentence. */
const inWords = (cause: Cause): NonNullable<Told['cause']> => ({
  class: cause.class,
  meaning: causes[cause.class].meaning,
  evidence: cause.evidence,
});

function whatRuns(known: Known, operationId: string): string {
  return [presentOf(known, operationId), ...known.givenUp.map(riskOf)].join('; ');
}

function presentOf({ proven, state, current }: Known, operationId: string): string {
  const instance = current && `deployment ${current.number} (${current.applicationId} on cluster ${current.cluster})`;
  switch (state) {
    case 'running':
      return `${instance ?? 'something'} ${current?.operationId === operationId ? 'runs' : 'runs on'}`;
    case 'unreachable':
      return `not known: ${instance ?? 'an instance'} is presumed to run`;
    case 'new':
    case 'stopped':
    case 'finished':
    case 'failed':
      return proven ? 'nothing runs' : NOT_ASKED;
  }
}

const NOT_ASKED = 'not known: S3 and YARN are still to be asked';

/** Tells whether the state is safe, and names the restore points that hold it. */
export function whereTheStateIs(memory: Known): string {
  const { proven, state, current } = memory;
  if (state === 'new' || !current) return proven ? 'there is none: nothing has run yet' : NOT_ASKED;
  const newest = newestKnown(memory);
  if (state === 'finished' && !current.ended?.savepoint) {
    return `the Flink job has reached its end, and Flink deletes the checkpoints of a finished job; deployment ${current.number} was started ${current.restorePoint ? `from ${current.restorePoint.path}` : 'without state'}`;
  }
  if (state === 'running') {
    return newest
      ? `the running instance holds it; newest restore point known: ${newest.path}`
      : 'the running instance holds it';
  }
  if (!newest) return reachedBeyond(current) ?? nothingKnown(current);
  const start = current.restorePoint;
  const before =
    start && start.path !== newest.path ? `; deployment ${current.number} was started from ${start.path}` : '';
  const reached = reachedBeyond(current, newest);
  if (reached !== null) return `${reached}; the newest restore point known besides: ${newest.path}`;
  const drained = newest.drained === true ? DRAINED : '';
  return `${state === 'unreachable' ? 'newest restore point known' : 'safe'}: ${newest.path}${drained}${before}`;
}

const nothingKnown = ({ ended }: Deployment): string =>
  ended?.counted === false
    ? 'no restore point is known, nor whether anything was completed before the end'
    : 'no restore point is known: nothing was completed before the end';

/** Names the checkpoint that a deployment completed beyond the restore points that are known; null when there is none. */
function reachedBeyond(
  { number, epoch, completedCheckpoint, newestCheckpoint }: Deployment,
  newest: Named | null = null,
): string | null {
  if (completedCheckpoint === null) return null;
  if (newest && newestPointFirst(newest, { epoch, checkpointId: completedCheckpoint }) <= 0) return null;
  const path = newestCheckpoint === undefined ? '' : ` (${newestCheckpoint})`;
  return `deployment ${number} completed checkpoint ${completedCheckpoint}${path}, which is not known to be left`;
}

const DRAINED = ' (its stop drained the job, so a start from it needs `--accept-state-risk`)';

/** The part of a restore point that this account names. */
type Named = Pick<RestorePoint, 'path' | 'epoch' | 'checkpointId' | 'drained'>;

/** Finds the newest restore point among those that the workflow knows on the way to the current deployment. */
function newestKnown({ state, current, previous, savepoints, left }: Known): Named | null {
  if (!current) return null;
  const lineage = lineageOf(previous ? [previous, current] : [current], current);
  const { completedCheckpoint: checkpointId, newestCheckpoint: path, epoch } = current;
  // Flink may delete the checkpoints of a job that has ended, so the mark names a restore point only while it runs.
  const isThere = state === 'running' || state === 'unreachable';
  const own = isThere && path !== undefined ? { path, epoch, checkpointId } : null;
  const points: readonly Named[] = [left, own, current.ended?.savepoint, ...savepoints, current.restorePoint].filter(
    (point) => point != null,
  );
  return (
    points
      .filter((point) => lineage.has(point) !== false)
      .toSorted(newestPointFirst)
      .at(0) ?? current.restorePoint
  );
}
