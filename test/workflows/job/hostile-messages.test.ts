import type { Payload } from '@temporalio/common';
import proto from '@temporalio/proto';
import { expect, test } from 'vitest';
import { workflowIdOf } from '../../../src/domain/identity/workflow-ids.ts';
import { operationKinds } from '../../../src/domain/lifecycle.ts';
import { hostilePayloads, randomPayloads } from '../../support/hostile-payloads.ts';
import type { Driver } from '../harness.ts';
import { useStage } from '../use-stage.ts';

const stage = useStage();

/** Everything that takes a payload. */
const SIGNALS = [...operationKinds, 'cancel', 'observed', 'turnOver', 'never-heard-of'];
const seed = Number(process.env['SLUICE_SCENARIO_SEED'] ?? 12);

test('no signal blocks a job, whatever it holds: a kill by force still gets through', async () => {
  await stage.story(async (driver) => {
    await stage.deployed(driver);
    const wire = onTheWire(driver);
    // The server fails a task that more than 2 MB of messages wait behind, so the big ones come one by one.
    const big = hostilePayloads['a hotfix of 200,000 levels']!;
    const signals = [
      ...Object.values(hostilePayloads).map((payload) => ['hotfix', payload] as const),
      ...SIGNALS.map((name) => [name, big] as const),
    ];
    for (const [name, payload] of signals) {
      await wire.signal(name, [payload]);
      await driver.view();
    }
    // The small ones arrive together.
    await Promise.all(
      randomPayloads(seed, 150).map((payload, index) =>
        wire.signal(SIGNALS[index % SIGNALS.length]!, index % 7 === 0 ? [payload, payload] : [payload]),
      ),
    );
    await wire.signal('deploy', []);
    expect(await driver.run('kill', { id: 'now', force: true })).toMatchObject({ outcome: 'succeeded' });
    expect(await driver.view()).toMatchObject({ state: 'stopped', operation: null });
    expect((await driver.history()).map(({ id }) => id)).toEqual(['now', 'first']);
    const { rejections } = await driver.view();
    expect(rejections.last.map(({ code }) => code)).not.toContain('Internal');
    expect(rejections.last.length + rejections.beyond).toBeGreaterThan(150);
  });
  expect(stage.world.live(stage.job)).toEqual([]);
}, 300_000);

test('an update is refused with a reason, and a query is answered, whatever they hold', async () => {
  await stage.story(async (driver) => {
    await stage.deployed(driver);
    const wire = onTheWire(driver);
    const payloads = [
      ...Object.entries(hostilePayloads),
      ...randomPayloads(seed + 1, 15).map((one) => ['', one] as const),
    ];
    for (const [index, [what, payload]] of payloads.entries()) {
      const kind = [...operationKinds, 'cancel'][index % (operationKinds.length + 1)]!;
      const refusal = await wire.update(kind, [payload]);
      expect(refusal, `${kind} with ${what}`).toMatch(/^(Undecodable|InvalidRequest|CommandNotAllowed|NotFound)$/);
    }
    for (const [what, payload] of Object.entries(hostilePayloads)) {
      expect(await wire.query('plan', [payload]), what).toMatchObject({ refusal: { code: 'InvalidRequest' } });
    }
    expect(await wire.query('plan', [])).toMatchObject({ refusal: { code: 'InvalidRequest' } });
    expect((await driver.history()).map(({ id }) => id)).toEqual(['first']);
    expect(await driver.run('kill', { id: 'now', force: true })).toMatchObject({ outcome: 'succeeded' });
  });
}, 300_000);

test('no message takes the id of a release or of a campaign, which would keep the real operation from happening', async () => {
  await stage.story(async (driver) => {
    await stage.deployed(driver);
    for (const id of ['auto-clicks_1.5.0', 'campaign-nightly']) {
      await driver.signal('savepoint', { id });
      await expect(driver.ask('savepoint', { id })).rejects.toMatchObject({ cause: { type: 'InvalidRequest' } });
    }
    const { rejections } = await driver.until('both refusals', (view) => view.rejections.last.length === 2);
    expect(rejections.last.map(({ code }) => code)).toEqual(['InvalidRequest', 'InvalidRequest']);
    expect((await driver.history()).map(({ id }) => id)).toEqual(['first']);
  });
}, 60_000);

/** Sends payloads as they are, which Temporal's client would make of values. */
function onTheWire({ client }: Driver) {
  const { workflowService, options } = client;
  const { namespace } = options;
  const workflowExecution = { workflowId: workflowIdOf(stage.job) };
  return {
    signal: (signalName: string, payloads: Payload[]) =>
      workflowService.signalWorkflowExecution({ namespace, workflowExecution, signalName, input: { payloads } }),
    /** @returns the code of the refusal; null when the update was accepted. */
    async update(name: string, payloads: Payload[]): Promise<string | null | undefined> {
      const { outcome } = await workflowService.updateWorkflowExecution({
        namespace,
        workflowExecution,
        request: { meta: { updateId: `${name}-${Math.random()}` }, input: { name, args: { payloads } } },
        waitPolicy: {
          lifecycleStage:
            proto.temporal.api.enums.v1.UpdateWorkflowExecutionLifecycleStage
              .UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED,
        },
      });
      return outcome?.failure?.applicationFailureInfo?.type ?? null;
    },
    async query(queryType: string, payloads: Payload[]): Promise<unknown> {
      const { queryResult } = await workflowService.queryWorkflow({
        namespace,
        execution: workflowExecution,
        query: { queryType, queryArgs: { payloads } },
      });
      return client.options.loadedDataConverter.payloadConverter.fromPayload(queryResult!.payloads![0]!);
    },
  };
}
