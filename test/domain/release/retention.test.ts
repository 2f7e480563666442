/**
 * Which releases may go. Seen to fail: each rule taken out, one by one (the line that names it); `neededBy` without what
 * lives, and without those that can be gone back to.
 */
import { describe, expect, it } from 'vitest';
import type { Deployment } from '../../../src/domain/deployment/deployment.ts';
import {
  decideReleases,
  neededBy,
  ROLLBACK_DEPLOYMENTS,
  type KnownRelease,
} from '../../../src/domain/release/retention.ts';
import { deployment } from '../../support/deployment.ts';

const DAY = 86_400_000;
const NOW = Date.parse('2026-03-01T00:00:00Z');

/** `ago` in days. */
const release = (version: string, ago: number, jobs: readonly string[] = ['clicks-dev']): KnownRelease => ({
  project: 'clicks',
  version,
  publishedAt: NOW - ago * DAY,
  jobs,
});

const verdicts = (
  releases: readonly KnownRelease[],
  { needed = new Map<string, string>(), count = 1, maxAge = 0 } = {},
): Record<string, string | null> =>
  Object.fromEntries(
    decideReleases({ releases, needed, keep: { count, maxAge }, now: NOW }).map(({ release: { version }, kept }) => [
      version,
      kept,
    ]),
  );

describe('a release stays', () => {
  it.each([
    ['when a job needs it', { needed: new Map([['clicks/1', 'runs as deployment 3 of clicks-dev']]) }, 'deployment 3'],
    ['when it is one of the newest', { count: 2 }, 'is one of the 2 newest releases of clicks'],
    ['when it is young', { maxAge: 101 * DAY }, 'is younger than the maximum age'],
  ])('%s', (_name, circumstances, reason) => {
    expect(verdicts([release('1', 100), release('2', 1)], circumstances)['1']).toContain(reason);
  });

  it('when it is the newest that has a job, however old it is', () => {
    const releases = [release('1', 300, ['clicks-old']), release('2', 200), release('3', 100)];
    expect(verdicts(releases)).toEqual({
      1: 'is the newest release with a deployment file for clicks-old',
      2: null,
      3: 'is the newest release with a deployment file for clicks-dev',
    });
  });
});

it('goes when no rule keeps it; projects are counted one by one', () => {
  const other = { ...release('9', 400, ['other-dev']), project: 'other' };
  expect(verdicts([release('1', 100), release('2', 50), release('3', 1), other], { count: 2 })).toEqual({
    1: null,
    2: 'is one of the 2 newest releases of clicks',
    3: 'is the newest release with a deployment file for clicks-dev',
    9: 'is the newest release with a deployment file for other-dev',
  });
});

describe('what a job needs', () => {
  const ended = { at: '2026-01-01T00:00:00Z', how: 'stopped', savepoint: null } as const;
  const started = (number: number, name: string, lives = false) => ({
    ...deployment,
    number,
    release: name,
    ended: lives ? null : ended,
  });

  it('is what runs, whatever its number, and what can be gone back to', () => {
    const many = Array.from({ length: ROLLBACK_DEPLOYMENTS }, (_, index) => started(index + 10, `clicks/${index}`));
    const needed = neededBy([started(1, 'clicks/lives', true), started(2, 'clicks/gone'), ...many]);
    expect(needed.get('clicks/lives')).toMatch(/^runs, or may run, as deployment 1 of /);
    expect(needed.has('clicks/gone')).toBe(false);
    expect(needed.size).toBe(ROLLBACK_DEPLOYMENTS + 1);
    expect(needed.get('clicks/0')).toMatch(/^a rollback can go back to it as deployment 10 of /);
  });

  it('is also what was hotfixed', () => {
    const hotfix = { set: { 'job.parallelism': 2 }, actor: 'ads', at: '2026-01-01T00:00:00Z' };
    const one = { ...started(1, 'clicks/1', true), hotfix } as unknown as Deployment; // enough of one
    expect(neededBy([one]).get('clicks/1')).toMatch(/, with a hotfix$/);
  });
});
