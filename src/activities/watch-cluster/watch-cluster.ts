/** Watches a cluster: a heartbeating activity asks round after round, and tells jobs only what changes. */
import { Context } from '@temporalio/activity';
import { readNotes, writeNotes, type WrittenNotes } from '../../domain/watch/notes.ts';
import { clusterOf, type Dependencies } from '../dependencies/dependencies.ts';
import { watchRounds } from '../watch-rounds.ts';
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
    const before = readNotes(info.heartbeatDetails) ?? readNotes(carried);
    const watched = new WatchedCluster(deps, clusterOf(deps, cluster), before, info.taskToken);
    const notes = (): WrittenNotes => writeNotes(watched.notes());
    const stopListening = watched.listen();
    const settle = async (): Promise<void> => {
      await Promise.all([stopListening(), watched.swept()]);
    };
    await watchRounds({ ...deps.watch, round: () => watched.round(), notes, settle });
    return notes();
  },
});
