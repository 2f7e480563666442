/** Takes savepoints at a steady rate while people read. */
import { operationsAt, readers, summariesOf } from '../load.ts';
import { watchUsage } from '../usage.ts';
import type { Bench } from './phase.ts';

const PER_SECOND = 2;
const READ_EVERY_MS = 200;

export async function savepoints({ installation, landscape, operations, minutes, signal }: Bench) {
  const jobs = landscape.deployed;
  const usage = watchUsage(installation.processes);
  const read = readers(installation, READ_EVERY_MS);
  const load = await operationsAt(operations, {
    perSecond: PER_SECOND,
    seconds: minutes * 60,
    // From behind, because the streams' savepoints began at the front.
    jobAt: (turn) => jobs[jobs.length - 1 - (turn % jobs.length)]?.name ?? '',
    body: () => ({ kind: 'savepoint' }),
    signal,
  });
  const { done, ...rest } = load;
  return { perSecond: PER_SECOND, minutes, ...rest, pages: read(), ...summariesOf(done), usage: usage() };
}
