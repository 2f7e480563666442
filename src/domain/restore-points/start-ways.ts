/**
 * The ways to say from which state a start goes on, in words, and how an instance that runs must be stopped for each. The file
 * imports only types, because the console reads it in a browser.
 */

interface StartWay {
  readonly title: string;
  readonly meaning: string;
  /** The meaning where the start replaces an instance that runs. */
  readonly replacing: string;
}

const PATHS = 'Savepoints and checkpoints that the job has left.';
const ANYWHERE = 'A savepoint or checkpoint anywhere, such as s3://bucket/savepoint-1.';
const FRESH = 'Without any state: what the job has counted and remembered is left behind.';

export const startWays = {
  latest: {
    title: 'Newest state (recommended)',
    meaning: 'The newest restore point that the job has left.',
    replacing: 'The instance that runs is stopped with a savepoint, and the new one goes on from it.',
  },
  'latest-checkpoint': {
    title: 'Newest checkpoint',
    meaning: 'Without looking for newer savepoints',
    replacing: 'The instance that runs is killed',
  },
  point: { title: 'A restore point of the list', meaning: PATHS, replacing: PATHS },
  path: { title: 'Another path', meaning: ANYWHERE, replacing: ANYWHERE },
  fresh: { title: 'Fresh', meaning: FRESH, replacing: FRESH },
} as const satisfies Record<string, StartWay>;

export type StartWayName = keyof typeof startWays;

/** A job that never ran has nothing to go on from. */
export const FIRST_START = { title: 'Without state', meaning: 'The job has never run, so there is none.' };

/**
 * How an instance that runs must be stopped, so that stopping gives the state that was chosen: it makes checkpoints until it is
 * killed. Undefined leaves it to the deployment file.
 */
export const stopFor = (way: StartWayName, isRunning: boolean): 'checkpoint' | undefined =>
  way === 'latest-checkpoint' && isRunning ? 'checkpoint' : undefined;
