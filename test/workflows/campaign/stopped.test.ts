/**
 * Campaigns that end when somebody says so, and that lose no operation on the way, on a real Temporal.
 *
 * Seen to fail: a question that goes on after the stop; a stop that waits until S3 is back; an answer that was lost counted as a refusal;
 * a dropped operation followed for ever; a worker that does not ask whether its question was called back; a doubt that the next run forgets,
 * so that it asks.
 */
import { describe, expect, test } from 'vitest';
import { campaignWorkflowIdOf, workflowIdOf } from '../../../src/domain/identity/workflow-ids.ts';
import { createCampaignGateway } from '../../../src/temporal/campaigns/campaign-gateway-on-temporal.ts';
import { jobQuery, turnOverSignal } from '../../../src/workflows/messages.ts';
import { plan as planOf } from '../../domain/campaign/plans.ts';
import { signingKey } from '../../support/signing-keys.ts';
import { askingOnly, seen, type Driver } from '../harness.ts';
import { useStage } from '../use-stage.ts';
import { createBetween } from './between.ts';
import { holdSavepoint, isHeld, isOver, RELEASE, statesOf, withJobs } from './company.ts';

const stage = useStage({ releases: [] });
const by = { by: 'ops', reason: 'enough' };

async function turnedOver({ client }: Driver, id: string): Promise<void> {
  const handle = client.workflow.getHandle(campaignWorkflowIdOf(id));
  const { runId } = await handle.describe();
  await handle.signal(turnOverSignal);
  await seen('the next run', async () => (await handle.describe()).runId !== runId);
}

describe('a campaign that is stopped', () => {
  test('while S3 is away ends at once, and asks nobody when S3 is back', async () => {
    const between = createBetween();
    await withJobs(
      stage,
      2,
      async ({ begin, until, ended, gateway, id, newest, jobs }) => {
        stage.world.s3.unavailable();
        await begin({ maxParallel: 2 });
        await until('its tries', (view) => view.jobs.every(({ tries }) => tries > 0));
        expect((await gateway.view(id))?.jobs[0]).toMatchObject({ state: 'waiting', code: 'StorageUnavailable' });
        await gateway.command(id, 'stop', by);
        const view = await ended();
        expect([view.state, statesOf(view)]).toEqual(['stopped', ['notStarted', 'notStarted']]);
        stage.world.s3.healthy();
        expect(between.asked).toEqual([]);
        for (const job of jobs) expect(await newest(job)).toMatchObject({ id: 'first' });
      },
      { campaignJobs: between.jobs },
    );
  });

  test.each(['stop', 'pause'] as const)('by a %s while it looks at jobs does not ask them', async (command) => {
    const between = createBetween();
    await withJobs(
      stage,
      2,
      async ({ begin, until, ended, gateway, id, jobs, newest }) => {
        const letGo = between.hold();
        await begin({ kind: 'savepoint', maxParallel: 2 });
        await seen('the looks', () => between.seen.length === 2);
        await gateway.command(id, command, by);
        letGo();
        const view = await until('the answers', ({ counts }) => counts.underWay === 0);
        expect([view.counts.succeeded, between.asked]).toEqual([0, []]);
        for (const job of jobs) expect(await newest(job)).toMatchObject({ id: 'first' });
        if (command === 'pause') await gateway.command(id, 'resume', by);
        const end = command === 'pause' ? ['succeeded', 'succeeded'] : ['notStarted', 'notStarted'];
        expect(statesOf(await ended())).toEqual(end);
      },
      { campaignJobs: between.jobs },
    );
  });

  test.each([
    ['answerLost', 'TemporalUnavailable'],
    ['defect', 'Internal'],
  ] as const)('follows what it has asked for without an answer (%s), also over a turn-over', async (fault, code) => {
    const between = createBetween();
    await withJobs(
      stage,
      2,
      async ({ begin, until, ended, gateway, id, jobs, driver, newest }) => {
        const letGo = holdSavepoint(stage, jobs[0]!);
        between.fault = fault;
        await begin({ kind: 'savepoint' });
        await until('the doubt', ({ jobs: [first] }) => first?.code === code);
        await gateway.command(id, 'stop', by);
        await turnedOver(driver, id);
        expect(await gateway.view(id)).toMatchObject({ state: 'stopping', counts: { underWay: 1 } });
        await letGo();
        const view = await ended();
        expect([view.state, statesOf(view)]).toEqual(['stopped', ['succeeded', 'notStarted']]);
        expect(view.jobs[0]).toMatchObject({ operation: `campaign-${id}`, code: null });
        expect(await newest(jobs[0]!)).toMatchObject({ id: `campaign-${id}`, outcome: 'succeeded' });
        expect(between.asked).toEqual([jobs[0]]);
      },
      { campaignJobs: between.jobs },
    );
  });

  test('ends without a job that a request has never reached, also over a turn-over', async () => {
    const between = createBetween();
    await withJobs(
      stage,
      1,
      async ({ begin, until, ended, gateway, id, driver }) => {
        between.fault = 'requestLost';
        await begin({ kind: 'savepoint' });
        await until('the doubt', ({ jobs: [first] }) => first?.code === 'TemporalUnavailable');
        const letGo = between.hold();
        between.fault = 'none';
        await gateway.command(id, 'stop', by);
        await turnedOver(driver, id);
        letGo();
        const view = await ended();
        expect([view.state, statesOf(view)]).toEqual(['stopped', ['notStarted']]);
        expect(view.jobs[0]).toMatchObject({ operation: null, code: null, tries: 0 });
        expect(between.asked).toEqual([]);
      },
      { campaignJobs: between.jobs },
    );
  });

  test('ends with a job whose workflow was terminated in the operation', async () => {
    await withJobs(stage, 2, async ({ begin, until, ended, gateway, id, jobs, driver }) => {
      holdSavepoint(stage, jobs[0]!);
      await begin({ kind: 'savepoint' });
      await until('the operation', isHeld);
      await seen('its claim', () => stage.world.json(`operations/${jobs[0]!}/campaign-${id}.json`) !== undefined);
      await gateway.command(id, 'stop', by);
      await driver.client.workflow.getHandle(workflowIdOf(jobs[0]!)).terminate();
      const view = await ended();
      expect([view.state, statesOf(view)]).toEqual(['stopped', ['failed', 'notStarted']]);
      expect(view.jobs[0]).toMatchObject({ code: 'HistoryLost', operation: `campaign-${id}` });
    });
  });
});

