/** Messages that clients send to a workflow, and the answers that a server has instead of a workflow. */
import type { Payload } from '@temporalio/common';
import { payloadConverter } from '../../../src/temporal/payload-converter.ts';
import type { Job } from './sandbox.ts';

/** A payload that no converter can read, as a signal sent by hand may carry. */
export const undecodable: Payload = {
  metadata: { encoding: Buffer.from('json/plain') },
  data: Buffer.from('{"release": '),
};

/** The server's answer when there is no open run. */
export class WorkflowNotFound extends Error {}
/** The server's answer when no worker answered. */
export class NoWorker extends Error {}

export function signalJob(signalName: string, payload: unknown): Job {
  return { variant: 'signalWorkflow', signalWorkflow: { signalName, input: [payloadOf(payload)], headers: {} } };
}

export function updateJob(name: string, payload: unknown, updateId: string): Job {
  return {
    variant: 'doUpdate',
    doUpdate: {
      id: updateId,
      protocolInstanceId: `${updateId}/protocol`,
      name,
      input: [payloadOf(payload)],
      headers: {},
      meta: { updateId, identity: 'client' },
      runValidator: true,
    },
  };
}

const payloadOf = (payload: unknown): Payload =>
  payload === undecodable ? undecodable : payloadConverter.toPayload(payload ?? null);
