/**
 * The ownership check: a release starts a job only while the fence of the job names the release's project, owner team
 * and environment. The first start binds the job, in the conditional PUT that takes its epoch.
 */
import { SluiceError } from '../errors/errors.ts';
import { differencesOf } from '../identity/ownership-words.ts';
import { ownershipOf, type Ownership } from '../identity/ownership.ts';
import type { Fence } from './fence.ts';

type Declares = Parameters<typeof ownershipOf>[0];

/**
 * Finds to whom the job belongs. A job that was started before fences named an ownership belongs to the project, team
 * and environment of its last deployment.
 */
export const boundOf = ({ ownership }: Pick<Fence, 'ownership'>, last: Declares | null): Ownership | null =>
  ownership ?? (last && ownershipOf(last));

/** @throws SluiceError `NotOwner` that names every difference. */
export function refuseForeign(job: string, bound: Ownership | null, claimed: Ownership): void {
  const differences = bound === null ? [] : differencesOf(bound, claimed);
  if (differences.length === 0) return;
  const each = differences.map(({ what, before, after }) => `${what} ${before}, not to ${after}`);
  throw new SluiceError('NotOwner', `${job} belongs to ${each.join('; to ')}`);
}

/**
 * Binds the job to the ownership under which it is started.
 * @throws SluiceError `NotOwner` when the fence names another ownership.
 */
export function withOwnership(fence: Fence, ownership: Ownership): Fence {
  refuseForeign(fence.job, fence.ownership, ownership);
  return fence.ownership === null ? { ...fence, ownership } : fence;
}

/** The new owner of a job; a field that is absent stays as it is. */
export type Recipient = { readonly [Field in keyof Ownership]?: Ownership[Field] | undefined };

/**
 * Derives the ownership after a transfer.
 * @throws SluiceError `CommandNotAllowed` when the job belongs to nobody yet.
 */
export function handedOver(job: string, bound: Ownership | null, to: Recipient): Ownership {
  if (bound === null)
    throw new SluiceError('CommandNotAllowed', `${job} belongs to nobody yet: its first deploy decides that`);
  return {
    project: to.project ?? bound.project,
    team: to.team ?? bound.team,
    environment: to.environment ?? bound.environment,
  };
}
