import { describe, expect, test } from 'vitest';
import { refuseNewerEpoch, refuseOtherEpoch } from '../../../src/domain/lock/epoch.ts';
import {
  emptyFence,
  submitRefusal,
  unclosed,
  withClosed,
  withoutStandingBy,
  withStandingBy,
  withStart,
  type Fence,
} from '../../../src/domain/lock/fence.ts';

const ours = { installation: 'here', runId: 'run-1' };
const start = (startKey: string, holder = ours) => ({
  startKey,
  deployment: 1,
  flinkJobId: 'f'.repeat(32),
  cluster: 'yarn-a',
  applicationId: `application_1_${startKey}`,
  launcher: 'direct' as const,
  holder,
  takenAt: '2026-01-01T00:00:00Z',
});
const closed = { at: '2026-01-01T00:01:00Z', how: 'stopped' } as const;
const taken = (fence: Fence, key: string, holder = ours) => withStart(fence, start(key, holder)).fence;

const NOW = Date.parse('2026-01-01T00:00:00Z');
/** A person has given the instance up, and its lease is over after so many milliseconds. */
const leasedUntil = (ms: number) => ({
  ...closed,
  givenUp: {
    by: 'f',
    actor: 'ops',
    reason: 'gone',
    applicationId: 'application_1_0001',
    deadAt: new Date(NOW + ms).toISOString(),
  },
});

describe('a start may submit only', () => {
  const first = taken(emptyFence('job'), 'a/1');
  const upgraded = taken(first, 'b/1');
  test.each([
    ['while it is the newest and every earlier one is dead', withClosed(upgraded, 'a/1', closed), 'b/1', null],
    ['not while an earlier application is not confirmed dead', upgraded, 'b/1', 'not confirmed dead'],
    [
      'not after a newer epoch was taken',
      withClosed(upgraded, 'b/1', closed),
      'a/1',
      'epoch 2 was taken after epoch 1',
    ],
    ['not once it is closed', withClosed(first, 'a/1', closed), 'a/1', 'was closed'],
    ['not when nobody knows it', first, 'z/1', 'does not know'],
    [
      'not for another holder',
      taken(emptyFence('job'), 'a/1', { installation: 'there', runId: 'run-1' }),
      'a/1',
      'belongs to',
    ],
    [
      'not until the lease of one that was given up is over',
      withClosed(upgraded, 'a/1', leasedUntil(1)),
      'b/1',
      'its lease',
    ],
    ['once the lease of one that was given up is over', withClosed(upgraded, 'a/1', leasedUntil(0)), 'b/1', null],
    ['not when the fence was raised without a start', { ...first, epoch: 2 }, 'a/1', 'epoch 2 was taken'],
  ])('%s', (_name, fence, key, reason) => {
    const refusal = submitRefusal(fence, key, ours, { now: NOW });
    if (reason === null) expect(refusal).toBeNull();
    else expect(refusal).toContain(reason);
  });
});

test('epochs only rise, and open starts are never forgotten however many were closed', () => {
  let fence = taken(emptyFence('job'), 'open/1');
  for (let index = 0; index < 40; index += 1) {
    fence = withClosed(taken(fence, `op${index}/1`), `op${index}/1`, closed);
  }
  expect(fence.epoch).toBe(41);
  expect(unclosed(fence).map(({ startKey }) => startKey)).toEqual(['open/1']);
  expect(fence.starts.length).toBeLessThanOrEqual(12);
});

test('closing twice keeps the first end', () => {
  const fence = withClosed(taken(emptyFence('job'), 'a/1'), 'a/1', closed);
  expect(withClosed(fence, 'a/1', { at: 'later', how: 'failed' }).starts[0]?.closed).toEqual(closed);
});

describe('the epoch check', () => {
  const fence = { ...emptyFence('job'), epoch: 3 };
  test.each([
    ['the newest epoch', 3, null, true],
    ['an older epoch', 2, 'epoch 3 of job was taken by somebody else; its workflow knows epoch 2', false],
    ['an epoch that S3 has lost', 4, 'the fence of job has epoch 3; its workflow knows epoch 4', true],
  ])('of a workflow that knows %s', (_name, known, refusal, mayStop) => {
    const strict = () => refuseOtherEpoch(fence, known);
    if (refusal === null) expect(strict).not.toThrow();
    else
      expect(strict).toThrow(
        expect.objectContaining({ code: 'LockLost', message: expect.stringContaining(refusal) as string }),
      );
    const lenient = () => refuseNewerEpoch(fence, known);
    if (mayStop) expect(lenient).not.toThrow();
    else expect(lenient).toThrow(expect.objectContaining({ code: 'LockLost' }));
  });
});

describe('the mark of a standby', () => {
  const upgraded = taken(taken(emptyFence('job'), 'a/1'), 'b/1');
  const marked = withStandingBy(upgraded, 'b/1');

  test('is on its start alone, and goes with its end or its promotion', () => {
    expect(marked.starts.map(({ standsBy }) => standsBy)).toEqual([undefined, true]);
    expect(withoutStandingBy(marked, 'b/1')).toEqual(upgraded);
    expect(withClosed(marked, 'b/1', closed).starts[1]).toEqual({ ...upgraded.starts[1], closed });
  });

  test('is written once, and never on a start that is over', () => {
    expect(withStandingBy(marked, 'b/1')).toBe(marked);
    const over = withClosed(upgraded, 'b/1', closed);
    expect(withStandingBy(over, 'b/1')).toBe(over);
    expect(withoutStandingBy(over, 'b/1')).toBe(over);
  });
});
