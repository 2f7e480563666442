/**
 * The notes of a cluster's watcher, as lists and jobs show them.
 *
 * Seen to fail: the wait without its bound.
 */
import { expect, test } from 'vitest';
import { Watchers } from '../../../src/api/jobs/watchers.ts';
import { emptyNotes, type WatchNotes } from '../../../src/domain/watch/notes.ts';

const APPLICATION = 'application_1700000000000_0001';
const EARLIER = '2026-01-01T00:00:00.000Z';
const LATER = '2026-01-01T00:05:00.000Z';

const running = {
  state: 'running' as const,
  observedAt: EARLIER,
  deployment: { cluster: 'yarn-a', applicationId: APPLICATION },
};

const notesOf = (seenAt: string): WatchNotes => ({
  ...emptyNotes,
  seenAt: Date.parse(seenAt),
  applications: new Map([[APPLICATION, { mark: 'h', answers: true, checkpointAt: Date.parse(seenAt) }]]),
});

test('the later look counts, and the checkpoint that the watcher saw', async () => {
  const watchers = new Watchers({ watchNotes: () => Promise.resolve(notesOf(LATER)) });
  expect(await watchers.observedAt(running)).toBe(LATER);
  expect(await watchers.checkpointAt(running)).toBe(LATER);
});

test('a watcher that does not answer holds nothing up: the look of the job stands', async () => {
  const watchers = new Watchers({ watchNotes: () => new Promise(() => undefined) });
  expect(await watchers.observedAt(running)).toBe(EARLIER);
  expect(await watchers.checkpointAt(running)).toBeNull();
});

test('an answer that comes late is known from then on', async () => {
  let answer: (notes: WatchNotes) => void = () => undefined;
  const watchers = new Watchers({ watchNotes: () => new Promise((resolve) => (answer = resolve)) });
  expect(await watchers.observedAt(running)).toBe(EARLIER);
  answer(notesOf(LATER));
  await new Promise(setImmediate);
  expect(await watchers.observedAt(running)).toBe(LATER);
});

test('a watcher that cannot be asked is none', async () => {
  const watchers = new Watchers({ watchNotes: () => Promise.reject(new Error('away')) });
  expect(await watchers.observedAt(running)).toBe(EARLIER);
});
