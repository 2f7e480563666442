/** Watches the releases: a heartbeating activity looks round after round, and deploys the releases that ask for it. */
import { cancellationDetails, CancelledFailure, Context, heartbeat, sleep } from '@temporalio/activity';
import { ReleaseCatalogue } from '../../releases/catalogue.ts';
import { readReleaseNotes, type WrittenReleaseNotes } from '../../domain/auto-deploy/watch-notes.ts';
import { timeLimits } from '../../domain/time-limits.ts';
import type { Dependencies } from '../dependencies/dependencies.ts';
import { WatchedReleases } from './watched-releases.ts';

interface WatchInput {
  readonly bucket: string;
  /** Notes of the run before. */
  readonly carried?: unknown;
}

export function createWatchReleases(deps: Dependencies) {
  // The catalogue outlives the activity, because releases never change: each is read once.
  const catalogue = new ReleaseCatalogue(deps.s3);
  return {
    /** Ends after an hour, or when told to, with its notes. */
    async watchReleases({ carried }: WatchInput): Promise<WrittenReleaseNotes | null> {
      const { everyMs, turnAfterMs } = deps.releaseWatch;
      const notes = readReleaseNotes(Context.current().info.heartbeatDetails) ?? readReleaseNotes(carried);
      const watched = new WatchedReleases(deps, catalogue, notes);
      const endsAt = Date.now() + turnAfterMs;
      // Heartbeats keep the notes fresh while a round takes long; the SDK sends far fewer of them.
      const beating = setInterval(() => heartbeat(watched.notes()), timeLimits.heartbeatEvery);
      try {
        while (Date.now() < endsAt) {
          const nextAt = Date.now() + everyMs;
          await watched.round();
          heartbeat(watched.notes());
          await sleep(Math.max(0, nextAt - Date.now()));
        }
        return watched.notes();
      } catch (error) {
        // A requested cancel means that the workflow goes on elsewhere, with these notes. A worker that shuts down
        // cancels too; there the next attempt goes on.
        if (!(error instanceof CancelledFailure) || cancellationDetails()?.cancelRequested !== true) throw error;
        return watched.notes();
      } finally {
        clearInterval(beating);
      }
    },
  };
}
