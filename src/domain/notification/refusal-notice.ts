/** The refusal of an automatic deploy, as the watch of the releases leaves it to the notifier. */
import { z } from 'zod';
import { clip } from '../values/clip.ts';
import { entryOf } from './events.ts';
import { noticeLimits, type Notice } from './notice.ts';

export const Refusal = z.strictObject({
  version: z.literal(1),
  job: z.string(),
  release: z.string(),
  /** The environment of the deployment file in the release; null where the release does not name it. */
  environment: z.string().nullable().default(null),
  /** When the release appeared in the catalogue, ISO 8601. */
  publishedAt: z.string(),
  at: z.string(),
  detail: z.string(),
});
export type Refusal = z.infer<typeof Refusal>;

/** The release names the event, because it is refused once. */
export const refusalIdOf = ({ job, release }: Pick<Refusal, 'job' | 'release'>): string =>
  `${job}/${release}/autoDeployRefused`;

type About = Pick<Notice, 'environment' | 'team' | 'cluster' | 'runbook'>;

export const refusalNotice = (refusal: Refusal, about: About): Notice => ({
  id: refusalIdOf(refusal),
  kind: 'autoDeployRefused',
  status: 'happened',
  problem: null,
  severity: entryOf('autoDeployRefused').severity,
  at: refusal.at,
  job: refusal.job,
  environment: about.environment,
  team: about.team,
  cluster: about.cluster,
  release: refusal.release,
  operation: null,
  title: clip(`${refusal.release} does not deploy itself to ${refusal.job}`, noticeLimits.title),
  text: clip(refusal.detail, noticeLimits.text),
  runbook: about.runbook,
});
