/**
 * The activities of campaigns in a world of fakes: which jobs are asked, and how the end of an operation is heard of.
 *
 * Seen to fail: a job asked again whose operation has changed it; a failover that takes the place of another operation; a stopped job
 * asked for a deploy; an end that S3 did not hear of; a job asked after the campaign has called the question back; an answer that was lost
 * tried again by Temporal; an operation that nobody knows followed for ever; another operation with the id of the campaign taken for
 * its own.
 */
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createActivities } from '../../../src/activities/index.ts';
import type { CampaignAskInput } from '../../../src/activities/campaign/campaign.ts';
import { claimKey } from '../../../src/domain/identity/storage-keys.ts';
import type { JobEnd } from '../../../src/domain/campaign/transitions.ts';
import { RequestRefused } from '../../../src/domain/job/refusal.ts';
import { SluiceError } from '../../../src/domain/errors/errors.ts';
import type { OperationRecord } from '../../../src/domain/operation/operation.ts';
import { recordOf } from '../../api/fake-gateway.ts';
import { createWorld, type World } from '../../world/world.ts';

const logger = new DefaultLogger('ERROR');
const JOB = 'clicks-prod';
const ID = 'campaign-nightly';
const sender = { door: 'campaign', actor: 'oncall' } as const;
const input: CampaignAskInput = { job: JOB, kind: 'restart', request: { id: ID }, sender, states: ['running'] };
const record: OperationRecord = recordOf({ job: JOB, kind: 'restart', request: { id: ID }, start: false, sender });

let world: World;
beforeEach(async () => (world = await createWorld()));
afterEach(async () => await world.close());

const ask = (more: Partial<CampaignAskInput> = {}) =>
  new MockActivityEnvironment({}, { logger }).run(() =>
    createActivities(world.dependencies).askForCampaign({ ...input, ...more }),
  );
const follow = (deadlineMs: number): Promise<JobEnd | null> =>
  new MockActivityEnvironment({}, { logger }).run(() =>
    createActivities({ ...world.dependencies, campaign }).followOperation({
      job: JOB,
      operation: ID,
      fingerprint: record.fingerprint,
      deadlineMs,
    }),
  );
/** The fakes answer at once. */
const campaign = { lookEveryMs: 20, questionEveryMs: 100, lostAfterMs: 200, unknownAfterMs: 400 };
const claim = (ended: OperationRecord | null, { kind, fingerprint }: OperationRecord = record) =>
  world.s3.put(
    claimKey(JOB, ID),
    JSON.stringify({
      ...{
        version: 1,
        job: JOB,
        id: ID,
        kind,
        fingerprint,
        actor: 'oncall',
        claimedAt: record.acceptedAt,
      },
      ...{ holder: { installation: 'sluice', runId: 'r' }, ended },
    }),
  );
const asked = () => world.campaignJobs.asked.length;

describe('a job', () => {
  test('that runs is asked, with exactly what the campaign says', async () => {
    world.campaignJobs.open.set(JOB, { state: 'running', operation: null });
    expect(await ask()).toEqual({ kind: 'accepted' });
    const { states: _states, ...sent } = input;
    expect(world.campaignJobs.asked).toEqual([sent]);
  });

  test.each([
    ['has no workflow', null, 'NotFound', 'no workflow of clicks-prod is open'],
    ['was stopped', { state: 'stopped', operation: null }, 'CommandNotAllowed', 'is stopped'],
    ['is busy', { state: 'running', operation: { ...record, id: 'x' } }, 'OperationInProgress', 'is held by restart x'],
  ] as const)('that %s is not asked', async (_why, seen, code, detail) => {
    if (seen !== null) world.campaignJobs.open.set(JOB, seen);
    const answer = await ask({ kind: 'failover', states: ['running', 'unreachable'] });
    expect(answer).toMatchObject({ kind: 'refused', code, detail: expect.stringContaining(detail) as string });
    expect(asked()).toBe(0);
  });

  test('that has taken the operation before counts as asked, whatever it is now', async () => {
    world.campaignJobs.open.set(JOB, { state: 'running', operation: record });
    expect(await ask()).toEqual({ kind: 'accepted' });
    world.campaignJobs.open.set(JOB, { state: 'failed', operation: null });
    await claim(null);
    expect(await ask()).toEqual({ kind: 'accepted' });
    expect(asked()).toBe(0);
  });

  const another = recordOf({ job: JOB, kind: 'savepoint', request: { id: ID }, start: false, sender });
  test.each([
    ['claimed before', async () => await claim(null, another)],
    [
      'running',
      async () => {
        await Promise.resolve();
        world.campaignJobs.open.set(JOB, { state: 'running', operation: another });
      },
    ],
    [
      'taken at that moment',
      async () => {
        await Promise.resolve();
        world.campaignJobs.answerNext = another;
      },
    ],
  ])('with another operation under the id of the campaign, %s, has not accepted', async (_when, happen) => {
    world.campaignJobs.open.set(JOB, { state: 'running', operation: null });
    await happen();
    const detail = 'operation id campaign-nightly was used for another savepoint of clicks-prod';
    expect(await ask()).toEqual({ kind: 'refused', code: 'OperationIdReused', detail });
  });

  test('that refuses says why, and one that gives no answer may have accepted', async () => {
    world.campaignJobs.open.set(JOB, { state: 'running', operation: null });
    world.campaignJobs.failNext = new RequestRefused('SignatureRefused', 'it is not signed');
    expect(await ask()).toEqual({ kind: 'refused', code: 'SignatureRefused', detail: 'it is not signed' });
    world.campaignJobs.failNext = new SluiceError('TemporalUnavailable', 'no answer in time');
    expect(await ask()).toEqual({ kind: 'unknown', code: 'TemporalUnavailable', detail: 'no answer in time' });
  });

  test.each([
    ['S3', 'StorageUnavailable', () => world.s3.unavailable()],
    ['Temporal', 'TemporalUnavailable', () => world.campaignJobs.down()],
  ])('is not asked while %s is away', async (_system, code, silence) => {
    world.campaignJobs.open.set(JOB, { state: 'running', operation: null });
    silence();
    expect(await ask()).toMatchObject({ kind: 'refused', code });
    expect(asked()).toBe(0);
  });

  test('is not asked once the campaign has called the question back', async () => {
    world.campaignJobs.open.set(JOB, { state: 'running', operation: null });
    world.campaignJobs.isWantedStill = false;
    expect(await ask()).toEqual({ kind: 'notAsked' });
    expect(asked()).toBe(0);
  });
});

