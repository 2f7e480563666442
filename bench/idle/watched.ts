/** Waits until the watcher of the bench knows every job. */
import { setTimeout as sleep } from 'node:timers/promises';
import { defaultPayloadConverter } from '@temporalio/common';
import { watchIdOf } from '../../src/domain/identity/workflow-ids.ts';
import { readNotes } from '../../src/domain/watch/notes.ts';
import { CLUSTER } from './jobs.ts';
import type { BenchTemporal } from './temporal.ts';

/** Covers two heartbeats of the watcher. With the second heartbeat it has recorded which jobs it told. */
const WATCHED_WITHIN_MS = 360_000;

/** @throws Error when the watcher has not told each job, and recorded that, in time. */
export async function watched({ environment }: BenchTemporal, jobs: number): Promise<void> {
  const handle = environment.client.workflow.getHandle(watchIdOf(CLUSTER));
  const deadline = Date.now() + WATCHED_WITHIN_MS;
  while (Date.now() < deadline) {
    await sleep(1_000);
    const described = await handle.describe().catch(() => null); // the worker starts the watch
    const [details] = described?.raw.pendingActivities?.[0]?.heartbeatDetails?.payloads ?? [];
    const notes = details ? readNotes(defaultPayloadConverter.fromPayload(details)) : null;
    if (notes?.applications.size === jobs) return;
  }
  throw new Error(`not every job was watched within ${WATCHED_WITHIN_MS / 1000} s`);
}
