/**
 * Problems of jobs: when people are told of their begin and of their end.
 *
 * Seen to fail: a job judged while an operation holds it; a wait that is left out; a reminder that comes each time; a closed
 * workflow that keeps its problems.
 */
import { describe, expect, test } from 'vitest';
import { attentionNames } from '../../../src/domain/job/list/attention.ts';
import { problems, type Problem } from '../../../src/domain/notification/events.ts';
import { judgeProblems, type JobFacts } from '../../../src/domain/notification/problems.ts';
import { atSecond, digest, facts, noon } from '../../support/notices.ts';

const NONE = new Map<Problem, number>();
const openedBy = (job: JobFacts, seconds = 0, open: ReadonlyMap<Problem, number> = NONE) =>
  judgeProblems(job, open, noon + seconds * 1_000).opened.map(({ problem }) => problem);

const failed = digest({ state: 'failed', restartAt: null, stateReason: 'main() threw' });
const degraded = digest({ health: 'degraded', healthSince: atSecond(0) });
const hotfixed = digest({
  hotfix: {
    actor: 'on-call',
    reason: null,
    at: atSecond(-60),
    operationId: 'h',
    expiresAt: atSecond(30),
    onExpiry: 'remind',
  },
});

describe('a problem begins', () => {
  test.each<[string, JobFacts, number, Problem[]]>([
    ['a healthy job', facts(), 0, []],
    ['a failed one', facts({ digest: failed }), 0, ['failed']],
    ['a failed one that is restarted', facts({ digest: { ...failed, restartAt: atSecond(9) } }), 0, []],
    ['an unreachable one', facts({ digest: digest({ state: 'unreachable' }) }), 0, ['unreachable']],
    ['one that is degraded for a minute', facts({ digest: degraded }), 60, []],
    ['one that is degraded for five', facts({ digest: degraded }), 300, ['degraded']],
    ['a stop without an outcome', facts({ digest: digest({ pendingStopSince: atSecond(0) }) }), 119, []],
    ['the same for two minutes', facts({ digest: digest({ pendingStopSince: atSecond(0) }) }), 120, ['pendingStop']],
    ['an instance that was given up', facts({ digest: digest({ givenUp: 1 }) }), 0, ['givenUp']],
    ['a hotfix that applies', facts({ digest: hotfixed }), 29, []],
    ['one that has expired', facts({ digest: hotfixed }), 30, ['hotfixExpired']],
    ['a failed job that an operation holds', facts({ digest: failed, isHeld: true }), 0, []],
    ['one that did not say what it is yet', facts({ digest: null, state: 'failed' }), 0, []],
    [
      'a held one whose cluster is silent',
      facts({ digest: null, state: 'unreachable', isHeld: true }),
      0,
      ['unreachable'],
    ],
  ])('%s', (_what, job, seconds, expected) => expect(openedBy(job, seconds)).toEqual(expected));

  test('once', () => expect(openedBy(facts({ digest: failed }), 5, new Map([['failed', noon]]))).toEqual([]));

  test('and the time at which it ripens is known', () => {
    const nextOf = (job: JobFacts) => judgeProblems(job, NONE, noon).nextAt;
    expect(nextOf(facts({ digest: degraded }))).toBe(noon + 300_000);
    expect(nextOf(facts({ digest: hotfixed }))).toBe(noon + 30_000);
    expect(nextOf(facts())).toBeNull();
  });
});

describe('a problem is over', () => {
  const closedBy = (job: JobFacts, ...open: Problem[]) =>
    judgeProblems(job, new Map(open.map((problem) => [problem, noon])), noon).closed;
  test('when its reason is', () => expect(closedBy(facts(), 'failed', 'degraded')).toEqual(['failed', 'degraded']));
  test('and others go on', () =>
    expect(closedBy(facts({ digest: failed }), 'failed', 'unreachable')).toEqual(['unreachable']));
  test('not before an operation has ended', () =>
    expect(closedBy(facts({ isHeld: true, state: 'deploying' }), 'failed')).toEqual([]));
});

test('an expired hotfix is told again once a day', () => {
  const day = 86_400_000;
  const open = new Map<Problem, number>([['hotfixExpired', noon + 30_000]]);
  const at = (ms: number) => judgeProblems(facts({ digest: hotfixed }), open, noon + 30_000 + ms);
  expect(at(day - 1)).toMatchObject({ again: [], nextAt: noon + 30_000 + day });
  expect(at(day)).toMatchObject({ again: ['hotfixExpired'], closed: [] });
});

test('every reason why a person must look at a job is a problem', () =>
  expect(Object.keys(problems).sort()).toEqual([...attentionNames].sort()));
