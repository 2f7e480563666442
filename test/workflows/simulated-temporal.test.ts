/**
 * The simulation that scenarios run on answers as the real server does, in what `flinkJob` relies on: each story is told
 * twice, and must read the same.
 */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import 'tsx/cjs';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { bundleWorkflowCode, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { beforeAll, expect, test } from 'vitest';
import { payloadConverterPath } from '../../src/temporal/worker-options.ts';
import { openSandboxOf } from '../scenarios/bundle.ts';
import { VirtualClock } from '../scenarios/simulation/clock.ts';
import { SeededRandom } from '../scenarios/simulation/random.ts';
import { SimulatedTemporal } from '../scenarios/simulation/server.ts';
import type { ActivityFunction } from '../scenarios/simulation/worker.ts';
import { useHarness } from './use-harness.ts';
import { createContractActivities } from './simulation/activities.ts';

const workflowsPath = fileURLToPath(new URL('./simulation/workflows.ts', import.meta.url));
const harness = useHarness();
const logger = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} };
let workflowBundle: WorkflowBundleWithSourceMap;
beforeAll(async () => {
  workflowBundle = await bundleWorkflowCode({ workflowsPath, payloadConverterPath, logger });
}, 120_000);

/** The calls that a story makes to the real server or to the simulated one. */
interface Side {
  signalWithStart(id: string, type: string, input: unknown, name: string, payload: unknown): Promise<void>;
  signal(id: string, name: string, payload: unknown): Promise<void>;
  update(id: string, name: string, payload: unknown): Promise<unknown>;
  query(id: string, name: string): Promise<unknown>;
  result(id: string): Promise<unknown>;
}

type Story = (side: Side, id: string) => Promise<unknown>;

async function onRealServer(story: Story): Promise<unknown> {
  const { client, nativeConnection: connection, namespace = 'default' } = harness().environment;
  const taskQueue = `contract-${randomUUID()}`;
  const activities = createContractActivities();
  const dataConverter = { payloadConverterPath };
  const worker = await Worker.create({ connection, namespace, taskQueue, workflowBundle, dataConverter, activities });
  const handle = (id: string) => client.workflow.getHandle(id);
  const side: Side = {
    async signalWithStart(workflowId, type, input, signal, payload) {
      await client.workflow.signalWithStart(type, {
        workflowId,
        taskQueue,
        args: [input],
        signal,
        signalArgs: [payload],
      });
    },
    signal: (id, name, payload) => handle(id).signal(name, payload),
    update: (id, name, payload) => handle(id).executeUpdate(name, { args: [payload] }),
    query: (id, name) => handle(id).query(name),
    result: (id) => handle(id).result(),
  };
  return worker.runUntil(story(side, `contract-${randomUUID()}`));
}

async function inSimulation(story: Story): Promise<unknown> {
  const clock = new VirtualClock(Date.UTC(2026, 0, 5));
  const sandbox = await openSandboxOf(workflowsPath);
  const random = new SeededRandom(1);
  clock.install();
  try {
    const activities = createContractActivities() as unknown as Record<string, ActivityFunction>; // any input: they come as JSON
    const temporal = new SimulatedTemporal({
      clock,
      sandbox,
      random,
      activities,
      latencyMs: 2,
      evictions: 0.5,
      suggestAfter: 4_096,
    });
    const soon = async <T>(done: () => T | undefined): Promise<T> => {
      await clock.runUntil(() => done() !== undefined, clock.now + 60_000);
      return done()!;
    };
    const side: Side = {
      signalWithStart: (id, type, input, name, payload) => {
        temporal.signalWithStart(id, type, input, name, payload);
        return Promise.resolve();
      },
      signal: (id, name, payload) => {
        temporal.signal(id, name, payload);
        return Promise.resolve();
      },
      async update(id, name, payload) {
        let settled: PromiseSettledResult<unknown> | undefined;
        void Promise.allSettled([temporal.update(id, name, payload, random.uuid())]).then(([one]) => (settled = one));
        const outcome = await soon(() => settled);
        if (outcome.status === 'fulfilled') return outcome.value;
        throw outcome.reason;
      },
      async query(id, name) {
        await clock.advance(100);
        return temporal.query(id, name);
      },
      result: (id) => soon(() => temporal.result(id)),
    };
    const told = await story(side, 'contract');
    expect(temporal.defects).toEqual([]);
    return told;
  } finally {
    clock.uninstall();
  }
}

/** The failure behind a rejected update, whoever wraps it. */
function rejection(error: unknown): unknown {
  const cause = error instanceof WorkflowUpdateFailedError ? error.cause : error;
  if (!(cause instanceof ApplicationFailure)) throw error;
  return { type: cause.type, message: cause.message, details: cause.details, nonRetryable: cause.nonRetryable };
}

const stories: Readonly<Record<string, Story>> = {
  'a signal with start is handled before the main function goes on': async (side, id) => {
    await side.signalWithStart(id, 'desk', [], 'say', 'stop');
    return side.result(id);
  },
  'updates are answered, or rejected with type and details and without a trace': async (side, id) => {
    await side.signalWithStart(id, 'desk', [], 'say', 'hello');
    const refused = await side.update(id, 'ask', 'no').catch(rejection);
    const answered = await side.update(id, 'ask', 'yes');
    const heard = await side.query(id, 'heard');
    await side.signal(id, 'say', 'stop');
    return { refused, answered, heard, result: await side.result(id) };
  },
  'nothing that is said is lost by continuing as new': async (side, id) => {
    await side.signalWithStart(id, 'desk', [], 'say', '0');
    for (let index = 1; index < 12; index += 1) await side.signal(id, 'say', String(index));
    await side.signal(id, 'say', 'stop');
    const words = (await side.result(id)) as string[]; // what the workflow returns
    return words.filter((word) => word.startsWith('said'));
  },
  'activities fail, time out, are tried again and cancelled in the same shapes': async (side, id) => {
    await side.signalWithStart(id, 'shapes', null, 'say', 'hello');
    return side.result(id);
  },
};

test.each(Object.entries(stories))('%s', async (_name, story) => {
  const [real, simulated] = [await onRealServer(story), await inSimulation(story)];
  expect(simulated).toEqual(real);
});
