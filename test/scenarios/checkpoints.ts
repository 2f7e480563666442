/** The checkpoints that healthy jobs of a scenario complete by themselves. */
import { jobManagers } from './faults.ts';
import type { Stage } from './stage.ts';

/** Completes a checkpoint of every healthy job now and then, as checkpointing every few seconds does, until it is stopped. */
export function completeCheckpoints(stage: Stage): () => void {
  const { clock, truth, world, random } = stage;
  let isOver = false;
  const turn = (): void => {
    if (isOver) return;
    for (const { flink, jobId } of jobManagers(stage)) {
      const release = truth.instances.find(({ flinkJobId }) => flinkJobId === jobId)?.release;
      const never = world.behaviour.get(release ?? '') === 'neverCheckpoints';
      if (!never && flink.jobs.get(jobId)?.state === 'RUNNING') flink.completeCheckpoint(jobId);
    }
    clock.after(3_000 + random.below(9_000), turn);
  };
  clock.after(4_000, turn);
  return () => void (isOver = true);
}
