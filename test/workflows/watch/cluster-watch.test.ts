/**
 * A cluster under watch on a real Temporal: what a job becomes by what is seen of it, and what it costs.
 *
 * Seen to fail: without the sweep, a job that ended while nobody watched stays running; with the notes left out of the
 * next run, the watcher tells everything again at each turn; with any epoch believed, a late fact makes the job unreachable.
 */
import type { WorkflowHandle } from '@temporalio/client';
import { describe, expect, test } from 'vitest';
import type { Fact } from '../../../src/domain/watch/facts.ts';
import { watchIdOf, workflowIdOf } from '../../../src/domain/identity/workflow-ids.ts';
import type { JobView } from '../../../src/domain/job/job-memory.ts';
import { CLUSTER_WATCH_WORKFLOW, observedSignal } from '../../../src/workflows/messages.ts';
import type { Driver } from '../harness.ts';
import { useStage } from '../use-stage.ts';

const CLUSTER = 'yarn-a';

const stage = useStage({ releases: ['clicks/1.0.0'] });

/** Stories of a test share a task queue, so that a worker takes over from another. */
const story = (act: (driver: Driver) => Promise<void>, watch = {}) =>
  stage.story(act, { taskQueue: `watch-${stage.job}`, watch });

const yarn = () => stage.world.clusters.get(CLUSTER)!;
const application = () => stage.world.live(stage.job)[0]!;
const flinkOf = () => stage.world.jobOf(application());

/** The facts that the present run of the job has heard, by its history. */
async function heard({ handle }: { readonly handle: WorkflowHandle }): Promise<string[]> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) => {
    if (signal?.signalName !== observedSignal.name) return [];
    const fact = JSON.parse(Buffer.from(signal.input?.payloads?.[0]?.data ?? []).toString()) as Fact;
    return [fact.seen.kind];
  });
}

const isState = (state: JobView['state']) => (view: JobView) => view.state === state;
const isHealth = (health: JobView['health']) => (view: JobView) => view.health === health;

describe('a job that', () => {
  test('fails by itself becomes failed with the cause, and its application is ended', async () => {
    await story(async (driver) => {
      await stage.deployed(driver);
      await driver.watch(CLUSTER);
      const { flink, job: flinkJob } = flinkOf();
      flink.failJob(flinkJob.id, 'java.io.IOException: disk full\n\tat a.b.C');
      const view = await driver.until('its failure', isState('failed'));
      expect(view.stateReason).toContain('disk full');
    });
    expect(stage.world.live(stage.job)).toEqual([]);
  });

  test('reaches its end becomes finished', async () => {
    await story(async (driver) => {
      await stage.deployed(driver);
      await driver.watch(CLUSTER);
      flinkOf().job.state = 'FINISHED';
      await driver.until('its end', isState('finished'));
    });
    expect(stage.world.live(stage.job)).toEqual([]);
  });

  test('restarts again and again is degraded, says why, and is healthy when it has settled', async () => {
    await story(async (driver) => {
      await stage.deployed(driver);
      await driver.watch(CLUSTER);
      const { flink, job: flinkJob } = flinkOf();
      flinkJob.state = 'RESTARTING';
      const view = await driver.until('its degradation', isHealth('degraded'));
      expect(view).toMatchObject({
        state: 'running',
        healthReasons: [expect.stringContaining('the Flink job is RESTARTING')],
      });
      flink.restartJob(flinkJob.id);
      await driver.until('its recovery', isHealth('healthy'));
    });
  });

  test('completes no checkpoints is degraded', async () => {
    await story(async (driver) => {
      await stage.deployed(driver);
      const { job: flinkJob } = flinkOf();
      flinkJob.checkpointing = { ...flinkJob.checkpointing!, intervalMs: 200, timeoutMs: 200 };
      await driver.watch(CLUSTER);
      const view = await driver.until('its degradation', isHealth('degraded'));
      expect(view.healthReasons.join()).toContain('no checkpoint has completed since');
    });
  });

  test('is killed from outside becomes failed, and says by whom', async () => {
    await story(async (driver) => {
      await stage.deployed(driver);
      await driver.watch(CLUSTER);
      await yarn().end(application().id, { state: 'KILLED', diagnostics: 'killed by user root' });
      const view = await driver.until('its end', isState('failed'));
      expect(view.stateReason).toContain('killed by user root');
    });
  });

  test('ended while nobody watched is found by whoever watches next', async () => {
    await story((driver) => stage.deployed(driver));
    await yarn().end(application().id, { state: 'FAILED', diagnostics: 'exited with 1' });
    // The watcher sweeps again and again, because Temporal's visibility may show the job after the first sweep only.
    const often = { sweepEveryMs: 500 };
    await story(async (driver) => {
      await driver.watch(CLUSTER);
      await driver.until('its end', isState('failed'));
    }, often);
  });
});

