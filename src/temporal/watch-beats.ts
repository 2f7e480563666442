/** Reads the last heartbeat of a cluster's watcher. */
import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { watchIdOf } from '../domain/identity/workflow-ids.ts';
import { msOf } from './timestamps.ts';

export interface WatchBeat {
  /** Milliseconds since 1970: the last heartbeat, or the begin of a watch that has not sent one. */
  readonly heardAt: number;
  /** The details of that heartbeat; null before the first one. */
  readonly told: unknown;
}

/** Null when the watch has ended. It throws where no watch was ever begun, and when Temporal does not answer. */
export async function lastBeat(client: Client, cluster: string): Promise<WatchBeat | null> {
  const { status, raw, startTime } = await client.workflow.getHandle(watchIdOf(cluster)).describe();
  if (status.name !== 'RUNNING') return null;
  const [pending] = raw.pendingActivities ?? [];
  const [details] = pending?.heartbeatDetails?.payloads ?? [];
  const told: unknown = details ? defaultPayloadConverter.fromPayload(details) : null;
  return { heardAt: msOf(pending?.lastHeartbeatTime) ?? startTime.getTime(), told };
}
