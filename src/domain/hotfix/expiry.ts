/** The expiry of a hotfix: when people are reminded, and whether Sluice reverts it. */
import { z } from 'zod';
import type { ActiveHotfix } from './hotfix.ts';
import { fingerprintOf } from '../identity/fingerprint.ts';
import type { Outcome } from '../lifecycle.ts';

export const HotfixReminder = z.strictObject({ operationId: z.string(), at: z.string() });
export type HotfixReminder = z.infer<typeof HotfixReminder>;

const REMIND_EVERY_MS = 86_400_000;

interface Remembered {
  readonly hotfixReminder: HotfixReminder | null;
  readonly knownOperations: readonly { readonly id: string; readonly outcome: Outcome }[];
}

/** The time of the next look at a hotfix, in ms since 1970: at its expiry, then once a day. */
export const nextLook = (hotfix: ActiveHotfix, reminder: HotfixReminder | null): number =>
  reminder?.operationId === hotfix.operationId
    ? Date.parse(reminder.at) + REMIND_EVERY_MS
    : Date.parse(hotfix.expiresAt);

/** Names the operation by which Sluice reverts a hotfix. The id is fixed, so that Sluice tries once whatever happens. */
export const expiryOperationId = ({ operationId }: ActiveHotfix): string => `expiry-${fingerprintOf(operationId)}`;

/** @returns the outcome of Sluice's one attempt to revert the hotfix; null before it. */
export const triedToRevert = ({ knownOperations }: Pick<Remembered, 'knownOperations'>, hotfix: ActiveHotfix) =>
  knownOperations.find(({ id }) => id === expiryOperationId(hotfix))?.outcome ?? null;

/** Words the reminder of an expired hotfix; null before its expiry. */
export function reminderOf(memory: Remembered, hotfix: ActiveHotfix): string | null {
  if (memory.hotfixReminder?.operationId !== hotfix.operationId) return null;
  const expired = `the hotfix of ${hotfix.actor} expired at ${hotfix.expiresAt}`;
  const tried = triedToRevert(memory, hotfix);
  if (tried !== null)
    return `${expired}; reverting it ended ${tried}, so that a person must: revert it, or hotfix again`;
  return hotfix.onExpiry === 'revert'
    ? `${expired}; it is reverted with the next start, or once the job is seen running and healthy`
    : `${expired} and still applies: revert it, or hotfix again to keep it`;
}
