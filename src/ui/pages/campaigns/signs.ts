/** The states of campaigns and of their jobs at a glance. */
import type { CampaignJobState, CampaignState } from '../../../domain/campaign/kinds.ts';
import type { Sign } from '../../parts/data/tones.ts';

export const campaignSigns: Readonly<Record<CampaignState, Sign>> = {
  running: { tone: 'busy', symbol: 'turning' },
  paused: { tone: 'warn', symbol: 'stop' },
  stopping: { tone: 'warn', symbol: 'turning' },
  stopped: { tone: 'calm', symbol: 'stop' },
  succeeded: { tone: 'good', symbol: 'check' },
  failed: { tone: 'bad', symbol: 'cross' },
};

interface JobSign extends Sign {
  readonly word: string;
}

export const jobSigns: Readonly<Record<CampaignJobState, JobSign>> = {
  waiting: { tone: 'calm', symbol: 'dashed', word: 'waiting' },
  asking: { tone: 'busy', symbol: 'turning', word: 'is asked' },
  running: { tone: 'busy', symbol: 'turning', word: 'under way' },
  succeeded: { tone: 'good', symbol: 'check', word: 'succeeded' },
  failed: { tone: 'bad', symbol: 'cross', word: 'failed' },
  skipped: { tone: 'warn', symbol: 'slash', word: 'skipped' },
  notStarted: { tone: 'calm', symbol: 'dashed', word: 'not asked' },
};
