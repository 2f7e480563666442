/** How long a revoked instance may still run. Seen to fail: without the margin; for an instance without a lease, or a gate. */
import { expect, test } from 'vitest';
import { deadAfterRevoking } from '../../../src/domain/lock/lease.ts';
import { timeLimits } from '../../../src/domain/time-limits.ts';

test('an instance with a lease is dead once that and the margin have passed since its gate was revoked', () => {
  expect(deadAfterRevoking({ gated: true, lease: 120_000 })).toBe(120_000 + timeLimits.leaseMargin);
});

test('of an instance without a lease, or without a gate, nobody can say when it is dead', () => {
  expect(deadAfterRevoking({ gated: true, lease: null })).toBeNull();
  expect(deadAfterRevoking({ gated: false, lease: 120_000 })).toBeNull();
});
