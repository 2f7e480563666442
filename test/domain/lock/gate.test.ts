/**
 * Gates of starts. Seen to fail: with the check of later epochs taken out; with the others left as they were; with a revoked
 * gate opened again.
 */
import { describe, expect, test } from 'vitest';
import {
  gateOf,
  neverOpened,
  noGates,
  replacerOf,
  withGate,
  withPromoted,
  withStandby,
  withOpened,
  withRevoked,
  type Gates,
} from '../../../src/domain/lock/gate.ts';

const AT = '2026-01-01T00:00:00.000Z';
const LATER = '2026-01-01T00:01:00.000Z';
const start = (epoch: number, applicationId: string | null = `application_1_${epoch}`) => ({
  startKey: `op${epoch}/1`,
  epoch,
  applicationId,
});
const states = ({ starts }: Gates) => starts.map(({ startKey, gate }) => `${startKey} ${gate}`);

describe('a start gets its gate', () => {
  const first = withGate(noGates('clicks'), start(1), AT);

  test('open where its application is known, and held where only Flink’s client will know it', () => {
    expect(first.starts).toEqual([{ ...start(1), gate: 'open', at: AT }]);
    expect(withGate(noGates('clicks'), start(1, null), AT).starts).toEqual([
      { ...start(1, null), gate: 'held', at: AT },
    ]);
  });

  test('and takes the gates of all others away in the same change', () => {
    expect(states(withGate(first, start(2), LATER))).toEqual(['op1/1 revoked', 'op2/1 open']);
    expect(states(withGate(withGate(noGates('clicks'), start(1, null), AT), start(2), LATER))).toEqual([
      'op1/1 revoked',
      'op2/1 open',
    ]);
  });

  test('once, however often it is asked', () => expect(withGate(first, start(1), LATER)).toBe(first));

  test('unless a later start has one, or its own was revoked', () => {
    const second = withGate(first, start(2), LATER);
    expect(() => withGate(second, start(1), LATER)).toThrow('start op2/1 of clicks has a gate with epoch 2');
    expect(() => withGate(withRevoked(first, 'op1/1', LATER), start(1), LATER)).toThrow('op1/1 of clicks is revoked');
  });

  test('and old gates are forgotten, but never an open one', () => {
    let gates = noGates('clicks');
    for (let epoch = 1; epoch <= 40; epoch += 1) gates = withGate(gates, start(epoch), AT);
    expect(gates.starts).toHaveLength(11);
    expect(gates.starts.filter(({ gate }) => gate === 'open').map(({ epoch }) => epoch)).toEqual([40]);
  });
});

describe('a held gate', () => {
  const held = withGate(noGates('clicks'), start(1, null), AT);

  test('is opened for the application that the client has submitted, once', () => {
    const opened = withOpened(held, start(1), LATER);
    expect(gateOf(opened, 'op1/1')).toEqual({ ...start(1), gate: 'open', at: LATER });
    expect(withOpened(opened, start(1), LATER)).toBe(opened);
    expect(withGate(opened, start(1, null), LATER)).toBe(opened); // a late attempt of the submit closes nothing
  });

  test('that is revoked before it was opened has let nothing in, and one that was opened may have', () => {
    const revoked = (gates: Gates) => neverOpened(withRevoked(gates, 'op1/1', LATER), 'op1/1');
    expect([neverOpened(held, 'op1/1'), revoked(held)]).toEqual([true, true]);
    expect(neverOpened(withGate(held, start(2), LATER), 'op1/1')).toBe(true); // the next start revoked it
    const opened = withOpened(held, start(1), LATER);
    expect([neverOpened(opened, 'op1/1'), revoked(opened), neverOpened(held, 'op2/1')]).toEqual([false, false, false]);
    const handWritten = { ...held, starts: held.starts.map((own) => ({ ...own, gate: 'open' as const })) };
    expect(neverOpened(handWritten, 'op1/1')).toBe(false);
  });

  test('is not opened for a second application, nor once it was revoked, nor after a later start', () => {
    const opened = withOpened(held, start(1), LATER);
    expect(() => withOpened(opened, { ...start(1), applicationId: 'application_1_9' }, LATER)).toThrow('not held');
    expect(() => withOpened(withRevoked(held, 'op1/1', LATER), start(1), LATER)).toThrow('is revoked');
    expect(() => withOpened(withGate(held, start(2), LATER), start(1), LATER)).toThrow('epoch 2');
  });
});

test('to revoke changes nothing where there is no gate, or it is revoked', () => {
  const none = noGates('clicks');
  expect(withRevoked(none, 'op1/1', AT)).toBe(none);
  const revoked = withRevoked(withGate(none, start(1), AT), 'op1/1', AT);
  expect(withRevoked(revoked, 'op1/1', LATER)).toBe(revoked);
});

describe('a standby', () => {
  const running = withGate(noGates('clicks'), start(1), AT);
  const held = withStandby(running, start(2), LATER);
  const promotion = { ...start(2), applicationId: 'application_1_2', restore: 's3://sluice/savepoints/clicks/1' };

  test('has a held gate beside the open one of the instance that runs, once', () => {
    expect(states(held)).toEqual(['op1/1 open', 'op2/1 held']);
    expect(withStandby(held, start(2), LATER)).toBe(held);
  });

  test('is promoted in one change, which names its restore point and takes all other gates away', () => {
    const promoted = withPromoted(held, promotion, LATER);
    expect(states(promoted)).toEqual(['op1/1 revoked', 'op2/1 open']);
    expect(gateOf(promoted, 'op2/1')).toMatchObject({ applicationId: 'application_1_2', restore: promotion.restore });
    expect(withPromoted(promoted, promotion, LATER)).toBe(promoted);
    expect(gateOf(withPromoted(held, { ...promotion, restore: null }, LATER), 'op2/1')).not.toHaveProperty('restore');
  });

  test('is promoted never again once its gate was revoked, a later start has one, or it has none', () => {
    expect(() => withPromoted(withRevoked(held, 'op2/1', LATER), promotion, LATER)).toThrow(
      'op2/1 of clicks is revoked',
    );
    expect(() => withPromoted(withStandby(held, start(3), LATER), promotion, LATER)).toThrow('with epoch 3');
    expect(() => withPromoted(running, promotion, LATER)).toThrow('start op2/1 of clicks has no gate to open');
  });

  test('replaces the instance that had the open gate, and the proof outlives it', () => {
    const promoted = withPromoted(held, promotion, LATER);
    expect(replacerOf(held, start(1))).toBeNull();
    expect(replacerOf(promoted, start(1))).toBe('op2/1');
    expect(replacerOf(withRevoked(promoted, 'op2/1', LATER), start(1))).toBe('op2/1');
    expect(replacerOf(withRevoked(promoted, 'op2/1', LATER), start(2))).toBeNull();
  });

  test('never ran when its gate is revoked before, and may have run after', () => {
    expect(neverOpened(withRevoked(held, 'op2/1', LATER), 'op2/1')).toBe(true);
    expect(neverOpened(withRevoked(withPromoted(held, promotion, LATER), 'op2/1', LATER), 'op2/1')).toBe(false);
  });
});
