/**
 * Words about an operation, as the CLI and the console say them. The file imports only types, because the console reads it in a
 * browser.
 */
import type { BackTo } from './back-to.ts';
import type { OperationRecord } from './operation.ts';

/** The actor, with the name that the request claimed where that is another one: `ci-clicks (says ann)`. */
export const whoAsked = ({ actor, claimed }: Pick<OperationRecord, 'actor' | 'claimed'>): string => {
  const name = claimed?.actor ?? actor;
  return name === actor ? actor : `${actor} (says ${name})`;
};

/** The door by which a request came; of one that came by the API, the tool that asked, by its own word. */
export const doorOf = ({ via, claimed }: Pick<OperationRecord, 'via' | 'claimed'>): string =>
  via === 'api' ? (claimed?.via ?? via) : via;

/** The release that was started or acted on; an operation that was refused has the one that was asked for. */
export function releaseOf({ release, request }: Pick<OperationRecord, 'release' | 'request'>): string | null {
  const asked = request['release'];
  return release ?? (typeof asked === 'string' ? asked : null);
}

/** Says who cut an operation short, or asked to; null when nobody did. */
export function interruptedBy({ outcome, interruption }: OperationRecord): string | null {
  if (interruption === null) return null;
  const { how, actor, by, reason } = interruption;
  const who = by === null ? actor : `${by} of ${actor}`;
  const why = reason === null ? '' : ` (${reason})`;
  if (outcome === null) return `is being ${how} by ${who}${why}`;
  if (outcome === how) return `${how} by ${who}${why}`;
  return `${who} asked to ${how === 'cancelled' ? 'cancel' : 'supersede'} it${why}, but it had already ended`;
}

/** Says that the operation changes what runs without another start; null for all others. */
export const howInWords = ({ how, outcome }: Pick<OperationRecord, 'how' | 'outcome'>): string | null =>
  how !== 'rescaled' ? null : outcome === 'succeeded' ? 'rescaled in place' : 'to be rescaled in place';

/** Names the target: `deployment 3, clicks/1.0.0 without a hotfix`. */
export const backInWords = ({ deployment, release, hotfix, leftOut }: BackTo): string => {
  const reverted = leftOut === null ? '' : `; ${leftOut} stays reverted`;
  return `deployment ${deployment}, ${release} ${hotfix === null ? 'without a hotfix' : `with ${hotfix}`}${reverted}`;
};
