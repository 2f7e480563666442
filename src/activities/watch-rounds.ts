/** Watches: activities that go on for an hour, end with what they know, and begin again. */
import { cancellationDetails, CancelledFailure, heartbeat, sleep } from '@temporalio/activity';
import { timeLimits } from '../domain/time-limits.ts';

interface Rounds {
  readonly everyMs: number;
  /** The activity ends after so many milliseconds. */
  readonly turnAfterMs: number;
  readonly round: () => Promise<void>;
  /** The details of its heartbeats: an attempt that follows goes on with them. */
  readonly notes: () => unknown;
  /** Waits for whatever the rounds have begun beside themselves: nothing acts or asks once the activity has ended. */
  readonly settle?: () => Promise<void>;
}

/** Looks round after round until its time is over, or until the workflow goes on elsewhere. */
export async function watchRounds({ everyMs, turnAfterMs, round, notes, settle }: Rounds): Promise<void> {
  const endsAt = Date.now() + turnAfterMs;
  // Heartbeats keep the notes fresh while a round takes long; the SDK sends far fewer of them.
  const beating = setInterval(() => heartbeat(notes()), timeLimits.heartbeatEvery);
  try {
    await untilToldToEnd(async () => {
      while (Date.now() < endsAt) {
        const nextAt = Date.now() + everyMs;
        await round();
        heartbeat(notes());
        await sleep(Math.max(0, nextAt - Date.now()));
      }
    });
  } finally {
    await settle?.();
    clearInterval(beating);
  }
}

/**
 * Works until the work ends, or until its workflow asks for the end because it goes on elsewhere. A worker that shuts down
 * cancels too; that is thrown, and the next attempt goes on.
 */
export async function untilToldToEnd(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof CancelledFailure) || cancellationDetails()?.cancelRequested !== true) throw error;
  }
}
