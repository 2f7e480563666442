/**
 * Campaigns on a real Temporal, over real workflows of jobs.
 *
 * Seen to fail: others asked before the canary has succeeded; a job asked that somebody has stopped; a turn-over that forgets what it
 * follows; Temporal's own cancel that forgets the operations under way; a result without the last job; a savepoint with the id of the
 * campaign taken for a move.
 */
import { describe, expect, test } from 'vitest';
import { campaignWorkflowIdOf, workflowIdOf } from '../../../src/domain/identity/workflow-ids.ts';
import { isCode } from '../../../src/domain/errors/errors.ts';
import { createCampaignGateway } from '../../../src/temporal/campaigns/campaign-gateway-on-temporal.ts';
import { createTemporalGateway } from '../../../src/temporal/jobs/job-gateway-on-temporal.ts';
import { jobQuery, turnOverSignal } from '../../../src/workflows/messages.ts';
import { plan as planOf } from '../../domain/campaign/plans.ts';
import { signingKey } from '../../support/signing-keys.ts';
import { askingOnly, seen } from '../harness.ts';
import { useStage } from '../use-stage.ts';
import { holdSavepoint, isHeld, RELEASE, statesOf, withJobs } from './company.ts';

const stage = useStage({ releases: [] });

describe('a campaign', () => {
  test('restarts its canary, then the others, each by an operation of its person, and ends with all of them', async () => {
    await withJobs(stage, 3, async ({ begin, until, ended, newest, jobs, id, gateway }) => {
      const [canary = '', second = ''] = jobs;
      const letGo = holdSavepoint(stage, canary);
      await begin({ canaries: 1, maxParallel: 3, by: 'oncall', reason: 'new disks' });
      const held = await until('the canary', isHeld);
      expect([held.state, statesOf(held)]).toEqual(['running', ['running', 'waiting', 'waiting']]);
      await letGo();
      const view = await ended();
      expect(view).toMatchObject({ state: 'succeeded', counts: { total: 3, succeeded: 3 }, why: null });
      expect(view.history.map(({ what }) => what)).toEqual(['started', 'passed', 'ended']);
      expect(view.jobs[1]).toMatchObject({ job: second, operation: `campaign-${id}`, deployment: 2, isCanary: false });
      expect(await newest(second)).toMatchObject({
        ...{ id: `campaign-${id}`, kind: 'restart', actor: 'oncall', via: 'campaign', outcome: 'succeeded' },
        reason: `campaign ${id}: new disks`,
        claimed: { actor: null, via: null },
      });
      await seen('it in the list', async () =>
        (await gateway.list()).some((one) => one.id === id && one.state === 'succeeded'),
      );
    });
  });

  test('stops with a canary that does not come up, and leaves the others untouched', async () => {
    await withJobs(stage, 2, async ({ begin, ended, jobs, newest }) => {
      stage.world.behaviour.set('clicks/1.1.0', 'failsInMain');
      await begin({
        ...{ kind: 'upgrade', canaries: 1, stopAfter: 5 },
        jobs: jobs.map((job) => ({ job, release: 'clicks/1.1.0' })),
      });
      const view = await ended();
      expect(view).toMatchObject({ state: 'failed', counts: { failed: 1, notStarted: 1 } });
      expect(view.why).toContain(`canary ${jobs[0]} did not succeed`);
      expect(view.jobs[0]).toMatchObject({
        state: 'failed',
        code: 'StartFailed',
        operation: expect.any(String) as string,
      });
      expect(await newest(jobs[0]!)).toMatchObject({ kind: 'deploy', outcome: 'rolledBack' });
      expect(await newest(jobs[1]!)).toMatchObject({ id: 'first' });
    });
  });

  test('moves jobs to the other cluster of their file, and skips what was refused', async () => {
    await withJobs(stage, 2, async ({ begin, ended, jobs, driver }) => {
      // The file of 1.1.0 names no other cluster.
      const other = driver.client.workflow.getHandle(workflowIdOf(jobs[1]!));
      await other.executeUpdate('deploy', { args: [{ id: 'elsewhere', release: 'clicks/1.1.0' }] });
      await seen('it to run', async () => (await other.query(jobQuery)).lastOperation?.id === 'elsewhere');
      await begin({ kind: 'move' });
      const view = await ended();
      expect(view).toMatchObject({ state: 'failed', counts: { succeeded: 1, skipped: 1 } });
      expect(view.jobs[1]).toMatchObject({ state: 'skipped', code: 'MoveRefused', tries: 0 });
      const moved = await driver.client.workflow.getHandle(workflowIdOf(jobs[0]!)).query(jobQuery);
      expect(moved.deployment).toMatchObject({ cluster: 'yarn-b' });
    });
  });

  test('skips a job in which another operation has its id', async () => {
    await withJobs(stage, 2, async ({ begin, ended, jobs, driver, id }) => {
      const [moved = '', stays = ''] = jobs;
      const handleOf = (job: string) => driver.client.workflow.getHandle(workflowIdOf(job));
      const operation = `campaign-${id}`;
      // The id is reserved, so only a message that claims to come from a campaign gets it.
      await handleOf(stays).executeUpdate('savepoint', {
        args: [{ id: operation }, { door: 'campaign', actor: 'ops' }],
      });
      await seen('its end', async () => (await handleOf(stays).query(jobQuery)).lastOperation?.id === operation);
      await begin({ kind: 'move' });
      const view = await ended();
      expect(view).toMatchObject({ state: 'failed', counts: { succeeded: 1, skipped: 1 } });
      expect(view.jobs).toMatchObject([
        { job: moved, state: 'succeeded', operation },
        { job: stays, state: 'skipped', code: 'OperationIdReused', operation: null },
      ]);
      expect((await handleOf(stays).query(jobQuery)).deployment).toMatchObject({ cluster: 'yarn-a' });
    });
  });

  test('whose workflow was terminated is shown as stopped, as in the list', async () => {
    await withJobs(stage, 2, async ({ begin, until, view, jobs, driver, gateway, id }) => {
      const letGo = holdSavepoint(stage, jobs[0]!);
      await begin({ kind: 'savepoint' });
      await until('the first job', isHeld);
      await driver.client.workflow.getHandle(campaignWorkflowIdOf(id)).terminate();
      await letGo();
      const shown = await view();
      expect(shown).toMatchObject({ state: 'stopped', endedAt: expect.any(String) as string });
      expect(statesOf(shown)).toEqual(['running', 'notStarted']);
      const { counts, endedAt } = shown;
      await seen('the same in the list', async () => {
        const listed = (await gateway.list()).find((one) => one.id === id && one.state === 'stopped');
        if (listed) expect(listed).toMatchObject({ counts, endedAt });
        return listed !== undefined;
      });
    });
  });

  test('asks a busy job again, and nothing of a job that was stopped', async () => {
    await withJobs(stage, 2, async ({ begin, until, ended, jobs, driver, newest }) => {
      const [busy = '', stopped = ''] = jobs;
      const handleOf = (job: string) => driver.client.workflow.getHandle(workflowIdOf(job));
      const letGo = holdSavepoint(stage, busy);
      await handleOf(busy).executeUpdate('savepoint', { args: [{ id: 'long' }] });
      await handleOf(stopped).executeUpdate('stop', { args: [{ id: 'down' }] });
      await seen('its stop', async () => (await handleOf(stopped).query(jobQuery)).lastOperation?.id === 'down');
      await begin({ kind: 'upgrade', maxParallel: 2, jobs: jobs.map((job) => ({ job, release: 'clicks/1.1.0' })) });
      const view = await until('both tries', ({ jobs: asked }) => asked.every(({ tries }) => tries > 0));
      expect(view.jobs[0]).toMatchObject({ state: 'waiting', code: 'OperationInProgress', operation: null });
      expect(view.jobs[1]).toMatchObject({ state: 'waiting', code: 'CommandNotAllowed' });
      expect(view.jobs[1]?.why).toContain('is stopped');
      await letGo();
      await until('the upgrade', ({ jobs: asked }) => asked[0]?.state === 'succeeded');
      expect(await newest(stopped)).toMatchObject({ id: 'down' });
      await handleOf(stopped).executeUpdate('resume', { args: [{ id: 'up' }] });
      expect(await ended()).toMatchObject({ state: 'succeeded' });
    });
  });
});

