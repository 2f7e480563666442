/** The answer to an operation that was asked for or told to end: at once, or after a wait for its end. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { OperationRecord } from '../../domain/operation/operation.ts';
import { API_PREFIX, OperationBody } from '../contract.ts';
import type { RouteDependencies } from '../dependencies.ts';
import { readOperation } from './history.ts';
import type { Answer } from '../http/route.ts';

const LONGEST_WAIT_S = 60;
const POLL_MS = 200;

export const askerHeaders = {
  Prefer: '`wait=30` waits up to so many seconds (at most 60) for the end',
  'X-Sluice-Actor': 'Who asks, when the body does not say so',
};
export const acceptedAnswers = {
  202: { description: 'Accepted; follow it at its Location', schema: OperationBody },
  200: { description: 'Ended within the time that Prefer gave', schema: OperationBody },
};

/** The answer once an operation was accepted: at once, or after the time that the asker wants to wait for its end. */
export async function accepted(
  dependencies: RouteDependencies,
  operation: OperationRecord,
  prefer: string | undefined,
  gone: () => boolean,
): Promise<Answer> {
  const wait = secondsToWait(prefer);
  const latest = wait > 0 ? await waitForEnd(dependencies, operation, wait, gone) : operation;
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
  { jobs, records, log }: RouteDependencies,
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
      // It was accepted: not seeing it for a moment is no reason to answer with an error.
      log.warn({ err: failure, job: operation.job, operation: operation.id }, 'operation not readable while waiting');
    }
  }
  return latest;
}