describe('an operation', () => {
  const ended: OperationRecord = { ...record, outcome: 'succeeded', endedAt: record.acceptedAt, deployment: 4 };
  const end = { outcome: 'succeeded', code: null, detail: null, deployment: 4 };

  test('is followed by its claim to its end', async () => {
    await claim(null);
    const following = follow(60_000);
    await claim(ended);
    expect(await following).toEqual(end);
  });

  test('that ended while S3 was away is known from its job', async () => {
    await claim(null);
    world.s3.unavailable();
    world.campaignJobs.down();
    const following = follow(60_000);
    world.s3.healthy();
    world.campaignJobs.down(false);
    world.campaignJobs.remembered.set(JOB, ended);
    expect(await following).toEqual(end);
  });

  const another = recordOf({ job: JOB, kind: 'savepoint', request: { id: ID }, start: false, sender });
  const anotherEnded = { ...another, outcome: 'succeeded', endedAt: another.acceptedAt } as const;
  test.each([
    ['claim', () => claim(anotherEnded, another)],
    ['job', () => world.campaignJobs.remembered.set(JOB, anotherEnded)],
  ])('of another request under its id, as the %s says, is not its end', async (_who, happen) => {
    await happen();
    expect(await follow(60_000)).toEqual({
      ...{ outcome: 'rejected', isLost: true, code: 'OperationIdReused', deployment: null },
      detail: 'operation id campaign-nightly was used for another savepoint of clicks-prod',
    });
  });

  test('that goes on at the deadline has no end yet', async () => {
    world.campaignJobs.remembered.set(JOB, record);
    expect(await follow(1_000)).toBeNull();
  });

  test('that its job knows at every second question is not lost', async () => {
    let questions = 0;
    const operation = (): Promise<OperationRecord | null> => {
      questions += 1;
      return Promise.resolve(questions % 2 === 0 ? record : null);
    };
    Object.assign(world.campaignJobs, { operation });
    expect(await follow(1_000)).toBeNull();
    expect(questions).toBeGreaterThan(3);
  });

  const idle = { state: 'running', operation: null } as const;
  const dropped = { at: '', kind: 'restart', actor: null, code: 'SignatureRefused', detail: 'not signed' };
  const rejections = {
    last: [
      { ...dropped, id: 'another', detail: 'another' },
      { ...dropped, id: ID },
    ],
    beyond: 0,
  };
  const LONG = 60_000;

  test('that ended while S3 stays away is known from its job', async () => {
    world.s3.unavailable();
    world.campaignJobs.remembered.set(JOB, ended);
    expect(await follow(LONG)).toEqual(end);
  });

  test.each([
    ['of a job that has dropped it', { ...idle, rejections }, 'SignatureRefused', 'not signed'],
    ['of a job that does not say why', idle, 'NotFound', "it has not begun, and the job's workflow does not know it"],
    ['of a job without a workflow', null, 'NotFound', 'it has not begun, and no workflow of the job is open'],
  ])('%s is lost, and has touched nothing', async (_whose, view, code, detail) => {
    if (view !== null) world.campaignJobs.open.set(JOB, view);
    expect(await follow(LONG)).toEqual({ outcome: 'rejected', isLost: true, code, detail, deployment: null });
  });

  test.each([
    ['was terminated', () => undefined, 'HistoryLost', 'it has begun, and no workflow of the job is open'],
    [
      'is stuck',
      () => world.campaignJobs.stuck.add(JOB),
      'WorkflowTasksFail',
      "it has begun, and the tasks of the job's workflow fail",
    ],
    [
      'gives no answer',
      () => world.campaignJobs.down(),
      'TemporalUnavailable',
      "it has begun, and the job's workflow does not answer",
    ],
    [
      'does not know it while S3 is away',
      () => {
        world.campaignJobs.open.set(JOB, idle);
        world.s3.unavailable();
      },
      'StorageUnavailable',
      "S3 is away, and the job's workflow does not know it",
    ],
  ])('whose workflow %s has failed', async (_how, happen, code, detail) => {
    await claim(null);
    happen();
    expect(await follow(LONG)).toEqual({ outcome: 'failed', code, detail, deployment: null });
  });
});
