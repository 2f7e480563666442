/** The heartbeating wait: look, heartbeat, sleep, until there is an answer or the phase's deadline has passed. */
import { Context, heartbeat, sleep } from '@temporalio/activity';
import { isCode, type ErrorCode } from '../domain/errors/errors.ts';

interface Poll {
  /** Milliseconds from the scheduling of the activity, over all its attempts. */
  readonly deadlineMs: number;
  readonly everyMs?: number;
}

/** Answer of a look. `seen` appears in Temporal's Web UI, and in the error when the deadline passes. */
export type Look<T> = { readonly found: T } | { readonly seen: string };

export type Waited<T> =
  | { readonly found: T }
  | {
      readonly timedOut: string;
      /** Code of the system that was silent at the last look. */
      readonly silent?: ErrorCode | undefined;
    };

const DEFAULT_INTERVAL_MS = 150;

/**
 * Looks until there is an answer. Unreachable is not dead, so silence of a system only leads to another look.
 * @throws whatever `look` throws beyond silence; CancelledFailure when the worker stops or the attempt was given up.
 */
export async function poll<T>(
  { deadlineMs, everyMs = DEFAULT_INTERVAL_MS }: Poll,
  look: () => Promise<Look<T>>,
): Promise<Waited<T>> {
  const { scheduledTimestampMs, currentAttemptScheduledTimestampMs } = Context.current().info;
  // The server's clock counts earlier attempts and the worker's counts this one, so that the two are never compared.
  const endsAt = performance.now() + deadlineMs - (currentAttemptScheduledTimestampMs - scheduledTimestampMs);
  for (;;) {
    const result = await look().catch(silence);
    if ('found' in result) return result;
    heartbeat({ seen: result.seen });
    if (performance.now() >= endsAt)
      return { timedOut: result.seen, silent: 'silent' in result ? result.silent : undefined };
    await sleep(everyMs);
  }
}

function silence(error: unknown): { seen: string; silent: ErrorCode } {
  if (isCode(error, 'ClusterUnreachable', 'FlinkUnreachable', 'StorageUnavailable'))
    return { seen: error.message, silent: error.code };
  throw error;
}
