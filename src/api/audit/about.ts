/** Tells what a request is about beyond its path: the campaign that it begins, or the channel that it tests. */
import type { AuditEntry } from '../../domain/access/audit.ts';
import { CampaignRequest, selectorInWords } from '../../domain/campaign/request.ts';
import { CampaignId, campaignOperationIdOf, OperationId } from '../../domain/identity/ids.ts';
import { clip } from '../../domain/values/clip.ts';
import { isMap } from '../../domain/values/is-map.ts';
import type { AuditedSubject } from '../http/route.ts';

const MOST_SELECTOR = 300;

interface Asked {
  /** Absent for a route whose path says it all. */
  readonly about: AuditedSubject | undefined;
  /** The cluster that the path names. */
  readonly cluster: string | null;
  readonly body: unknown;
}

/** @param answer the body of the answer; it has the id that Sluice chose. */
export function aboutOf({ about, cluster, body }: Asked, answer: unknown): Partial<AuditEntry> {
  const asked = isMap(body) ? body : {};
  if (about === undefined) return {};
  if (about === 'channel') return { target: OperationId.safeParse(asked['channel']).data ?? null };
  const begun = isMap(answer) && isMap(answer['campaign']) ? answer['campaign']['id'] : undefined;
  const id = CampaignId.safeParse(begun ?? asked['id']).data ?? null;
  const operation = id === null ? {} : { operation: campaignOperationIdOf(id) };
  if (about === 'drain') return { ...operation, asked: cluster === null ? null : `move of cluster=${cluster}` };
  const campaign = CampaignRequest.safeParse(body).data;
  const words = campaign ? clip(`${campaign.kind} of ${selectorInWords(campaign.selector)}`, MOST_SELECTOR) : null;
  return { ...operation, target: id, asked: words };
}

/** Tells whether a request asks what would happen, and changes nothing. */
export const isDryRun = ({ about, body }: Pick<Asked, 'about' | 'body'>): boolean =>
  (about === 'campaign' || about === 'drain') && isMap(body) && body['dryRun'] === true;
