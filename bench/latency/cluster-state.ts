/** Empties the cluster between two runs. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApplicationFilter, YarnClient } from '../../src/clients/yarn/yarn.ts';
import { LIVE_STATES } from '../../src/clients/yarn/replies.ts';

const EMPTY_WITHIN_MS = 120_000;
/** Pauses so that ending processes and cache flushes do not disturb the next run. */
const SETTLE_MS = 1_500;

/** Kills the applications that match a filter, and waits until YARN counts none of them as alive. */
export async function endApplications(yarn: YarnClient, filter: ApplicationFilter): Promise<void> {
  const until = Date.now() + EMPTY_WITHIN_MS;
  for (;;) {
    const alive = await yarn.applications({ ...filter, states: [...LIVE_STATES] });
    if (alive.length === 0) return;
    for (const { id } of alive) await yarn.kill(id);
    if (Date.now() > until) throw new Error(`${alive.map(({ id }) => id).join(', ')} cannot be killed`);
    await sleep(300);
  }
}

/** Waits until no application lives and all memory of the cluster is free. */
export async function waitUntilEmpty(yarn: YarnClient): Promise<void> {
  const until = Date.now() + EMPTY_WITHIN_MS;
  for (;;) {
    const [alive, { totalMb, availableMb }] = await Promise.all([
      yarn.applications({ states: [...LIVE_STATES] }),
      yarn.metrics(),
    ]);
    if (alive.length === 0 && totalMb > 0 && availableMb === totalMb) break;
    if (Date.now() > until) {
      const names = alive.map(({ id, name }) => `${id} (${name})`).join(', ');
      throw new Error(
        `The cluster does not get empty: ${names === '' ? `${availableMb} of ${totalMb} MiB are free` : names}`,
      );
    }
    await sleep(300);
  }
  await sleep(SETTLE_MS);
}