test('a job that gives no answer and has not taken the request is asked again', async () => {
  const between = createBetween();
  await withJobs(
    stage,
    1,
    async ({ begin, until, ended }) => {
      between.fault = 'requestLost';
      await begin({ kind: 'savepoint' });
      await until('the first try', ({ jobs: [first] }) => first?.tries === 1);
      between.fault = 'none';
      expect(await ended()).toMatchObject({ state: 'succeeded', jobs: [{ state: 'succeeded', tries: 1 }] });
    },
    { campaignJobs: between.jobs },
  );
});

test('a job that accepts at the door and drops the operation at the claim is skipped, and the next one is asked', async () => {
  const { hex } = signingKey('api-1');
  const jobs = [`${stage.job}-0`, `${stage.job}-1`];
  const id = `d-${stage.job}`;
  stage.world.publish(RELEASE, jobs);
  let taskQueue = '';
  await stage.story(async (driver) => {
    ({ taskQueue } = driver);
    for (const job of jobs) {
      const handle = driver.client.workflow.getHandle(workflowIdOf(job));
      const signal = { signal: 'deploy', signalArgs: [{ id: 'first', actor: 'ci', release: RELEASE }] };
      const how = { workflowId: workflowIdOf(job), taskQueue, args: [{ job }], ...signal };
      await driver.client.workflow.signalWithStart('flinkJob', how);
      await seen(`${job} to run`, async () => (await handle.query(jobQuery)).lastOperation?.outcome === 'succeeded');
    }
  });
  // The jobs have not learnt yet that requests must be signed.
  await stage.story(
    async (driver) => {
      const gateway = createCampaignGateway({ client: askingOnly(driver), taskQueue });
      await gateway.start({ ...planOf(jobs, { kind: 'savepoint', maxParallel: 1 }), id });
      await seen('its end', async () => isOver((await gateway.view(id))!));
      const skipped = { state: 'skipped', code: 'SignatureRefused', operation: null };
      expect((await gateway.view(id))?.jobs).toMatchObject([skipped, skipped]);
      const ids = [campaignWorkflowIdOf(id), ...jobs.map(workflowIdOf)];
      await Promise.allSettled(ids.map((one) => driver.client.workflow.getHandle(one).terminate()));
    },
    { taskQueue, signing: { required: { 'api-1': hex }, signer: null } },
  );
});
