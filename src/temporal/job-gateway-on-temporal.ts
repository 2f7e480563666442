/** The jobs on a real Temporal, as the API sees them; every call has a deadline. */
import type { Client } from '@temporalio/client';
import { askOf } from './call.ts';
import type { JobGateway } from './job-gateway.ts';
import { createJobQuestions } from './job-questions.ts';
import { createJobRequests } from './job-requests.ts';

interface GatewayOptions {
  /** Made with `queryRejectCondition: NOT_OPEN`, so that a closed run does not answer for the job. */
  readonly client: Client;
  readonly taskQueue: string;
  readonly updateDeadlineMs?: number;
}

/** Connects the API to Temporal. */
export function createTemporalGateway({ client, taskQueue, updateDeadlineMs }: GatewayOptions): JobGateway {
  const ask = askOf(client);
  return {
    ...createJobQuestions({ client, ask }),
    ...createJobRequests({ client, ask, taskQueue, updateDeadlineMs }),
  };
}
