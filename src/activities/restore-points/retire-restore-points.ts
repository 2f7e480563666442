/**
 * Retires restore points by the rules of `domain/restore-points/retention.ts`, in turns, while nobody holds the job. Each
 * turn condemns points in the fence before it deletes them, and says where the next one goes on.
 */
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { refuseOtherEpoch } from '../../domain/lock/epoch.ts';
import { withRetiring } from '../../domain/lock/fence.ts';
import { MOST_RETIRING, type Retiring } from '../../domain/lock/retiring.ts';
import { timeLimits } from '../../domain/time-limits.ts';
import { changeFence, readFence } from '../../records/fences.ts';
import { now, type Dependencies } from '../dependencies/dependencies.ts';
import { removeRetiring } from './remove-points.ts';
import { placeOf, Survey } from './survey.ts';

interface RetireInput {
  readonly current: Deployment;
  readonly previous: Deployment | null;
  /** Newest epoch that the workflow knows; under another epoch nothing is condemned. */
  readonly knownEpoch: number;
  /** The operation after which retention looks. */
  readonly operationId: string;
  /** Where the turn before stopped; null at the beginning. */
  readonly cursor: string | null;
}

export interface RetentionTurn {
  readonly cursor: string | null;
  /** Whether every restore point has been looked at. */
  readonly isDone: boolean;
  /** Why this turn ended before its time. */
  readonly problem: string | null;
}

export const createRetireRestorePoints = (deps: Dependencies) => ({
  /** Takes one turn. Never throws for S3's sake, because points that stay are no failure of anything. */
  async retireRestorePoints(input: RetireInput): Promise<RetentionTurn> {
    let { cursor } = input;
    try {
      for await (const place of retire(deps, input)) {
        if (place === null) return { cursor: null, isDone: true, problem: null };
        cursor = place;
      }
      return { cursor, isDone: false, problem: null };
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      return { cursor, isDone: false, problem: error.message };
    }
  },

  /** Answers a run of an earlier release that still deletes while it holds the job: there is nothing to do for it. */
  tidyRestorePoints: (_input: object) => Promise.resolve({ points: 0, bytes: 0, left: 0, problem: null }),
});

/** Yields how far it has come, and null when it has come to the end. */
async function* retire(deps: Dependencies, input: RetireInput): AsyncGenerator<string | null> {
  const { current, previous, knownEpoch, operationId, cursor } = input;
  const { s3 } = deps;
  const keep = current.savepoints?.keep;
  const { fence } = await readFence(s3, current.job);
  const until = () => Date.now() + timeLimits.retiring;
  if (fence.retiring && !(await removeRetiring(deps, current.job, fence.retiring, until()))) return;
  if (!keep) {
    yield null;
    return;
  }
  refuseOtherEpoch(fence, knownEpoch);
  const survey = await Survey.of(deps, { current, previous, keep });
  const endsAt = until();
  const left = survey.units.filter((unit) => cursor === null || placeOf(unit) > cursor);
  for (let first = 0; first < left.length; first += MOST_RETIRING) {
    const units = left.slice(first, first + MOST_RETIRING);
    const due = await survey.due(units);
    const locations = due.map(({ location }) => location);
    if (
      due.length > 0 &&
      !(await condemnAndRemove(deps, input, { at: now(), operationId, locations, bytes: 0 }, endsAt))
    )
      return;
    for (const unit of units.slice(-1)) yield placeOf(unit);
    if (Date.now() >= endsAt) return;
  }
  yield null;
}

/** @returns whether these points are gone; false also when somebody else has condemned others, which went first. */
async function condemnAndRemove(
  deps: Dependencies,
  { current: { job }, knownEpoch }: RetireInput,
  wanted: Retiring,
  until: number,
): Promise<boolean> {
  const { retiring } = await changeFence(deps.s3, job, (fence) => {
    // Another run may have acted on the job, and may need the points.
    refuseOtherEpoch(fence, knownEpoch);
    return withRetiring(fence, wanted);
  });
  const condemned = retiring ?? wanted;
  const isGone = await removeRetiring(deps, job, condemned, until);
  return isGone && condemned.at === wanted.at;
}
