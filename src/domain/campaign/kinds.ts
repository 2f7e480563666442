/** Kinds and states of campaigns, each with its sentence. The file imports types only, because the console reads it in a browser. */
import type { JobState, OperationKind } from '../lifecycle.ts';

interface KindEntry {
  /** The operation that the campaign asks each job for. */
  readonly operation: OperationKind;
  readonly meaning: string;
  /** A campaign starts nothing that does not run: it asks only jobs in these states. */
  readonly states: readonly JobState[];
}

export const campaignKinds = {
  restart: {
    operation: 'restart',
    meaning: 'Restarts each job from its newest state.',
    states: ['running'],
  },
  savepoint: { operation: 'savepoint', meaning: 'Takes a savepoint of each job.', states: ['running'] },
  upgrade: {
    operation: 'deploy',
    meaning: 'Deploys to each job the newest release of its project, or a named version.',
    states: ['running'],
  },
  move: {
    operation: 'failover',
    meaning: 'Moves each job to another cluster that its deployment file names.',
    states: ['running', 'unreachable'],
  },
} as const satisfies Record<string, KindEntry>;

export const campaignStates = {
  running: 'It asks the jobs, one after the other, as its limits allow.',
  paused: 'It asks no further job until somebody resumes it; operations that it has asked for go on.',
  stopping: 'It asks no further job, and waits for the operations that it has asked for.',
  stopped: 'Somebody stopped it before all jobs were done.',
  succeeded: 'The operation of each job succeeded.',
  failed: 'Some job was not done. Each has its reason.',
} as const;
export type CampaignState = keyof typeof campaignStates;

/** Tells whether a campaign does nothing more. */
export const isOver = (state: CampaignState): boolean =>
  state === 'stopped' || state === 'succeeded' || state === 'failed';

export const campaignJobStates = {
  waiting: 'Its turn has not come yet, or it is asked again at the time that is shown.',
  asking: 'The campaign asks the job for the operation, or finds out whether the job has taken it.',
  running: 'The job has accepted the operation, which goes on.',
  succeeded: 'The operation succeeded.',
  failed: 'The operation ended otherwise; its record says how.',
  skipped: 'The job did not take the operation, so nothing of it was touched.',
  notStarted: 'The campaign ended before the turn of the job.',
} as const;
export type CampaignJobState = keyof typeof campaignJobStates;

/** The acts in the history of a campaign. */
export const campaignActs = {
  started: 'started',
  paused: 'paused',
  resumed: 'resumed',
  stopped: 'stopped',
  passed: 'canaries succeeded',
  gaveUp: 'asks no further job',
  ended: 'ended',
} as const;
export type CampaignActName = keyof typeof campaignActs;

/** Limits of a campaign when nobody says otherwise: as careful as possible. */
export const campaignDefaults = { maxParallel: 1, canaries: 0, stopAfter: 1 } as const;

/** The most jobs of one campaign, and the most operations that it has under way. */
export const campaignLimits = { jobs: 2_000, parallel: 100 } as const;
