/**
 * Decisions of a campaign: whose turn it is, and when it stops.
 *
 * Seen to fail: others asked beside a canary that waits for its next try; a job that waits for a time holding a place; no end after
 * the last failure that is allowed; a success with a job that was skipped; a job in doubt that a stopped campaign asks once more, or that
 * is forgotten.
 */
import { describe, expect, test } from 'vitest';
import type { CampaignMemory } from '../../../src/domain/campaign/memory.ts';
import {
  campaignEnded,
  commanded,
  jobAccepted,
  jobAsked,
  jobEnded,
  jobInDoubt,
  jobNotAsked,
  jobRefused,
  refusalOfCommand,
  type JobEnd,
} from '../../../src/domain/campaign/transitions.ts';
import { campaignStateOf, nextStepOf, waitAfter } from '../../../src/domain/campaign/next-step.ts';
import { campaignDigestOf, campaignViewOf } from '../../../src/domain/campaign/view.ts';
import { AT, campaignOf } from './plans.ts';

const NOW = Date.parse(AT);
const at = (seconds: number): string => new Date(NOW + seconds * 1000).toISOString();
const end = (outcome: JobEnd['outcome'], more: Partial<JobEnd> = {}): JobEnd => ({
  ...{ outcome, code: null, detail: null, deployment: null },
  ...more,
});
const busy = { code: 'OperationInProgress', detail: 'it is held by deploy x' };

/** Asks the jobs at these places, which accept. */
const begun = (memory: CampaignMemory, ...places: readonly number[]): CampaignMemory =>
  places.reduce((before, place) => jobAccepted(jobAsked(before, place, AT), place, AT), memory);
const ended = (memory: CampaignMemory, place: number, outcome: JobEnd['outcome'] = 'succeeded'): CampaignMemory =>
  jobEnded(begun(memory, place), place, end(outcome), AT);
const names = (memory: CampaignMemory, now = NOW): string[] =>
  nextStepOf(memory, now).ask.map((place) => memory.jobs[place]?.job ?? '');

describe('a campaign asks', () => {
  test('as many jobs as may be under way, in their order', () => {
    const memory = campaignOf(['a', 'b', 'c', 'd']);
    expect(names(memory)).toEqual(['a', 'b']);
    expect(names(begun(memory, 0))).toEqual(['b']);
    expect(names(begun(memory, 0, 1))).toEqual([]);
    expect(names(begun(ended(memory, 0), 1))).toEqual(['c']);
  });

  test('canaries first, and others only when all of them have succeeded', () => {
    const memory = campaignOf(['a', 'b', 'c', 'd'], { canaries: 2, maxParallel: 4 });
    expect(names(memory)).toEqual(['a', 'b']);
    expect(names(begun(ended(memory, 0), 1))).toEqual([]);
    const passed = ended(ended(memory, 0), 1);
    expect(names(passed)).toEqual(['c', 'd']);
    expect(passed.acts.at(-1)).toMatchObject({ what: 'passed', by: null });
    const waits = jobRefused(jobAsked(ended(memory, 0), 1, AT), 1, busy, AT);
    expect(nextStepOf(waits, NOW)).toEqual({ ask: [], wakeAt: NOW + 5_000, isOver: false });
    expect(names(waits, NOW + 5_000)).toEqual(['b']);
  });

  test('a busy job again later, and others in its place meanwhile', () => {
    const memory = campaignOf(['a', 'b', 'c'], { maxParallel: 1 });
    const refused = jobRefused(jobAsked(memory, 0, AT), 0, busy, AT);
    expect(refused.jobs[0]).toMatchObject({ state: 'waiting', tries: 1, retryAt: at(5), why: busy.detail });
    expect(names(refused)).toEqual(['b']);
    // Without room there is nothing to wake for.
    expect(nextStepOf(begun(refused, 1), NOW)).toEqual({ ask: [], wakeAt: null, isOver: false });
    expect(names(ended(ended(refused, 1), 2), NOW + 5_000)).toEqual(['a']);
    const again = jobAccepted(jobAsked(refused, 0, at(5)), 0, at(5)).jobs[0];
    expect(again).toEqual({ job: 'a', state: 'running', taken: true, tries: 1, at: at(5) });
  });

  test('a job ten times, with growing waits, and then skips it with the reason', () => {
    let memory = campaignOf(['a', 'b'], { stopAfter: 1 });
    const waits: (number | null)[] = [];
    for (let tries = 1; tries <= 10; tries += 1) {
      memory = jobRefused(jobAsked(memory, 0, AT), 0, busy, AT);
      waits.push(waitAfter(busy.code, tries));
    }
    expect(waits).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300, null].map((s) => (s === null ? null : s * 1000)));
    expect(memory.jobs[0]).toEqual({
      job: 'a',
      state: 'skipped',
      tries: 10,
      ...{ code: busy.code, why: busy.detail },
      at: AT,
    });
    expect(names(memory)).toEqual(['b']);
  });

  test('for longer where S3 or Temporal is away', () => {
    const waits = (code: string) => Array.from({ length: 15 }, (_, index) => waitAfter(code, index + 1));
    expect(waits('StorageUnavailable').filter((wait) => wait !== null)).toHaveLength(14);
    expect(waits('TemporalUnavailable').indexOf(null)).toBe(14);
    expect(waits('Internal').indexOf(null)).toBe(9);
  });

  test.each(['NotOwner', 'SignatureRefused', 'OperationIdReused', 'NotFound'])('not again after %s', (code) => {
    const memory = jobRefused(jobAsked(campaignOf(['a']), 0, AT), 0, { code, detail: 'no' }, AT);
    expect(memory.jobs[0]).toMatchObject({ state: 'skipped', code });
  });
});

