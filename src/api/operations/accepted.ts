/** The answer to a request for an operation or for its cancellation: at once, or after a wait for its end. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { OperationRecord } from '../../domain/operation/operation.ts';
import type { RecordStore } from '../../records/record-store.ts';
import { API_PREFIX, OperationBody } from '../contract.ts';
import type { Answer } from '../http/route.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { readOperation } from './history.ts';

const LONGEST_WAIT_S = 60;
const POLL_MS = 200;

interface Parts {
  readonly jobs: Jobs;
  readonly records: RecordStore;
  readonly log: Logger;
}

export const askerHeaders = {
  Prefer: '`wait=30` waits up to 30 seconds for the end; 60 at most',
};
export const acceptedAnswers = {
  202: {
    description: 'Accepted; follow it at its Location',
    schema: OperationBody,
    headers: { Location: 'Path of the operation' },
  },
  200: { description: 'Ended within the time that Prefer names', schema: OperationBody },
};

/** Answers once an operation was accepted: at once, or after the wait for its end that `Prefer` asks for. */
export async function accepted(
  parts: Parts,
  operation: OperationRecord,
  prefer: string | undefined,
  gone: () => boolean,
): Promise<Answer> {
  const wait = secondsToWait(prefer);
  const latest = wait > 0 ? await waitForEnd(parts, operation, wait, gone) : operation;
  return {
    status: wait > 0 && latest.outcome !== null ? 200 : 202,
    body: { operation: latest },
    headers: {
      Location: `${API_PREFIX}/jobs/${latest.job}/operations/${latest.id}`,
      ...(wait > 0 ? { 'Preference-Applied': `wait=${wait}` } : {}),
    },
  };
}

/** Seconds of `Prefer: wait=N` (RFC 7240); 0 without it. */
function secondsToWait(prefer: string | undefined): number {
  const wait = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,6})"?/i.exec(prefer ?? '')?.[1];
  return wait === undefined ? 0 : Math.min(Number(wait), LONGEST_WAIT_S);
}

async function waitForEnd(
  { jobs, records, log }: Parts,
  operation: OperationRecord,
  seconds: number,
  gone: () => boolean,
): Promise<OperationRecord> {
  const until = Date.now() + seconds * 1000;
  let latest = operation;
  while (latest.outcome === null && Date.now() < until && !gone()) {
    await sleep(Math.min(POLL_MS, Math.max(0, until - Date.now())));
    try {
      latest = (await readOperation(jobs, records, operation.job, operation.id)) ?? latest;
    } catch (failure) {
      // The operation was accepted: a failed look must not turn the answer into an error.
      log.warn({ err: failure, job: operation.job, operation: operation.id }, 'operation not readable while waiting');
    }
  }
  return latest;
}
