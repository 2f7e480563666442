/** The end of a hotfix. Seen to fail: a reminder without end; an id that changes with who asked. */
import { describe, expect, it } from 'vitest';
import { expiryOperationId, nextLook, reminderOf } from '../../../src/domain/hotfix/expiry.ts';
import type { ActiveHotfix } from '../../../src/domain/hotfix/hotfix.ts';

const LATER = '2026-04-01T12:00:00.000Z';
const DAY = 86_400_000;
const active: ActiveHotfix = {
  set: { 'flink.config.a': '1' },
  unset: [],
  declared: { 'flink.config.a': null },
  actor: 'team-ads',
  reason: 'out of memory',
  at: '2026-03-01T12:00:00.000Z',
  operationId: 'fix',
  expiresAt: '2026-03-08T12:00:00.000Z',
  onExpiry: 'remind',
};

describe('the end of a hotfix', () => {
  const reminder = { operationId: 'fix', at: LATER };

  it('is looked at when it expires, then once a day', () => {
    expect(nextLook(active, null)).toBe(Date.parse(active.expiresAt));
    expect(nextLook(active, reminder)).toBe(Date.parse(LATER) + DAY);
    expect(nextLook(active, { ...reminder, operationId: 'older' })).toBe(Date.parse(active.expiresAt));
  });

  it('is told once it was looked at, with what Sluice has tried', () => {
    const memory = { hotfixReminder: reminder, knownOperations: [] };
    expect(reminderOf({ ...memory, hotfixReminder: null }, active)).toBeNull();
    expect(reminderOf(memory, active)).toContain('still applies');
    expect(reminderOf(memory, { ...active, onExpiry: 'revert' })).toContain('is reverted with the next start');
    const knownOperations = [{ id: expiryOperationId(active), outcome: 'rolledBack' as const }];
    expect(reminderOf({ ...memory, knownOperations }, active)).toContain('ended rolledBack');
  });

  it('has one id for each hotfix', () => {
    expect(expiryOperationId(active)).toBe(expiryOperationId({ ...active, actor: 'x' }));
    expect(expiryOperationId({ ...active, operationId: 'y' })).not.toBe(expiryOperationId(active));
  });
});
