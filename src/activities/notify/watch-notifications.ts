/** Notifies people of what happens to jobs, a turn at a time, and sends test messages. */
import { cancellationDetails, CancelledFailure } from '@temporalio/activity';
import type { Delivery } from '../../domain/notification/channel-state.ts';
import type { Dependencies } from '../dependencies/dependencies.ts';
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
    try {
      await working.turn();
    } catch (error) {
      // A requested cancel means that the workflow goes on elsewhere. A worker that shuts down cancels too; there the
      // next attempt goes on.
      if (!(error instanceof CancelledFailure) || cancellationDetails()?.cancelRequested !== true) throw error;
    }
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
