/** Notifies people of what happens to jobs, a turn at a time, and sends test messages. */
import type { Delivery } from '../../domain/notification/channel-state.ts';
import type { Dependencies } from '../dependencies/dependencies.ts';
import { untilToldToEnd } from '../watch-rounds.ts';
import { Notifier } from './notifier.ts';

interface TestInput {
  readonly channel: string;
  readonly id: string;
}

export const createWatchNotifications = (deps: Dependencies) => ({
  /** @returns `off` on a worker whose configuration has no channels; else `turn`, after an hour or when told to end. */
  async notify(): Promise<'turn' | 'off'> {
    const { notifier } = deps;
    if (notifier === null) return 'off';
    const working = await Notifier.begin(deps, notifier);
    await untilToldToEnd(() => working.turn());
    return 'turn';
  },

  /** Sends a test message from this worker, which is where the others are sent from. */
  async testChannel({ channel, id }: TestInput): Promise<Delivery> {
    const { notifier } = deps;
    const reason = `there is no channel ${channel} in the configuration of this worker`;
    if (notifier === null) return { kind: 'failed', reason, retryAfterMs: null, isFinal: false };
    return await notifier.channels.test(channel, id);
  },
});
