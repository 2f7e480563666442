/** Watches the releases: a heartbeating activity looks round after round, and deploys the releases that ask for it. */
import { Context } from '@temporalio/activity';
import { ReleaseCatalogue } from '../../releases/catalogue.ts';
import { readReleaseNotes, type WrittenReleaseNotes } from '../../domain/auto-deploy/watch-notes.ts';
import type { Dependencies } from '../dependencies/dependencies.ts';
import { watchRounds } from '../watch-rounds.ts';
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
      const before = readReleaseNotes(Context.current().info.heartbeatDetails) ?? readReleaseNotes(carried);
      const watched = new WatchedReleases(deps, catalogue, before);
      const notes = (): WrittenReleaseNotes | null => watched.notes();
      await watchRounds({ ...deps.releaseWatch, round: () => watched.round(), notes });
      return notes();
    },
  };
}