describe('a campaign ends', () => {
  test('as succeeded when each job succeeded, and else as failed', () => {
    const memory = campaignOf(['a', 'b']);
    const all = ended(ended(memory, 0), 1);
    expect([nextStepOf(all, NOW).isOver, campaignStateOf(all)]).toEqual([true, 'succeeded']);
    const skipped = ended(ended(memory, 0), 1, 'rejected');
    expect([nextStepOf(skipped, NOW).isOver, campaignStateOf(skipped)]).toEqual([true, 'failed']);
    expect(campaignDigestOf(skipped).counts).toMatchObject({ total: 2, succeeded: 1, skipped: 1, failed: 0 });
  });

  test.each(['failed', 'rolledBack', 'cancelled', 'superseded'] as const)('after so many that ended %s', (outcome) => {
    const memory = campaignOf(['a', 'b', 'c', 'd'], { maxParallel: 3 });
    const one = begun(ended(memory, 0, outcome), 1, 2);
    expect([campaignStateOf(one), names(one)]).toEqual(['running', ['d']]);
    const two = jobEnded(one, 1, end(outcome, { code: 'StartFailed', detail: 'main() failed', deployment: 3 }), AT);
    expect([campaignStateOf(two), nextStepOf(two, NOW)]).toEqual([
      'stopping',
      { ask: [], wakeAt: null, isOver: false },
    ]);
    const over = jobEnded(two, 2, end('succeeded'), AT);
    expect([campaignStateOf(over), nextStepOf(over, NOW).isOver]).toEqual(['failed', true]);
    expect(campaignViewOf(over)).toMatchObject({
      why: '2 jobs failed: a, b',
      counts: { failed: 2, succeeded: 1, notStarted: 1, waiting: 0 },
      jobs: [
        { job: 'a', state: 'failed', code: outcome, operation: 'campaign-nightly' },
        { job: 'b', state: 'failed', code: 'StartFailed', why: 'main() failed', deployment: 3 },
        { job: 'c', state: 'succeeded', code: null },
        { job: 'd', state: 'notStarted', operation: null },
      ],
    });
  });

  test('with its first canary that does not succeed, whatever it may fail', () => {
    const memory = campaignOf(['a', 'b', 'c'], { canaries: 1, stopAfter: 3 });
    const failed = ended(memory, 0, 'rolledBack');
    expect([campaignStateOf(failed), failed.gaveUp]).toEqual([
      'failed',
      'canary a did not succeed: it ended rolledBack',
    ]);
    expect(campaignStateOf(ended(memory, 0, 'rejected'))).toBe('failed');
  });

  test('when somebody stops it, once the operations under way have ended', () => {
    const memory = commanded(begun(campaignOf(['a', 'b', 'c']), 0), 'stop', { by: 'ops', reason: 'enough' }, AT);
    expect([campaignStateOf(memory), nextStepOf(memory, NOW)]).toEqual([
      'stopping',
      { ask: [], wakeAt: null, isOver: false },
    ]);
    const over = jobEnded(memory, 0, end('succeeded'), AT);
    expect([campaignStateOf(over), nextStepOf(over, NOW).isOver]).toEqual(['stopped', true]);
    expect(campaignEnded(over, at(9)).acts.slice(-2)).toMatchObject([
      { what: 'stopped', by: 'ops', reason: 'enough' },
      { what: 'ended', by: null, reason: 'stopped', at: at(9) },
    ]);
  });
});

