/**
 * When a person's failover takes the place of the failover that runs.
 *
 * Seen to fail: one that ends what Sluice has nearly brought up elsewhere.
 */
import { expect, test } from 'vitest';
import { takesPlace } from '../../../src/domain/job/admission-by-kind.ts';
import type { Phase } from '../../../src/domain/lifecycle.ts';

const facts = (id: string, phase: Phase | null) => ({
  ...({ job: 'clicks', state: 'failed', stateReason: null, health: 'unknown', proven: true } as const),
  ...{ pendingStop: null, waitingRecords: 0, hasHotfix: false, hasDeployment: true, hasRecorded: true },
  holder: { id, kind: 'failover', actor: 'supervisor', since: '2026-01-05T12:00:00.000Z', phase } as const,
});

test.each<[string, string, Phase | null, boolean]>([
  ['of Sluice that has not begun', 'failover-e7-1', null, true],
  ['of Sluice that waits for the lease or its turn', 'failover-e7-1', 'fencing', true],
  ['of Sluice that starts the job elsewhere', 'failover-e7-1', 'starting', false],
  ['of another person', 'by-hand', 'fencing', false],
])('a failover in the place of one %s', (_whose, id, phase, takes) => {
  expect(takesPlace(facts(id, phase), 'failover')).toBe(takes);
});
