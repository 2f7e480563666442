/** The watches with the patience of a test. */
import type { NotifierPace } from '../../src/activities/dependencies/notifier.ts';
import type { CampaignSettings } from '../../src/activities/dependencies/campaign-settings.ts';
import type { ReleaseWatchSettings } from '../../src/activities/dependencies/release-watch-settings.ts';
import type { WatchSettings } from '../../src/activities/dependencies/watch-settings.ts';

/** The watch of a cluster; no job is asked a second time what it believes. */
export const quickWatch: WatchSettings = {
  everyMs: 40,
  questionsPerSecond: 1_000,
  sameJobEveryMs: 40,
  checkpointsEveryMs: 40,
  questionDeadlineMs: 2_000,
  silentAfterMs: 400,
  goneAfterMs: 3_000,
  witnesses: [],
  sweepEveryMs: 600_000,
  signsEveryMs: 40,
  newsAtOnce: 40,
  signsKeptMs: 600_000,
  adoptedEveryMs: 200,
  tracesEveryMs: 200,
  visibilityLagMs: 0,
  echoMs: 0,
  turnAfterMs: 600_000,
  notRunningMs: 400,
  settledMs: 400,
};

/** The notifier. */
export const quickNotifier: NotifierPace = {
  lookEveryMs: 20,
  tickMs: 5,
  gatherMs: 20,
  inboxEveryMs: 40,
  markEveryMs: 200,
  goneAfterMs: 200,
  turnAfterMs: 600_000,
};

/** The watch of the releases. */
export const quickReleaseWatch: ReleaseWatchSettings = {
  everyMs: 40,
  askAgainMs: 80,
  askAgainAtMostMs: 400,
  turnAfterMs: 600_000,
};

/** Campaigns. A query waits for seconds on a busy machine, so that silence is judged slowly. */
export const quickCampaign: CampaignSettings = {
  lookEveryMs: 50,
  questionEveryMs: 500,
  lostAfterMs: 1_000,
  unknownAfterMs: 60_000,
};
