/** Watches a cluster: a heartbeating activity asks round after round, and tells jobs only what changes. */
import { cancellationDetails, CancelledFailure, Context, heartbeat, sleep } from '@temporalio/activity';
import { readNotes, writeNotes, type WrittenNotes } from '../../domain/watch/notes.ts';
import { timeLimits } from '../../domain/time-limits.ts';
import { clusterOf, type Dependencies } from '../dependencies/dependencies.ts';
import { WatchedCluster } from './watched-cluster.ts';

interface WatchInput {
  readonly cluster: string;
  /** Notes of the run before. */
  readonly carried?: unknown;
}

export const createWatchCluster = (deps: Dependencies) => ({
  /**
   * Ends after an hour, or when told to, with its notes. The sweep of the next watcher finds what happens between the
   * two.
   */
  async watchCluster({ cluster, carried }: WatchInput): Promise<WrittenNotes> {
    const { info } = Context.current();
    const notes = readNotes(info.heartbeatDetails) ?? readNotes(carried);
    const watched = new WatchedCluster(deps, clusterOf(deps, cluster), notes, info.taskToken);
    const stopListening = watched.listen();
    const endsAt = Date.now() + deps.watch.turnAfterMs;
    // Heartbeats keep the notes fresh while a round takes long; the SDK sends far fewer of them.
    const beating = setInterval(() => heartbeat(writeNotes(watched.notes())), timeLimits.heartbeatEvery);
    try {
      while (Date.now() < endsAt) {
        const nextAt = Date.now() + deps.watch.everyMs;
        await watched.round();
        heartbeat(writeNotes(watched.notes()));
        await sleep(Math.max(0, nextAt - Date.now()));
      }
      await stopListening();
      return writeNotes(watched.notes());
    } catch (error) {
      // A requested cancel means that the workflow goes on elsewhere, with these notes. A worker that shuts down cancels
      // too; there the next attempt goes on.
      if (!(error instanceof CancelledFailure) || cancellationDetails()?.cancelRequested !== true) throw error;
      await stopListening();
      return writeNotes(watched.notes());
    } finally {
      void stopListening();
      clearInterval(beating);
    }
  },
});