describe('a person', () => {
  test('pauses, resumes and stops a campaign: what is under way goes on, and each act is in its history', async () => {
    await withJobs(stage, 3, async ({ begin, until, ended, jobs, gateway, id, newest }) => {
      const letGo = holdSavepoint(stage, jobs[0]!);
      await begin({ kind: 'savepoint' });
      await until('the first job', isHeld);
      const paused = await gateway.command(id, 'pause', { by: 'ops', reason: 'a look' });
      expect(paused).toMatchObject({ id, state: 'paused' });
      await letGo();
      const quiet = await until('its end', ({ counts }) => counts.succeeded === 1);
      expect([quiet.state, statesOf(quiet)]).toEqual(['paused', ['succeeded', 'waiting', 'waiting']]);
      const letSecondGo = holdSavepoint(stage, jobs[1]!);
      await gateway.command(id, 'resume', { by: 'ops', reason: null });
      await until('the second job', isHeld);
      expect(await gateway.command(id, 'stop', { by: 'ops', reason: 'enough' })).toMatchObject({ state: 'stopping' });
      await letSecondGo();
      const view = await ended();
      expect([view.state, statesOf(view)]).toEqual(['stopped', ['succeeded', 'succeeded', 'notStarted']]);
      expect(view.history.map(({ what, by, reason }) => [what, by, reason])).toEqual([
        ['started', 'oncall', null],
        ['paused', 'ops', 'a look'],
        ['resumed', 'ops', null],
        ['stopped', 'ops', 'enough'],
        ['ended', null, 'stopped'],
      ]);
      expect(await newest(jobs[2]!)).toMatchObject({ id: 'first' });
      const late = gateway.command(id, 'resume', { by: 'ops', reason: null });
      await expect(late).rejects.toSatisfy((error) => isCode(error, 'CampaignOver'));
      const nowhere = gateway.command('no-such', 'stop', { by: 'ops', reason: null });
      await expect(nowhere).rejects.toSatisfy((error) => isCode(error, 'NotFound'));
      // The same id is the same campaign for ever.
      expect(await gateway.start({ ...planOf(jobs), id })).toBe('exists');
    });
  });
});