const silent = { code: 'TemporalUnavailable', detail: 'no answer in time' };
const LOST = { ...end('rejected'), isLost: true, code: 'NotFound', detail: 'it has not begun' };

describe('a job that gives no answer', () => {
  const doubtful = (memory = campaignOf(['a', 'b'], { maxParallel: 1 })) =>
    jobInDoubt(jobAsked(memory, 0, AT), 0, silent);

  test('holds its place, and the campaign waits for it', () => {
    const stopped = commanded(doubtful(), 'stop', { by: 'ops', reason: null }, AT);
    for (const memory of [doubtful(), stopped])
      expect(nextStepOf(memory, NOW)).toMatchObject({ ask: [], isOver: false });
    expect(doubtful().jobs[0]).toMatchObject({ state: 'asking', inDoubt: true, why: silent.detail });
  });

  test('may have accepted: the end of its operation counts', () => {
    const [job] = jobEnded(doubtful(), 0, end('succeeded', { deployment: 2 }), at(9)).jobs;
    expect(job).toEqual({ job: 'a', state: 'succeeded', taken: true, tries: 0, at: at(9), deployment: 2 });
  });

  test('and does not know the operation is asked again, for the reason of before', () => {
    const [job] = jobEnded(doubtful(), 0, LOST, AT).jobs;
    expect(job).toEqual({
      job: 'a',
      state: 'waiting',
      tries: 1,
      retryAt: at(5),
      code: silent.code,
      why: silent.detail,
      at: AT,
    });
  });

  test.each(['pause', 'stop'] as const)('and does not know the operation was not asked, after a %s', (command) => {
    const memory = jobEnded(commanded(doubtful(), command, { by: 'ops', reason: null }, AT), 0, LOST, AT);
    expect(memory.jobs[0]).toEqual({ job: 'a', state: 'waiting', tries: 0, at: AT });
    expect(campaignStateOf(memory)).toBe(command === 'stop' ? 'stopped' : 'paused');
  });
});

test('a job that has accepted and does not know the operation is skipped, without an operation', () => {
  const memory = jobEnded(begun(campaignOf(['a']), 0), 0, LOST, AT);
  expect(campaignViewOf(memory).jobs[0]).toMatchObject({
    state: 'skipped',
    code: 'NotFound',
    why: LOST.detail,
    operation: null,
  });
});

test('a job whose question was called back waits as if it had not been asked', () => {
  const refused = jobRefused(jobAsked(campaignOf(['a']), 0, AT), 0, busy, AT);
  expect(jobNotAsked(jobAsked(refused, 0, at(5)), 0, at(6)).jobs[0]).toEqual({
    job: 'a',
    state: 'waiting',
    tries: 1,
    at: at(6),
  });
});

describe('a person', () => {
  test('pauses and resumes: operations under way go on, and nothing new is asked', () => {
    const memory = commanded(begun(campaignOf(['a', 'b', 'c']), 0), 'pause', { by: 'ops', reason: null }, AT);
    expect([campaignStateOf(memory), names(memory)]).toEqual(['paused', []]);
    expect(commanded(memory, 'pause', { by: 'ci', reason: null }, AT)).toBe(memory);
    const resumed = commanded(memory, 'resume', { by: 'ops', reason: null }, AT);
    expect([campaignStateOf(resumed), names(resumed)]).toEqual(['running', ['b']]);
    expect(commanded(resumed, 'resume', { by: 'ci', reason: null }, AT)).toBe(resumed);
    expect(resumed.acts.map(({ what }) => what)).toEqual(['started', 'paused', 'resumed']);
  });

  test.each([
    ['a campaign that has ended', ended(campaignOf(['a']), 0), 'has ended: succeeded', 'has ended: succeeded'],
    [
      'a campaign that was stopped',
      commanded(begun(campaignOf(['a', 'b']), 0), 'stop', { by: 'ops', reason: null }, AT),
      'was stopped',
      null,
    ],
    [
      'a campaign that gave up',
      begun(ended(campaignOf(['a', 'b', 'c'], { stopAfter: 1 }), 0, 'failed'), 1),
      '1 job failed: a',
      null,
    ],
  ])('cannot resume %s', (_what, memory, why, toStop) => {
    expect(refusalOfCommand(memory, 'resume')).toContain(why);
    expect(refusalOfCommand(memory, 'pause')).toContain(why);
    if (toStop === null) expect(refusalOfCommand(memory, 'stop')).toBeNull();
    else expect(refusalOfCommand(memory, 'stop')).toContain(toStop);
  });
});
