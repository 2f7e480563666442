/** The gates of a job, as somebody who holds the key of a worker reads and changes them, and the TaskManagers behind them. */
import { gatesKey } from '../../../src/domain/identity/storage-keys.ts';
import type { Gates } from '../../../src/domain/lock/gate.ts';
import { until } from '../api.ts';
import { bucketOf, runningStack } from '../stack.ts';
import { containersOf, killContainer } from './containers.ts';

export async function gatesOf(job: string): Promise<Gates> {
  const object = await bucketOf(runningStack()).get(gatesKey(job));
  return JSON.parse(object?.body ?? 'null') as Gates; // Sluice wrote it
}

/** Changes the gate of the newest start. */
export async function setGate(job: string, gate: Gates['starts'][number]['gate']): Promise<void> {
  const { starts, ...record } = await gatesOf(job);
  const changed = starts.map((start, at) => (at === starts.length - 1 ? { ...start, gate } : start));
  await bucketOf(runningStack()).put(gatesKey(job), JSON.stringify({ ...record, starts: changed }));
}

const taskManagersOf = async (id: string, withinMs?: number) => (await containersOf(id, withinMs)).taskManagers;

/** Waits until Flink has asked for a TaskManager that is none of these; meanwhile something must hold. */
export const anotherTaskManager = (
  id: string,
  known: readonly string[],
  holds: () => Promise<void> = () => Promise.resolve(),
): Promise<readonly string[]> =>
  until('another TaskManager', 240_000, async () => {
    await holds();
    const others = (await taskManagersOf(id, 0).catch(() => [])).filter((container) => !known.includes(container));
    return others.length > 0 ? others : null;
  });

/** Kills the TaskManagers, and waits for others. */
export async function loseTaskManagers(id: string): Promise<readonly string[]> {
  const lost = await taskManagersOf(id);
  for (const container of lost) killContainer(container);
  return anotherTaskManager(id, lost);
}

/** Waits until Flink has asked for two more TaskManagers, one after the other: the first of them has ended. */
export async function twoMoreTaskManagers(
  id: string,
  known: readonly string[],
  holds?: () => Promise<void>,
): Promise<void> {
  const first = await anotherTaskManager(id, known, holds);
  await anotherTaskManager(id, [...known, ...first], holds);
}
