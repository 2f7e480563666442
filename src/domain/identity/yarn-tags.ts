/** Tags, types and names by which YARN applications are known as Sluice's, each builder beside its inverse. */

/** The tag of every application that holds a job. */
export const SLUICE_TAG = 'sluice';

const JOB_TAG = 'sluice-job-';
const START_TAG = 'sluice-start-';
const EPOCH_TAG = 'sluice-epoch-';
const LAUNCHER_TAG = 'sluice-launcher';
const LAUNCH_TAG = 'sluice-launch-';

/** YARN lower-cases tags, returns them in any order, and takes at most 10 tags of 100 ASCII characters. */
export const jobTagOf = (job: string): string => JOB_TAG + job;

/** Marks the application of one start: no other application carries this tag. */
export const startTagOf = (flinkJobId: string): string => START_TAG + flinkJobId;

/** All tags of the application of a start. */
export const tagsOf = (start: {
  readonly job: string;
  readonly flinkJobId: string;
  readonly epoch: number;
}): string[] => [SLUICE_TAG, jobTagOf(start.job), startTagOf(start.flinkJobId), EPOCH_TAG + String(start.epoch)];

/** The inverse of `tagsOf`; null for each part whose tag is absent. */
export function identityOfTags(tags: readonly string[]): {
  job: string | null;
  flinkJobId: string | null;
  epoch: number | null;
} {
  const after = (prefix: string) => tags.find((tag) => tag.startsWith(prefix))?.slice(prefix.length) ?? null;
  const epoch = after(EPOCH_TAG);
  return {
    job: after(JOB_TAG),
    flinkJobId: after(START_TAG),
    epoch: epoch !== null && /^\d+$/.test(epoch) ? Number(epoch) : null,
  };
}

/** The YARN type of launchers. A launcher submits an instance and is none itself, so its tags and name differ. */
export const LAUNCHER_TYPE = 'Sluice Launcher';

/** The YARN name of a job's launcher. A job's name has no spaces, so no job is called like a launcher. */
export const launcherNameOf = (job: string): string => `launch of ${job}`;

/** The tags of a start's launcher. */
export const launchTagsOf = ({ flinkJobId }: { readonly flinkJobId: string }): string[] => [
  LAUNCHER_TAG,
  LAUNCH_TAG + flinkJobId,
];

/** The inverse of `launchTagsOf`; null for the tags of anything but a launcher. */
export const launchOfTags = (tags: readonly string[]): string | null =>
  tags.find((tag) => tag.startsWith(LAUNCH_TAG))?.slice(LAUNCH_TAG.length) ?? null;

/** Whether an application only launches another one. YARN keeps 20 characters of a type at most. */
export const isLauncher = ({ type, tags }: { readonly type: string; readonly tags: readonly string[] }): boolean =>
  type === LAUNCHER_TYPE || tags.includes(LAUNCHER_TAG) || launchOfTags(tags) !== null;

const WARM_UP_TAG = 'sluice-warm-up-';

/** The tag of the applications of one warm-up: it holds no job, so that it has no other tag of Sluice. */
export const warmUpTagOf = (id: string): string => WARM_UP_TAG + id;

/** The YARN name of a warm-up. A job's name has no spaces, so no job is called like one. */
export const warmUpNameOf = (flinkVersion: string): string => `warm-up of Flink ${flinkVersion}`;

/** Tells whether an application only makes class archives, or checks them. */
export const isWarmUp = ({ tags }: { readonly tags: readonly string[] }): boolean =>
  tags.some((tag) => tag.startsWith(WARM_UP_TAG));
