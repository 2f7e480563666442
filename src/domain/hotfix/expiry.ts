/** When a hotfix is over: who is told, and whether Sluice ends it. */
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

/** When it is to be looked at next, in milliseconds: at its expiry, then once a day. */
export const nextLook = (hotfix: ActiveHotfix, reminder: HotfixReminder | null): number =>
  reminder?.operationId === hotfix.operationId
    ? Date.parse(reminder.at) + REMIND_EVERY_MS
    : Date.parse(hotfix.expiresAt);

/** The operation by which Sluice reverts this hotfix: one id, so that it is tried once, whatever happens to the workflow. */
export const expiryOperationId = ({ operationId }: ActiveHotfix): string => `expiry-${fingerprintOf(operationId)}`;

/** @returns how the one try of Sluice to revert it ended; null when there was none. */
export const triedToRevert = ({ knownOperations }: Pick<Remembered, 'knownOperations'>, hotfix: ActiveHotfix) =>
  knownOperations.find(({ id }) => id === expiryOperationId(hotfix))?.outcome ?? null;

/** What is told of a hotfix that is over; null before. */
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
