/**
 * How long a revoked instance may still run. Seen to fail: without the margin; for an open gate; for an instance without a lease;
 * with an instance whose gate was never open that waits like the others.
 */
import { expect, test } from 'vitest';
import { noGates, withGate, withOpened, withRevoked } from '../../../src/domain/lock/gate.ts';
import { leaseOverAt, untilDead } from '../../../src/domain/lock/lease.ts';
import { timeLimits } from '../../../src/domain/time-limits.ts';

const AT = '2026-01-01T00:00:00.000Z';
const LEASE = 120_000;
const at = Date.parse(AT);
const start = { startKey: 'op1/1', epoch: 1, applicationId: 'application_1_0001' };
const open = withGate(noGates('clicks'), start, AT);
const revoked = withRevoked(open, start.startKey, AT);
const own = { startKey: start.startKey, gated: true, lease: LEASE };

test('a lease is over after its time and the margin', () => {
  expect(leaseOverAt(AT, LEASE)).toBe(at + LEASE + timeLimits.leaseMargin);
});

test('a revoked instance is dead once its lease is over, whoever asks when', () => {
  const whole = LEASE + timeLimits.leaseMargin;
  expect(untilDead(revoked, own, at)).toBe(whole);
  expect(untilDead(revoked, own, at + 50_000)).toBe(whole - 50_000);
  expect([untilDead(revoked, own, at + whole), untilDead(revoked, own, at + 10 * whole)]).toEqual([0, 0]);
});

test('a later start takes the gate away as well', () => {
  const next = withGate(open, { ...start, startKey: 'op2/1', epoch: 2 }, AT);
  expect(untilDead(next, own, at + 1)).toBe(LEASE + timeLimits.leaseMargin - 1);
});

test('nobody can say it of an open gate, of an unknown one, of an instance without a lease or without a gate', () => {
  expect(untilDead(open, own, at)).toBeNull();
  expect(untilDead(noGates('clicks'), own, at)).toBeNull();
  expect(untilDead(revoked, { ...own, lease: null }, at)).toBeNull();
  expect(untilDead(revoked, { ...own, gated: false }, at)).toBeNull();
});

test('a start whose gate was never open is dead at once, with or without a lease', () => {
  const held = withGate(noGates('clicks'), { ...start, applicationId: null }, AT);
  const neverOpen = withRevoked(held, start.startKey, AT);
  expect(untilDead(held, own, at)).toBeNull();
  expect([untilDead(neverOpen, own, at), untilDead(neverOpen, { ...own, lease: null }, at)]).toEqual([0, 0]);
  const opened = withRevoked(withOpened(held, start, AT), start.startKey, AT);
  expect(untilDead(opened, own, at)).toBe(LEASE + timeLimits.leaseMargin);
});
