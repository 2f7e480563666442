/** How applications of YARN say whose they are: each builder beside its inverse. */

/** The tag of every application that holds a job. */
export const SLUICE_TAG = 'sluice';

const JOB_TAG = 'sluice-job-';
const START_TAG = 'sluice-start-';
const EPOCH_TAG = 'sluice-epoch-';
const LAUNCHER_TAG = 'sluice-launcher';
const LAUNCH_TAG = 'sluice-launch-';

/** YARN lower-cases tags and joins them with commas in any order; at most 10 tags of 100 ASCII characters. */
export const jobTagOf = (job: string): string => JOB_TAG + job;

/** The tag that only the application of this start carries. */
export const startTagOf = (flinkJobId: string): string => START_TAG + flinkJobId;

export const tagsOf = (start: {
  readonly job: string;
  readonly flinkJobId: string;
  readonly epoch: number;
}): string[] => [SLUICE_TAG, jobTagOf(start.job), startTagOf(start.flinkJobId), EPOCH_TAG + String(start.epoch)];

/** The inverse of `tagsOf`; null where a tag is absent. */
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

/** YARN's type of the applications that only launch: neither they nor their tags and names are an instance's. */
export const LAUNCHER_TYPE = 'Sluice Launcher';

/** No job can be called like this. */
export const launcherNameOf = (job: string): string => `launch of ${job}`;

/** The tags of a start's launcher. */
export const launchTagsOf = ({ flinkJobId }: { readonly flinkJobId: string }): string[] => [
  LAUNCHER_TAG,
  LAUNCH_TAG + flinkJobId,
];

/** The Flink job id that a launcher's tags name; null where they name none. */
export const launchOfTags = (tags: readonly string[]): string | null =>
  tags.find((tag) => tag.startsWith(LAUNCH_TAG))?.slice(LAUNCH_TAG.length) ?? null;

/** Whether an application only launches another one. YARN keeps 20 characters of a type at most. */
export const isLauncher = ({ type, tags }: { readonly type: string; readonly tags: readonly string[] }): boolean =>
  type === LAUNCHER_TYPE || tags.includes(LAUNCHER_TAG) || launchOfTags(tags) !== null;