describe('a run', () => {
  test('hands over while an operation is under way, and the next one follows it', async () => {
    await withJobs(stage, 2, async ({ begin, until, ended, jobs, driver, id, view }) => {
      const letGo = holdSavepoint(stage, jobs[0]!);
      await begin({ kind: 'savepoint' });
      await until('the first job', isHeld);
      const handle = driver.client.workflow.getHandle(campaignWorkflowIdOf(id));
      const { runId } = await handle.describe();
      await handle.signal(turnOverSignal);
      await seen('the next run', async () => (await handle.describe()).runId !== runId);
      expect(await view()).toMatchObject({ state: 'running', counts: { underWay: 1, waiting: 1 } });
      await letGo();
      const over = await ended();
      expect(over).toMatchObject({ state: 'succeeded', counts: { succeeded: 2 } });
      expect(over.history.map(({ what }) => what)).toEqual(['started', 'ended']);
    });
  });

  test("that is cancelled by Temporal's own means stops, and still tells the end of what is under way", async () => {
    await withJobs(stage, 2, async ({ begin, until, ended, jobs, driver, id }) => {
      const letGo = holdSavepoint(stage, jobs[0]!);
      await begin({ kind: 'savepoint' });
      await until('the first job', isHeld);
      await driver.client.workflow.getHandle(campaignWorkflowIdOf(id)).cancel();
      await until('the stop', ({ state }) => state === 'stopping');
      await letGo();
      const view = await ended();
      expect([view.state, statesOf(view)]).toEqual(['stopped', ['succeeded', 'notStarted']]);
    });
  });

  test('with another id or input than its own does nothing', async () => {
    await withJobs(stage, 0, async ({ driver }) => {
      const start = (workflowId: string, input: object) =>
        driver.client.workflow.execute('campaign', { workflowId, taskQueue: driver.taskQueue, args: [input] });
      const plan = planOf(['a']);
      expect(await start(`campaign:x-${stage.job}`, { campaign: plan.id, plan })).toBeNull();
      expect(await start(campaignWorkflowIdOf(`y-${stage.job}`), { campaign: `y-${stage.job}` })).toBeNull();
    });
  });
});

test('where requests must be signed, jobs take what the API has signed for them, and nothing else', async () => {
  const { signer, hex } = signingKey('api-1');
  const signing = { required: { 'api-1': hex }, signer: null };
  const jobs = [`${stage.job}-0`, `${stage.job}-1`];
  stage.world.publish(RELEASE, jobs);
  await stage.story(
    async (driver) => {
      const { client, taskQueue } = driver;
      const gateway = createCampaignGateway({ client: askingOnly(driver), taskQueue, signer });
      const jobsOf = createTemporalGateway({ client: askingOnly(driver), taskQueue, signer });
      for (const job of jobs) {
        const request = { id: 'first', release: RELEASE };
        await jobsOf.submit({ job, kind: 'deploy', request, start: true, sender: { door: 'api', actor: 'ci' } });
        await seen(`${job} to run`, async () => (await jobsOf.view(job))?.lastOperation?.outcome === 'succeeded');
      }
      const [one, two] = [`s-${stage.job}`, `u-${stage.job}`];
      await gateway.start({ ...planOf(jobs, { kind: 'savepoint' }), id: one });
      await seen('its end', async () => (await gateway.view(one))?.endedAt != null);
      expect((await gateway.view(one))?.jobs).toMatchObject([
        { state: 'succeeded', why: null },
        { state: 'succeeded', why: null },
      ]);
      // A caller of Temporal itself may start the workflow too, and has no key.
      const unsigned = createCampaignGateway({ client: askingOnly(driver), taskQueue });
      await unsigned.start({ ...planOf(jobs, { kind: 'savepoint' }), id: two });
      await seen('its end', async () => (await gateway.view(two))?.state === 'failed');
      expect(await gateway.view(two)).toMatchObject({
        counts: { skipped: 2 },
        jobs: [{ code: 'SignatureRefused' }, {}],
      });
      await Promise.allSettled(jobs.map((job) => client.workflow.getHandle(workflowIdOf(job)).terminate()));
    },
    { signing },
  );
});
