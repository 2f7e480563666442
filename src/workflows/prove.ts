/** A run without carried state asks S3 and YARN what there is: `new` is proven, never assumed. */
import { sleep, workflowInfo } from '@temporalio/workflow';
import type { JobMemory } from '../domain/job-memory.ts';
import { waitFor } from './activities.ts';
import { codeAndDetail } from './failures.ts';

const PROOF_DEADLINE_MS = 120_000;
const ASK_AGAIN = '10s';

/** Asks until it is answered: without proof nothing may be decided. */
export async function prove(memory: JobMemory): Promise<void> {
  for (;;) {
    try {
      const proof = await waitFor(PROOF_DEADLINE_MS).proveJob.executeWithOptions(
        { summary: `What is known of ${memory.job} in S3 and on YARN` },
        [{ job: memory.job, runId: workflowInfo().runId }],
      );
      Object.assign(memory, proof, { proven: true });
      return;
    } catch (error) {
      const failure = codeAndDetail(error);
      if (failure === null) throw error;
      memory.stateReason = `what runs is not proven yet: ${failure.detail}`;
      await sleep(ASK_AGAIN);
    }
  }
}
