/**
 * When a person must look at a failed job.
 *
 * Seen to fail: a job that Sluice tries to start for hours, and nobody hears of it.
 */
import { expect, test } from 'vitest';
import { attentionOf } from '../../../../src/domain/job/list/attention.ts';

const NOON = Date.parse('2026-01-05T12:00:00.000Z');
const failedSince = (minutes: number, restartAt: string | null) => ({
  ...({ state: 'failed', health: 'unknown', restartAt } as const),
  deployment: { ended: { at: new Date(NOON - minutes * 60_000).toISOString(), how: 'failed' } } as never, // no more is read
});

test.each<[string, number, boolean]>([
  ['is about to start it', 14, false],
  ['has not started it for a quarter of an hour', 15, true],
])('a failed job needs attention when Sluice %s', (_when, minutes, needs) => {
  const reasons = attentionOf(failedSince(minutes, '2026-01-05T12:00:09.000Z'), NOON);
  expect(reasons).toEqual(needs ? ['failed'] : []);
});

test('a failed job that Sluice leaves to people needs attention at once', () => {
  expect(attentionOf(failedSince(0, null), NOON)).toEqual(['failed']);
});
