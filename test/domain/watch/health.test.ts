/**
 * Seen to fail: with the settling left out, a turn of a crash loop counts as healthy; with restores ignored, restarts
 * between two looks are missed; with `seenAt` replaced by the present, a JobManager that is silent misses checkpoints.
 */
import { expect, test } from 'vitest';
import {
  afterLook,
  checkpointPatienceMs,
  firstPulse,
  turnsAt,
  healthLimits,
  verdictOf,
  type CheckpointsSeen,
  type HealthLook,
} from '../../../src/domain/watch/health.ts';

const RUNNING = null;
const RESTARTING = 'the Flink job is RESTARTING';

/** Seconds, what was seen then, and how often it was restored where that was asked. */
type Seen = readonly [seconds: number, notRunning: string | null, restores?: number];

function pulseAfter(seen: readonly Seen[], ailingSince: number | null = null) {
  const looks = seen.map(([seconds, notRunning, restores = null]): HealthLook => ({
    at: seconds * 1000,
    notRunning,
    restores,
  }));
  return looks.reduce((pulse, look) => afterLook(pulse, look, healthLimits), firstPulse(ailingSince));
}

const markAfter = (seen: readonly Seen[], ailingSince: number | null = null) =>
  verdictOf(pulseAfter(seen, ailingSince), null)?.mark ?? null;

test.each<[story: string, seen: readonly Seen[], mark: string | null]>([
  ['RUNNING at the first look is healthy', [[0, RUNNING]], 'h'],
  ['not RUNNING at the first look says nothing yet', [[0, RESTARTING]], null],
  [
    'not RUNNING for less than two minutes says nothing yet',
    [
      [0, RUNNING],
      [3, RESTARTING],
      [122, RESTARTING],
    ],
    null,
  ],
  [
    'not RUNNING for two minutes is degraded',
    [
      [0, RUNNING],
      [3, RESTARTING],
      [123, RESTARTING],
    ],
    'n',
  ],
  [
    'one restart is over at once',
    [
      [0, RUNNING],
      [3, RESTARTING],
      [20, RUNNING],
      [140, RUNNING],
    ],
    'h',
  ],
  [
    'a crash loop that was seen RUNNING in between is degraded',
    [
      [0, RESTARTING],
      [30, RUNNING],
      [60, RESTARTING],
      [90, RUNNING],
      [121, RESTARTING],
    ],
    'n',
  ],
  [
    'restarts between looks that always see it RUNNING betray themselves by what was restored',
    [
      [0, RUNNING, 0],
      [20, RUNNING, 1],
      [40, RUNNING, 2],
      [90, RUNNING, 5],
      [141, RUNNING, 8],
    ],
    'n',
  ],
  [
    'a crash loop that just runs for a moment is still degraded',
    [
      [0, RESTARTING],
      [120, RESTARTING],
      [130, RUNNING],
      [189, RUNNING],
    ],
    'n',
  ],
  [
    'a minute of running steadily makes it healthy again',
    [
      [0, RESTARTING],
      [120, RESTARTING],
      [130, RUNNING],
      [190, RUNNING],
    ],
    'h',
  ],
])('%s', (_story, seen, mark) => {
  expect(markAfter(seen)).toBe(mark);
});

test('what was degraded when somebody else watched it stays so until it has settled', () => {
  expect(markAfter([[10, RUNNING]], 0)).toBe('n');
  expect(
    markAfter(
      [
        [10, RUNNING],
        [70, RUNNING],
      ],
      0,
    ),
  ).toBe('h');
});

const checkpoints = (change: Partial<CheckpointsSeen>): CheckpointsSeen => ({
  intervalMs: 10_000,
  timeoutMs: 60_000,
  tolerableFailures: 0,
  seenAt: 0,
  progressAt: 0,
  lastFailure: null,
  ...change,
});

test.each<[story: string, change: Partial<CheckpointsSeen>, patienceMs: number]>([
  ['the timeout where it is longer than the interval, twice', {}, 120_000],
  ['the interval where that is longer', { intervalMs: 300_000 }, 600_000],
  ['and once more for each tolerable failure', { tolerableFailures: 3 }, 300_000],
  ['as if none were tolerable where all are: else nobody would ever hear of it', { tolerableFailures: 2 ** 31 - 1 }, 120_000], // prettier-ignore
])('checkpoints are waited for: %s', (_story, change, patienceMs) => {
  expect(checkpointPatienceMs(checkpoints(change))).toBe(patienceMs);
});

test('a job that runs and completes no checkpoints is degraded, and says since when and what failed', () => {
  const pulse = pulseAfter([[0, RUNNING]]);
  expect(verdictOf(pulse, checkpoints({ seenAt: 120_000 }))?.mark).toBe('h');
  expect(verdictOf(pulse, checkpoints({ seenAt: 120_001, lastFailure: 'expired' }))).toEqual({
    mark: 'c',
    seen: {
      kind: 'degraded',
      cause: null,
      reasons: ['no checkpoint has completed since 1970-01-01T00:00:00.000Z; last failure: expired'],
    },
  });
});

test('one that neither runs nor completes checkpoints has both reasons, each short enough for a fact', () => {
  const pulse = pulseAfter([
    [0, 'x'.repeat(500)],
    [120, 'x'.repeat(500)],
  ]);
  const verdict = verdictOf(pulse, checkpoints({ seenAt: 500_000, lastFailure: 'y'.repeat(500) }));
  expect(verdict?.mark).toBe('b');
  const reasons = verdict?.seen.kind === 'degraded' ? verdict.seen.reasons : [];
  expect(reasons.map(({ length }) => length)).toEqual([300, 300]);
});

test.each<[story: string, seen: readonly Seen[], seconds: number | null]>([
  ['runs', [[0, RUNNING]], null],
  ['does not run since a look: once it has ailed for two minutes', [[7, RESTARTING]], 127],
  [
    'is degraded: the time alone changes nothing',
    [
      [0, RESTARTING],
      [120, RESTARTING],
    ],
    null,
  ],
  [
    'runs again after that: once it has run for a minute',
    [
      [0, RESTARTING],
      [120, RESTARTING],
      [130, RUNNING],
      [140, RUNNING],
    ],
    190,
  ],
])('the verdict on a job turns by itself that %s', (_story, seen, seconds) => {
  const at = turnsAt(pulseAfter(seen), healthLimits);
  expect(at).toBe(seconds === null ? null : seconds * 1000);
  // A look at that time, which sees what the last one saw, judges otherwise than one a moment before.
  if (at === null) return;
  const pulse = pulseAfter(seen);
  const [, notRunning] = seen.at(-1)!;
  const markAt = (time: number) =>
    verdictOf(afterLook(pulse, { at: time, notRunning, restores: null }, healthLimits), null)?.mark ?? null;
  expect(markAt(at)).not.toBe(markAt(at - 1));
});
