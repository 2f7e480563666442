/** The expiry of a hotfix: Sluice reminds people once a day, or reverts the hotfix when the deployment file says so. */
import { log } from '@temporalio/workflow';
import { expiryOperationId, nextLook, reminderOf, triedToRevert } from '../../domain/hotfix/expiry.ts';
import type { JobMemory } from '../../domain/job/job-memory.ts';
import { reminded } from '../../domain/job/transitions.ts';
import { now } from '../desk/now.ts';
import type { Desk } from '../desk/desk.ts';
import { takeForSluice } from './front-desk.ts';

/** Milliseconds until the next look at the hotfix; null while there is none. */
export function untilNextLook({ current, hotfixReminder }: JobMemory): number | null {
  if (!current?.hotfix) return null;
  return Math.max(1, nextLook(current.hotfix, hotfixReminder) - Date.now());
}

/**
 * Restarts only a healthy job to drop its hotfix, and only once, because each failed restart is downtime. A stopped job
 * stays stopped, and an unhealthy job is left to people.
 */
export function heedExpiry(desk: Desk): void {
  const { memory } = desk;
  const hotfix = memory.current?.hotfix;
  if (!hotfix || Date.now() < nextLook(hotfix, memory.hotfixReminder)) return;
  reminded(memory, { operationId: hotfix.operationId, at: now() });
  const mayRevert = hotfix.onExpiry === 'revert' && memory.state === 'running' && memory.health === 'healthy';
  if (!mayRevert || triedToRevert(memory, hotfix) !== null) {
    log.warn(`${memory.job}: ${reminderOf(memory, hotfix) ?? ''}`);
    return;
  }
  takeForSluice(desk, {
    kind: 'revertHotfix',
    id: expiryOperationId(hotfix),
    reason: `the hotfix of ${hotfix.actor} expired at ${hotfix.expiresAt}, and hotfix.onExpiry of the deployment file is revert`,
  });
}
