/** Messages that clients send to a workflow, and the answers that a server has instead of a workflow. */
import type { Payload } from '@temporalio/common';
import { payloadConverter } from '../../../src/temporal/payload-converter.ts';
import { hostilePayloads } from '../../support/hostile-payloads.ts';
import type { Job } from './sandbox.ts';

/** A payload that no converter can read, as a signal sent by hand may carry. */
export const undecodable: Payload = {
  metadata: { encoding: Buffer.from('json/plain') },
  data: Buffer.from('{"release": '),
};

/** A payload that is JSON and nests deeper than any code can walk over by recursion. */
export const nested: Payload = hostilePayloads['a hotfix of 200,000 levels']!;

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
  payload === undecodable || payload === nested ? payload : payloadConverter.toPayload(payload ?? null);

/** The payloads of the signals of a name among messages to a workflow. */
export const payloadsOf = (name: string, messages: readonly Job[]): unknown[] =>
  messages.flatMap(({ signalWorkflow: signal }) =>
    signal?.signalName === name ? (signal.input ?? []).map((payload) => payloadConverter.fromPayload(payload)) : [],
  );
