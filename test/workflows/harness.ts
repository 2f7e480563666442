/** The real workflow and activities on a Temporal server, in a world of fakes. */
import { randomUUID } from 'node:crypto';
// The SDK requires the payload converter by its path: Node must be able to require TypeScript.
import 'tsx/cjs';
import type { WorkflowHandle } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { prepareCache } from '../../stack/cache/cached-tools.ts';
import { createActivities } from '../../src/activities/index.ts';
import type { JobView } from '../../src/domain/job-memory.ts';
import { workflowIdOf } from '../../src/domain/identity.ts';
import type { OperationKind } from '../../src/domain/lifecycle.ts';
import type { OperationRecord } from '../../src/domain/operation.ts';
import { addSearchAttributes } from '../../src/search-attributes.ts';
import { bundleWorkflows, payloadConverterPath } from '../../src/worker.ts';
import type { flinkJob } from '../../src/workflows/index.ts';
import { FLINK_JOB_WORKFLOW, historyQuery, jobQuery, type Accepted } from '../../src/workflows/messages.ts';
import type { World } from '../world/world.ts';

export interface Harness {
  readonly environment: TestWorkflowEnvironment;
  readonly bundle: WorkflowBundleWithSourceMap;
  close(): Promise<void>;
}

/** The server that people run; `time-skipping` is the test server, for what waits for minutes. */
export async function startHarness(kind: 'real' | 'time-skipping' = 'real'): Promise<Harness> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const [environment, bundle] = await Promise.all([startEnvironment(kind), bundleWorkflows()]);
  await addSearchAttributes(environment.connection, environment.namespace ?? 'default');
  return { environment, bundle, close: () => environment.teardown() };
}

async function startEnvironment(kind: 'real' | 'time-skipping'): Promise<TestWorkflowEnvironment> {
  const { temporalCli, temporalTestServer } = await prepareCache();
  if (kind === 'real') {
    return TestWorkflowEnvironment.createLocal({
      server: { executable: { type: 'existing-path', path: temporalCli } },
    });
  }
  if (temporalTestServer === undefined) throw new Error('there is no Temporal test server for this platform');
  return TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: temporalTestServer } },
  });
}

/** One job of one world, driven as people drive it. */
export interface Driver {
  readonly handle: WorkflowHandle<typeof flinkJob>;
  signal(kind: OperationKind, payload: unknown): Promise<void>;
  /** Accepted: the operation; rejected: throws WorkflowUpdateFailedError. */
  ask(kind: OperationKind, payload: Record<string, unknown>): Promise<OperationRecord>;
  /** Asks and waits for the end. */
  run(kind: OperationKind, payload: Record<string, unknown>): Promise<OperationRecord>;
  ended(id: string): Promise<OperationRecord>;
  view(): Promise<JobView>;
  history(): Promise<OperationRecord[]>;
  until(what: string, holds: (view: JobView) => boolean): Promise<JobView>;
}

/** Runs a worker on a task queue of its own while `story` acts. */
export async function withJob(
  { environment, bundle }: Harness,
  world: World,
  job: string,
  story: (driver: Driver) => Promise<void>,
): Promise<void> {
  const taskQueue = `sluice-${randomUUID()}`;
  const worker = await Worker.create({
    connection: environment.nativeConnection,
    taskQueue,
    workflowBundle: bundle,
    dataConverter: { payloadConverterPath },
    activities: createActivities(world.dependencies),
    // Nothing is kept between tasks: each task replays the history before it, which proves every step deterministic.
    maxCachedWorkflows: 0,
  });
  await worker.runUntil(story(driverOf(environment, taskQueue, job)));
}

function driverOf({ client }: TestWorkflowEnvironment, taskQueue: string, job: string): Driver {
  const workflowId = workflowIdOf(job);
  const handle = client.workflow.getHandle<typeof flinkJob>(workflowId);
  const driver: Driver = {
    handle,
    async signal(kind, payload) {
      await client.workflow.signalWithStart(FLINK_JOB_WORKFLOW, {
        workflowId,
        taskQueue,
        args: [{ job }],
        signal: kind,
        signalArgs: [payload],
      });
    },
    async ask(kind, payload) {
      const { operation } = await handle.executeUpdate<Accepted, [unknown]>(kind, { args: [payload] });
      return operation;
    },
    async run(kind, payload) {
      const { id } = await driver.ask(kind, payload);
      return driver.ended(id);
    },
    async ended(id) {
      await driver.until(`operation ${id} to end`, ({ operation }) => operation?.id !== id);
      const found = (await driver.history()).find((operation) => operation.id === id);
      if (!found?.outcome) throw new Error(`operation ${id} has no outcome`);
      return found;
    },
    view: () => handle.query(jobQuery),
    history: () => handle.query(historyQuery),
    async until(what, holds) {
      for (let turn = 0; turn < 250; turn += 1) {
        const view = await driver.view();
        if (holds(view)) return view;
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
      throw new Error(`waited 30 s in vain for ${what}: ${JSON.stringify(await driver.view())}`);
    },
  };
  return driver;
}
