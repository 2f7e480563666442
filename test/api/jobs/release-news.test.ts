/**
 * News of releases, and what they cost.
 *
 * Seen to fail: with a comparison for each listener.
 */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ReleaseNews } from '../../../src/api/jobs/release-news.ts';
import type { ReleaseCatalogue } from '../../../src/releases/catalogue.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type Found = Awaited<ReturnType<ReleaseCatalogue['found']>>[number];
const releaseOf = (version: string): Found =>
  ({ project: 'clicks', version, publishedAt: Date.now() }) as Found; /* as far as news look at it */

it('are looked for once for many listeners, and each hears of a release once', async () => {
  const found = [releaseOf('1.0.0')];
  const read = vi.fn((keys: readonly Found[]) =>
    Promise.resolve({ listed: keys.map((key) => ({ release: key, publishedAt: key.publishedAt })), unreadable: [] }),
  );
  const look = vi.fn(() => Promise.resolve([...found]));
  const news = new ReleaseNews({ found: look, read } as never);
  const heard: string[][] = Array.from({ length: 100 }, () => []);
  const stops = heard.map((names) => news.listen(({ release }) => names.push(release.version)));
  await vi.advanceTimersByTimeAsync(2_500);
  read.mockClear();
  found.push(releaseOf('1.1.0'));
  await vi.advanceTimersByTimeAsync(2_000);
  expect(read).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(4_000);
  expect(new Set(heard.map((names) => names.join()))).toEqual(new Set(['1.0.0,1.1.0']));
  for (const stop of stops) stop();
  // Other files share this thread, so that only the looks tell whether its own timer has ended.
  look.mockClear();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(look).not.toHaveBeenCalled();
});
