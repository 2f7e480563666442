/** Recorded histories, and what can be read from one. */
import { readdir, readFile } from 'node:fs/promises';
import {
  notificationTestIdOf,
  notificationWatchIdOf,
  campaignWorkflowIdOf,
  planIdOf,
  releaseWatchIdOf,
  turnsIdOf,
  watchIdOf,
  workflowIdOf,
} from '../../../src/domain/identity/workflow-ids.ts';

export const historiesFolder = new URL('../../histories/', import.meta.url);

export interface Recording {
  /** Path below test/histories. */
  readonly name: string;
  readonly text: string;
  readonly history: { readonly events: readonly Event[] };
  /** The workflow that it is of: workflows of Sluice read their name from it. */
  readonly workflowId: string;
  /** The state that the run before handed over; undefined for a first run. */
  readonly carried: unknown;
}

export async function readRecordings(): Promise<readonly Recording[]> {
  const found = await readdir(historiesFolder, { recursive: true });
  const names = found.filter((name) => name.endsWith('.json')).sort();
  return Promise.all(names.map(readRecording));
}

async function readRecording(name: string): Promise<Recording> {
  const text = await readFile(new URL(name, historiesFolder), 'utf8');
  const input = payloadsIn(text).find((payload) => NAMES.some((name) => name in payload)) as Input | undefined; // the first payload is the input
  if (!input) throw new Error(`${name} is no history of a workflow of Sluice`);
  return {
    name,
    text,
    history: JSON.parse(text) as Recording['history'],
    workflowId: idOf(input),
    carried: input.carried,
  };
}

/** By what the input of a workflow names, its workflow is known. */
const NAMES = ['job', 'cluster', 'bucket', 'installation', 'channel', 'campaign'];
type Named =
  | { readonly job: string }
  | { readonly cluster: string }
  | { readonly bucket: string }
  | { readonly installation: string }
  | { readonly channel: string }
  | { readonly campaign: string };
type Input = Named & { readonly carried?: unknown };

function idOf(input: Named): string {
  if ('limits' in input && 'cluster' in input) return turnsIdOf(input.cluster);
  if ('cluster' in input) return watchIdOf(input.cluster);
  if ('bucket' in input) return releaseWatchIdOf(input.bucket);
  if ('installation' in input) return notificationWatchIdOf(input.installation);
  if ('channel' in input) return notificationTestIdOf(input.channel, 'recorded');
  if ('campaign' in input) return campaignWorkflowIdOf(input.campaign);
  return 'basis' in input ? planIdOf(input.job, 'recorded') : workflowIdOf(input.job);
}

/** The operation that a run worked on, by the claim that it takes first; null for a run that took none. */
export function operationIn(text: string): { readonly id: string; readonly kind: string } | null {
  for (const payload of payloadsIn(text)) {
    if (!('knownEpoch' in payload) || !('operation' in payload)) continue;
    return payload.operation as { readonly id: string; readonly kind: string }; // the input of `claimOperation`
  }
  return null;
}

/** The signals that a run got and the updates that it accepted. */
export function doorsIn({ events }: Recording['history']): Doors {
  return {
    signals: events.flatMap(({ workflowExecutionSignaledEventAttributes: signal }) => signal?.signalName ?? []),
    updates: events.flatMap(
      ({ workflowExecutionUpdateAcceptedEventAttributes: update }) => update?.acceptedRequest.input.name ?? [],
    ),
  };
}

interface Doors {
  readonly signals: readonly string[];
  readonly updates: readonly string[];
}

/** The part of an event that this module reads, in Temporal's JSON of a history. */
interface Event {
  readonly workflowExecutionSignaledEventAttributes?: { readonly signalName: string };
  readonly workflowExecutionUpdateAcceptedEventAttributes?: {
    readonly acceptedRequest: { readonly input: { readonly name: string } };
  };
}

/** Every payload of a history that is an object, in order. */
function payloadsIn(text: string): object[] {
  return [...text.matchAll(/"data": ?"([A-Za-z0-9+/=]+)"/g)].flatMap(([, data = '']) => {
    try {
      const payload: unknown = JSON.parse(Buffer.from(data, 'base64').toString());
      return typeof payload === 'object' && payload !== null ? [payload] : [];
    } catch {
      return []; // no JSON, such as a binary one
    }
  });
}
