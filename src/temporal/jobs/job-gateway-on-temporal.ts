/** The jobs on a real Temporal, as the API sees them; every call has a deadline. */
import type { Client } from '@temporalio/client';
import type { Signer } from '../../domain/operation/signature.ts';
import { askOf } from '../call.ts';
import type { JobGateway } from './job-gateway.ts';
import { createJobQuestions } from './job-questions.ts';
import { createPendingSteps } from './pending-steps.ts';
import { createJobRequests } from './job-requests.ts';

interface GatewayOptions {
  readonly client: Client;
  readonly taskQueue: string;
  /** Signs what the API asks of jobs; null where it has no key. */
  readonly signer?: Signer | null;
  readonly updateDeadlineMs?: number;
}

/** Connects the API to Temporal. */
export function createTemporalGateway({
  client,
  taskQueue,
  signer = null,
  updateDeadlineMs,
}: GatewayOptions): JobGateway {
  const ask = askOf(client);
  return {
    ...createJobQuestions({ client, ask }),
    ...createPendingSteps({ client, ask, taskQueue }),
    ...createJobRequests({ client, ask, taskQueue, signer, updateDeadlineMs }),
  };
}
