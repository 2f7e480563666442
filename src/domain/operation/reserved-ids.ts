/** Ids of operations and records that Sluice makes by itself, which no other asker may choose. */
import { autoDeployIdOf, isAutoDeployId, isCampaignOperationId, isOwnActId } from '../identity/ids.ts';
import { isPeriodicOperation } from '../identity/workflow-ids.ts';
import { RETENTION, SETTLED } from '../lifecycle.ts';
import { parseReleaseName } from '../release/release.ts';
import type { Door } from './doors.ts';

/** Ids of the records of what Sluice does between operations (`settled.ts`, `retired.ts`). */
const OWN_ID = new RegExp(`^(${SETTLED}-\\d+|${RETENTION}-[0-9a-f]{32})$`);

/**
 * Tells whether an id belongs to Sluice. Any operation that takes the id of a release or a campaign keeps the real one from
 * happening, because the same id is the same operation. So the kind of the operation does not matter.
 * @param door the door that asks. A door of Sluice itself is not asked here; a campaign may use ids of campaigns only.
 */
export const isReservedId = (id: string, door: Door | null): boolean =>
  isOfSluice(id) ||
  isAutoDeployId(id, (text) => parseReleaseName(text) !== null) ||
  (isCampaignOperationId(id) && door !== 'campaign');

/**
 * Tells whether Sluice reserved an id already when it took those of releases for any other operation.
 * @param release the release that a deploy asks for.
 */
export const wasReservedBefore = (id: string, release: unknown): boolean =>
  isOfSluice(id) || (typeof release === 'string' && id === autoDeployIdOf(release));

const isOfSluice = (id: string): boolean => isPeriodicOperation(id) || OWN_ID.test(id) || isOwnActId(id);
