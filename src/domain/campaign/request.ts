/** The request for a campaign: what is to be done, to which jobs, and within which limits. */
import { z } from 'zod';
import { fingerprintOf } from '../identity/fingerprint.ts';
import { CampaignId } from '../identity/ids.ts';
import { JobName } from '../identity/job-name.ts';
import { lowerCaseName, text, wholeNumber } from '../input/field-schemas.ts';
import { hasLabel } from '../job/list/labels.ts';
import { StopWith } from '../operation/operation.ts';
import { VersionName } from '../release/release.ts';
import { keysOf } from '../values/keys-of.ts';
import { matches } from '../values/name-pattern.ts';
import { campaignDefaults, campaignKinds, campaignLimits } from './kinds.ts';

const MOST_NAMES = 500;

/** A list of words; a single word is a list of one. */
const several = <T extends z.ZodType<string>>(word: T) =>
  z
    .union([z.array(word).min(1).max(MOST_NAMES), word])
    .transform((given): readonly string[] => [given].flat())
    .optional();

const Word = text(200);
const JobPattern = z
  .string()
  .regex(/^[-a-z0-9*]{1,63}$/, 'must be a job name in which * stands for any characters, such as clicks-*');
const Label = z
  .string()
  .max(200)
  .regex(/^[^=\s]+(=.*)?$/, 'must be key=value, or a key');

/** Jobs fit that fit each of the fields that are given. */
export const Selector = z
  .strictObject({
    jobs: several(JobPattern).describe('Only jobs of these names; * stands for any characters'),
    label: several(Label).describe('Only jobs with all of these labels, as key=value, or a key alone'),
    environment: several(Word).describe('Only jobs of these environments'),
    cluster: several(Word).describe('Only jobs on these clusters'),
    owner: several(Word).describe('Only jobs of these teams'),
    project: several(Word).describe('Only jobs of these projects'),
  })
  .refine(
    (fields) => Object.values(fields).some((value) => value !== undefined),
    'must choose jobs; {"jobs": "*"} are all',
  );
export type Selector = z.output<typeof Selector>;

/** A job as a selector looks at it. */
export interface Selectable {
  readonly name: string;
  readonly environment: string | null;
  readonly cluster: string | null;
  readonly owner: string | null;
  readonly project: string | null;
  readonly labels: Readonly<Record<string, string>>;
}

/** Tells whether a job fits. */
export function selects({ jobs, label, environment, cluster, owner, project }: Selector, job: Selectable): boolean {
  const isIn = (wanted: readonly string[] | undefined, value: string | null): boolean =>
    wanted === undefined || (value !== null && wanted.includes(value));
  return (
    (jobs === undefined || jobs.some((pattern) => matches(pattern, job.name))) &&
    (label ?? []).every((wanted) => hasLabel(job.labels, wanted)) &&
    isIn(environment, job.environment) &&
    isIn(cluster, job.cluster) &&
    isIn(owner, job.owner) &&
    isIn(project, job.project)
  );
}

/** The selector in words, such as `cluster=yarn-a label=tier=1`. */
export const selectorInWords = (selector: Selector): string =>
  Object.entries(selector)
    .flatMap(([name, values]) => (values === undefined ? [] : [`${name}=${values.join(',')}`]))
    .join(' ');

const ofKind = (kinds: readonly string[]): string => `is for ${kinds.join(' and ')} only`;

const To = lowerCaseName('the name of a cluster')
  .optional()
  .describe('Cluster of a move; default the first of each file that takes starts');

/** The fields that bound a campaign. */
const limits = {
  id: CampaignId.optional().describe('Asking twice with one id is one campaign'),
  maxParallel: wholeNumber(1, campaignLimits.parallel)
    .default(campaignDefaults.maxParallel)
    .describe('The most jobs that are under way at a time'),
  canaries: z
    .union([wholeNumber(0, campaignLimits.jobs), z.array(JobName).min(1).max(campaignLimits.parallel)])
    .default(campaignDefaults.canaries)
    .describe('How many jobs, or which ones, must succeed before any other is asked'),
  stopAfter: wholeNumber(1, campaignLimits.jobs)
    .default(campaignDefaults.stopAfter)
    .describe('After so many failures no further job is asked'),
  dryRun: z.boolean().default(false).describe('Answers the plan, and begins nothing'),
};

const Reason = text(250);

export const CampaignRequest = z
  .strictObject({
    ...limits,
    kind: z.enum(keysOf(campaignKinds)),
    selector: Selector,
    release: VersionName.optional().describe('Version that an upgrade deploys; default the newest of each project'),
    to: To,
    stopWith: StopWith.optional(),
    reason: Reason.optional(),
  })
  .superRefine(({ kind, release, to, stopWith }, context) => {
    const misplaced = [
      ['release', release, ['upgrade']],
      ['to', to, ['move']],
      ['stopWith', stopWith, ['restart', 'upgrade']],
    ] as const;
    for (const [field, value, kinds] of misplaced)
      if (value !== undefined && !(kinds as readonly string[]).includes(kind))
        context.addIssue({ code: 'custom', path: [field], message: ofKind(kinds) });
  });
export type CampaignRequest = z.output<typeof CampaignRequest>;

/** Fingerprint of a request, equal for two requests that ask for the same. */
export const fingerprintOfCampaign = ({
  id: _id,
  reason: _reason,
  dryRun: _dryRun,
  ...asked
}: CampaignRequest): string => fingerprintOf(asked);

/** The request for a drain: a cordon, and a move of the jobs on the cluster. */
export const DrainRequest = z.strictObject({
  ...limits,
  to: To,
  reason: Reason.describe('Why, for people whose starts are refused'),
});
export type DrainRequest = z.output<typeof DrainRequest>;

/** The campaign of a drain. */
export const campaignOfDrain = (cluster: string, drain: DrainRequest): CampaignRequest => ({
  ...drain,
  kind: 'move',
  selector: { cluster: [cluster] },
});
