/** Asks a JobManager how far its Flink job has come. */
import { withoutAnswer } from '../../domain/errors/errors.ts';
import { noMark, type Mark } from '../../domain/restore-points/progress.ts';
import type { Dependencies } from '../dependencies/dependencies.ts';

export interface Counted extends Mark {
  /** The savepoint of a stop that somebody triggered at the JobManager itself, if the job has completed one. */
  readonly stopSavepoint: string | null;
}

/** Budget of the question, because a hanging JobManager must not delay its own end. */
const BUDGET_MS = 3_000;

/**
 * The answer is up to 3 s old (`web.refresh-interval`), and counts savepoints too (CheckpointStatsCounts, 1.20).
 * @returns null without an answer, and where the answer does not tell whether there was a checkpoint.
 */
export async function countProgress(
  { flink }: Pick<Dependencies, 'flink'>,
  address: string | null,
  flinkJobId: string,
): Promise<Counted | null> {
  if (address === null) return null;
  const asked = flink.checkpoints(address, flinkJobId, { deadlineMs: BUDGET_MS });
  const answer = await asked.then((told) => ({ told })).catch(withoutAnswer);
  if (answer === null) return null;
  // A job that cannot have checkpoints has none.
  if (answer.told === null) return { ...noMark, stopSavepoint: null };
  const { latestCompleted, latestSavepoint, counts } = answer.told;
  const stopSavepoint = latestSavepoint?.type === 'SYNC_SAVEPOINT' ? latestSavepoint.path : null;
  if (latestCompleted)
    return {
      completedCheckpoint: latestCompleted.id,
      newestCheckpoint: latestCompleted.path ?? undefined,
      stopSavepoint,
    };
  return counts.completed === 0 || latestSavepoint ? { ...noMark, stopSavepoint } : null;
}
