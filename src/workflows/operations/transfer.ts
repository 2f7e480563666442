/** Transfer: hands the job over to another project, owner team or environment. Nothing that runs changes. */
import { inWords } from '../../domain/identity/ownership-words.ts';
import { ownershipIn } from '../../domain/job/belonging.ts';
import { belongs } from '../../domain/job/transitions.ts';
import type { RequestOf } from '../../domain/operation/operation.ts';
import { change } from '../activities.ts';
import type { OperationRun } from './operation-run.ts';
import { changingTheFence } from './upgrade/stage.ts';

export async function transfer(
  run: OperationRun,
  { project, team, environment }: RequestOf<'transfer'>,
): Promise<void> {
  run.phase('checking');
  const { job, memory } = run;
  const before = ownershipIn(memory);
  const input = { job, to: { project, team, environment }, knownEpoch: memory.epoch, last: memory.current };
  const { ownership } = await changingTheFence(memory, () =>
    change.transferJob.executeWithOptions({ summary: `Hand ${job} over` }, [input]),
  );
  belongs(memory, ownership);
  run.about(memory.current);
  if (before) run.warn(`before, it belonged to ${inWords(before)}`);
}
