/** Words for the gate and the lease of an instance. */
import { expect, test } from 'vitest';
import { gateInWords, withoutLease } from '../../../src/domain/deployment/gate-words.ts';
import { deployment } from '../../support/deployment.ts';

test.each([
  ['none', { gated: false }, 'none, because it was adopted or started without one'],
  ['a gate', { gated: true }, 'its processes read it when they start, and keep no lease'],
  ['a lease', { gated: true, lease: 120_000 }, 'S3 does not answer for 2m (the lease)'],
])('an instance with %s says so', (_, more, words) => {
  expect(gateInWords({ ...deployment, ...more })).toContain(words);
});

test('an instance that has ended has neither', () => {
  const ended = { at: '2026-01-01T00:00:00.000Z', how: 'stopped', savepoint: null } as const;
  expect(gateInWords({ ...deployment, ended, gated: true, lease: 1 })).toBeNull();
});

test('only a file that asks for automatic failover misses a lease', () => {
  const asks = (mode: 'manual' | 'automatic') => ({ recovery: { failover: { mode } } });
  expect(withoutLease(asks('automatic'), null)).toContain('this installation gives jobs no lease');
  expect([withoutLease(asks('automatic'), 1), withoutLease(asks('manual'), null)]).toEqual([null, null]);
});
