/** Tells what a request is about beyond its path: the campaign that it begins, or the channel that it tests. */
import type { AuditEntry } from '../../domain/access/audit.ts';
import { CampaignRequest, selectorInWords } from '../../domain/campaign/request.ts';
import { CampaignId, campaignOperationIdOf, OperationId } from '../../domain/identity/ids.ts';
import { clip } from '../../domain/values/clip.ts';
import { isMap } from '../../domain/values/is-map.ts';

const CAMPAIGNS = '/campaigns';
const DRAIN = '/clusters/{cluster}/drain';
const CHANNEL_TEST = '/notifications/test';
const MOST_SELECTOR = 300;

interface Asked {
  /** The path of the route, with names in braces. */
  readonly path: string;
  /** The cluster that the path names. */
  readonly cluster: string | null;
  readonly body: unknown;
}

/** @param answer the body of the answer; it has the id that Sluice chose. */
export function aboutOf({ path, cluster, body }: Asked, answer: unknown): Partial<AuditEntry> {
  const asked = isMap(body) ? body : {};
  if (path === CHANNEL_TEST) return { target: OperationId.safeParse(asked['channel']).data ?? null };
  if (path !== CAMPAIGNS && path !== DRAIN) return {};
  const begun = isMap(answer) && isMap(answer['campaign']) ? answer['campaign']['id'] : undefined;
  const id = CampaignId.safeParse(begun ?? asked['id']).data ?? null;
  const operation = id === null ? {} : { operation: campaignOperationIdOf(id) };
  if (path === DRAIN) return { ...operation, asked: cluster === null ? null : `move of cluster=${cluster}` };
  const campaign = CampaignRequest.safeParse(body).data;
  const words = campaign ? clip(`${campaign.kind} of ${selectorInWords(campaign.selector)}`, MOST_SELECTOR) : null;
  return { ...operation, target: id, asked: words };
}

/** Tells whether a request asks what would happen, and changes nothing. */
export const isDryRun = ({ path, body }: Pick<Asked, 'path' | 'body'>): boolean =>
  (path === CAMPAIGNS || path === DRAIN) && isMap(body) && body['dryRun'] === true;
