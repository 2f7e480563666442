/** A hotfix that is over: somebody is reminded once a day, and where the deployment file says so it is reverted. */
import { log } from '@temporalio/workflow';
import { expiryOperationId, nextLook, reminderOf, triedToRevert } from '../../domain/hotfix/expiry.ts';
import type { JobMemory } from '../../domain/job/job-memory.ts';
import { reminded } from '../../domain/job/transitions.ts';
import { now } from '../desk/now.ts';
import type { Desk } from '../desk/desk.ts';
import { takeForSluice } from './front-desk.ts';

/** Milliseconds until the hotfix is to be looked at; null while there is none. */
export function untilNextLook({ current, hotfixReminder }: JobMemory): number | null {
  if (!current?.hotfix) return null;
  return Math.max(1, nextLook(current.hotfix, hotfixReminder) - Date.now());
}

/**
 * What is stopped stays stopped and what is ill is left to people: only a healthy job is started anew, and only once, since
 * each try that fails costs the job its running.
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
    actor: 'sluice',
    reason: `the hotfix of ${hotfix.actor} expired at ${hotfix.expiresAt}, and hotfix.onExpiry of the deployment file is revert`,
  });
}
