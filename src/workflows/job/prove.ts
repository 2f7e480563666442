/** A run without carried state asks S3 and YARN what exists: `new` is proven, never assumed. */
import { allHandlersFinished, condition, patched, workflowInfo } from '@temporalio/workflow';
import { waitFor } from '../activities.ts';
import { codeAndDetail } from '../failures.ts';
import { proved, stayedUnproven } from '../../domain/job/transitions.ts';
import { now } from '../desk/now.ts';
import type { Desk } from '../desk/desk.ts';
import { heedKeys } from '../desk/signed.ts';
import { show } from '../desk/show.ts';

const PROOF_DEADLINE_MS = 120_000;
/** Each turn leaves a dozen events in the history. */
const ASK_AGAIN = '1m';

/** Asks until an answer comes, because without proof no request may be decided. */
export async function prove(desk: Desk): Promise<void> {
  const { memory } = desk;
  for (;;) {
    try {
      const proof = await waitFor(PROOF_DEADLINE_MS).proveJob.executeWithOptions(
        { summary: `What is known of ${memory.job} in S3 and on YARN` },
        [{ job: memory.job, runId: workflowInfo().runId }],
      );
      proved(memory, proof, now());
      if (proof.signing !== undefined) heedKeys(desk, proof.signing);
      if (memory.proven || desk.taken) break;
    } catch (error) {
      const failure = codeAndDetail(error);
      if (failure === null) throw error;
      stayedUnproven(memory, `what runs is not proven yet: ${failure.detail}`);
    }
    show(desk);
    // A request that arrives meanwhile has the job proven together with its claim.
    if (await condition(() => desk.taken !== null && allHandlersFinished(), ASK_AGAIN)) break;
    if (desk.taken === null && workflowInfo().continueAsNewSuggested) break;
    // The next run goes on asking, by the workers that are current then.
    if (desk.taken === null && desk.isToTurnOver && patched('2026-11-29-proof-turns-over')) break;
  }
  show(desk);
}