describe('unreachable is not dead', () => {
  test('a job on a cluster that falls silent is unreachable, and running when it answers again', async () => {
    await story(async (driver) => {
      await stage.deployed(driver);
      await driver.watch(CLUSTER);
      yarn().unreachable();
      const view = await driver.until('the silence', isState('unreachable'));
      expect(view.stateReason).toContain('no answer since');
      yarn().healthy();
      await driver.until('the return', isState('running'));
      expect((await heard(driver)).filter((kind) => kind === 'silent')).toHaveLength(1);
    });
    expect(stage.world.live(stage.job)).toHaveLength(1);
  });

  test('a ResourceManager that has forgotten the application does not end the job', async () => {
    await story(async (driver) => {
      await stage.deployed(driver);
      const remembered = application();
      await driver.watch(CLUSTER);
      yarn().forgetApplications();
      await driver.until('the loss', isState('unreachable'));
      await eventually(async () => (await heard(driver)).includes('silent'));
      expect(await heard(driver)).not.toContain('ended');
      yarn().applications.set(remembered.id, remembered);
      await driver.until('the return', isState('running'));
    });
  });
});

describe('a fact', () => {
  const fact = (epoch: number, applicationId: string): Fact => ({
    epoch,
    applicationId,
    at: '2026-01-01T00:00:00.000Z',
    seen: { kind: 'silent', detail: 'no answer' },
  });

  test('does not turn the run over: it costs a signal, and its task', async () => {
    await story(async (driver) => {
      await stage.deployed(driver);
      const { epoch, applicationId } = (await driver.view()).deployment!;
      const { runId } = await driver.handle.describe();
      yarn().unreachable(); // an unreachable job looks for itself
      await driver.handle.signal(observedSignal, fact(epoch, applicationId));
      await driver.until('the silence', isState('unreachable'));
      expect((await driver.handle.describe()).runId).toBe(runId);
    });
  });

  test('about another epoch or application is not believed; one that comes twice changes nothing', async () => {
    await story(async (driver) => {
      await stage.deployed(driver);
      const { epoch, applicationId } = (await driver.view()).deployment!;
      for (const stale of [fact(epoch - 1, applicationId), fact(epoch, 'application_1_0001')]) {
        await driver.handle.signal(observedSignal, stale);
        expect(await driver.view()).toMatchObject({ state: 'running' });
      }
      yarn().unreachable();
      await driver.handle.signal(observedSignal, fact(epoch, applicationId));
      const first = await driver.until('the silence', isState('unreachable'));
      await driver.handle.signal(observedSignal, fact(epoch, applicationId));
      expect(await driver.view()).toMatchObject({ state: 'unreachable', stateSince: first.stateSince });
    });
  });
});

test('a late fact about an older instance does not take the place of one that waits', async () => {
  let started: JobView['deployment'] = null;
  await story(async (driver) => {
    await stage.deployed(driver);
    started = (await driver.view()).deployment;
  });
  const { epoch, applicationId } = started!;
  yarn().unreachable();
  const { workflow } = stage.environment.client;
  const about = { epoch, applicationId, at: '2026-01-01T00:00:00.000Z', seen: { kind: 'silent', detail: 'no answer' } };
  for (const fact of [about, { ...about, epoch: epoch - 1, applicationId: 'application_1_0001' }]) {
    await workflow.getHandle(workflowIdOf(stage.job)).signal(observedSignal, fact);
  }
  await story(async (driver) => {
    await driver.until('the silence', isState('unreachable'));
  });
});

describe('the watch', () => {
  test('goes on with the next worker: what was told is not told again, what changed meanwhile is', async () => {
    await story(async (driver) => {
      await stage.deployed(driver);
      await driver.watch(CLUSTER);
      await eventually(async () => (await heard(driver)).includes('healthy'));
    });
    await story(async (driver) => {
      await looks(10);
      expect(await heard(driver)).toEqual(['healthy']);
    });
    flinkOf().job.state = 'FINISHED';
    await story(async (driver) => {
      await driver.until('its end', isState('finished'));
    });
  });

  test('turns itself over with its notes: each run is a few events, and nothing is told twice', async () => {
    await story(
      async (driver) => {
        await stage.deployed(driver);
        await driver.watch(CLUSTER);
        const { client } = stage.environment;
        const handle = client.workflow.getHandle(watchIdOf(CLUSTER));
        const { runId } = await handle.describe();
        await eventually(async () => (await handle.describe()).runId !== runId);
        await looks(10);
        expect(await heard(driver)).toEqual(['healthy']);
        const first = client.workflow.getHandle(watchIdOf(CLUSTER), runId);
        expect((await first.fetchHistory()).events?.length).toBeLessThan(15);
      },
      { turnAfterMs: 400 },
    );
  });

  test.each([
    ['another id', 'watch:yarn-a', { cluster: CLUSTER }],
    ['another cluster in its input', watchIdOf(CLUSTER), { cluster: 'yarn-b' }],
    ['no input', watchIdOf(CLUSTER), undefined],
    ['a cluster that is not configured', watchIdOf('yarn-x'), { cluster: 'yarn-x' }],
  ])('with %s completes at once, having done nothing', async (_what, workflowId, input) => {
    await story(async ({ client, taskQueue }) => {
      const handle = await client.workflow.start(CLUSTER_WATCH_WORKFLOW, { workflowId, taskQueue, args: [input] });
      await handle.result();
      expect((await handle.describe()).status.name).toBe('COMPLETED');
    });
    expect(yarn().asked).toEqual([]);
  });
});

/** Until the cluster was asked so many times more. */
async function looks(count: number): Promise<void> {
  const asked = () => yarn().asked.filter((name) => name === 'applications').length;
  const before = asked();
  await eventually(() => Promise.resolve(asked() >= before + count));
}

async function eventually(holds: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 300; turn += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('waited 30 s in vain');
}
