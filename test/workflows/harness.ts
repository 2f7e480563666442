/** The real workflow and activities on a Temporal server, in a world of fakes. */
import { randomUUID } from 'node:crypto';
// The SDK requires the payload converter by its path: Node must be able to require TypeScript.
import 'tsx/cjs';
import { Client, Connection, isGrpcCancelledError, isGrpcDeadlineError, type WorkflowHandle } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { prepareCache } from '../../stack/cache/cached-tools.ts';
import { createActivities, type Activities } from '../../src/activities/index.ts';
import type { CampaignJobs } from '../../src/activities/dependencies/campaign-settings.ts';
import type { Signing } from '../../src/activities/dependencies/dependencies.ts';
import type { NotifierParts } from '../../src/activities/dependencies/notifier.ts';
import type { ReleaseWatchSettings } from '../../src/activities/dependencies/release-watch-settings.ts';
import type { WatchSettings } from '../../src/activities/dependencies/watch-settings.ts';
import type { Claim } from '../../src/domain/lock/fence.ts';
import type { JobView } from '../../src/domain/job/job-memory.ts';
import {
  notificationWatchIdOf,
  releaseWatchIdOf,
  turnsIdOf,
  watchIdOf,
  workflowIdOf,
} from '../../src/domain/identity/workflow-ids.ts';
import { waitsQueueOf } from '../../src/domain/identity/task-queues.ts';
import type { TurnLimits } from '../../src/domain/turns/messages.ts';
import type { OperationKind } from '../../src/domain/lifecycle.ts';
import { OperationRecord } from '../../src/domain/operation/operation.ts';
import { claimKey } from '../../src/domain/identity/storage-keys.ts';
import { createJobFeed } from '../../src/temporal/jobs/job-feed.ts';
import { createCampaignJobs } from '../../src/temporal/campaigns/campaign-jobs.ts';
import { createReleasedJobs } from '../../src/temporal/jobs/released-jobs.ts';
import { createSchedules } from '../../src/temporal/schedules.ts';
import { addSearchAttributes } from '../../src/temporal/search-attributes.ts';
import { createWatchedJobs } from '../../src/temporal/jobs/watched-jobs.ts';
import { bundleWorkflows, payloadConverterPath, versionOf } from '../../src/temporal/worker-options.ts';
import { createTemporalClient } from '../../src/temporal/connection/client.ts';
import { interceptors } from '../../src/temporal/connection/interceptors.ts';
import type {
  clusterTurns,
  clusterWatch,
  flinkJob,
  notificationWatch,
  releaseWatch,
} from '../../src/workflows/index.ts';
import {
  CAMPAIGN_WORKFLOW,
  cancelUpdate,
  CLUSTER_TURNS_WORKFLOW,
  CLUSTER_WATCH_WORKFLOW,
  FLINK_JOB_WORKFLOW,
  historyQuery,
  jobQuery,
  NOTIFICATION_TEST_WORKFLOW,
  NOTIFICATION_WATCH_WORKFLOW,
  PLAN_WORKFLOW,
  RELEASE_WATCH_WORKFLOW,
  type Accepted,
} from '../../src/workflows/messages.ts';
import type { World } from '../world/world.ts';
import { asOurs, startLocal, type SharedServer } from './one-server.ts';

export interface Harness {
  readonly environment: TestWorkflowEnvironment;
  readonly bundle: NonNullable<WorkerOptions['workflowBundle']>;
  close(): Promise<void>;
}

/** Starts a server of its own: the one that people run, or the test server, for what waits for minutes. */
export async function startHarness(kind: 'real' | 'time-skipping' = 'real'): Promise<Harness> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const [environment, bundle] = await Promise.all([startEnvironment(kind), bundleWorkflows()]);
  await addSearchAttributes(environment.connection, environment.namespace ?? 'default');
  return { environment, bundle, close: () => environment.teardown() };
}

async function startEnvironment(kind: 'real' | 'time-skipping'): Promise<TestWorkflowEnvironment> {
  const { temporalCli, temporalTestServer } = await prepareCache();
  if (kind === 'real') return startLocal(temporalCli);
  if (temporalTestServer === undefined) throw new Error('there is no Temporal test server for this platform');
  return TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: temporalTestServer } },
    plugins: [asOurs],
  });
}

/** Connects to a server that runs already, with workflows that are bundled already. */
export async function connectHarness({
  address,
  namespace,
  codePath,
}: SharedServer & { readonly namespace: string }): Promise<Harness> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const environment = await TestWorkflowEnvironment.createFromExistingServer({ address, namespace, plugins: [asOurs] });
  const bundle = { codePath };
  return {
    environment,
    bundle,
    async close() {
      await environment.teardown();
      // Histories of hostile messages are longer than what a client takes at once by default.
      const channelArgs = { 'grpc.max_receive_message_length': 64 * 1024 * 1024 };
      const connection = await Connection.connect({ address, channelArgs, interceptors });
      await replayAll(new Client({ connection, namespace }), bundle);
      await connection.close();
    },
  };
}

const ours = [
  CAMPAIGN_WORKFLOW,
  CLUSTER_TURNS_WORKFLOW,
  FLINK_JOB_WORKFLOW,
  PLAN_WORKFLOW,
  CLUSTER_WATCH_WORKFLOW,
  RELEASE_WATCH_WORKFLOW,
  NOTIFICATION_WATCH_WORKFLOW,
  NOTIFICATION_TEST_WORKFLOW,
];

/**
 * Replays every run of the namespace of a file, which proves each step of its stories deterministic.
 * @throws the error of the first run that does not replay, which names its workflow.
 */
async function replayAll({ workflow }: Client, workflowBundle: Harness['bundle']): Promise<void> {
  const histories = [];
  for await (const { workflowId, runId, status, type } of workflow.list()) {
    if (!ours.includes(type)) continue;
    const handle = workflow.getHandle(workflowId, runId);
    // A history that ends before a task has no end, and its replay none either.
    if (status.name === 'RUNNING') await handle.terminate();
    histories.push({ workflowId, history: await handle.fetchHistory() });
  }
  const ids = histories.map(({ workflowId }) => workflowId).values();
  const replays = Worker.runReplayHistories({ workflowBundle, dataConverter: { payloadConverterPath } }, histories);
  for await (const { error } of replays) {
    const workflowId = ids.next().value ?? '';
    if (error) throw new Error(`a run of ${workflowId} does not replay: ${error.message}`, { cause: error });
  }
}

/** Drives one job of one world as people do. */
export interface Driver {
  readonly handle: WorkflowHandle<typeof flinkJob>;
  readonly taskQueue: string;
  readonly client: Client;
  signal(kind: OperationKind, payload: unknown): Promise<void>;
  /** Accepted: the operation; rejected: throws WorkflowUpdateFailedError. */
  ask(kind: OperationKind, payload: Record<string, unknown>): Promise<OperationRecord>;
  /** Asks the running operation to end before its time. */
  cancel(operation: string, more?: { readonly actor?: string; readonly reason?: string }): Promise<OperationRecord>;
  /** Asks and waits for the end. */
  run(kind: OperationKind, payload: Record<string, unknown>): Promise<OperationRecord>;
  ended(id: string): Promise<OperationRecord>;
  view(): Promise<JobView>;
  history(): Promise<OperationRecord[]>;
  until(what: string, holds: (view: JobView) => boolean): Promise<JobView>;
  /** Starts watching a cluster; there is one watch of a cluster on a server, so the test ends it. */
  watch(cluster: string): Promise<WorkflowHandle<typeof clusterWatch>>;
  /** The same with the releases of the world. */
  watchReleases(): Promise<WorkflowHandle<typeof releaseWatch>>;
  /** Starts the turns of a cluster. */
  turns(cluster: string, limits: TurnLimits): Promise<WorkflowHandle<typeof clusterTurns>>;
  /** The same of the notifier. */
  notify(): Promise<WorkflowHandle<typeof notificationWatch>>;
}

export interface Circumstances {
  /** The same one for a worker that takes over from another. */
  readonly taskQueue?: string;
  readonly watch?: Partial<WatchSettings>;
  readonly releaseWatch?: Partial<ReleaseWatchSettings>;
  /** The settings of the notifier, and its channels; by default nobody is notified. */
  readonly notifier?: Pick<NotifierParts, 'settings' | 'channels' | 'pace'> | null;
  /** The build of a versioned worker; its Worker Deployment is named after the task queue. */
  readonly buildId?: string | null;
  /** The keys of the worker; by default nothing is signed. */
  readonly signing?: Signing;
  /** Stands between campaigns and jobs. */
  readonly campaignJobs?: (real: CampaignJobs) => CampaignJobs;
}

/** Runs a worker on a task queue of its own while `story` acts. */
export async function withJob(
  { environment, bundle }: Harness,
  world: World,
  job: string,
  story: (driver: Driver) => Promise<void>,
  {
    taskQueue = `sluice-${randomUUID()}`,
    watch = {},
    releaseWatch = {},
    notifier = null,
    buildId = null,
    signing = world.dependencies.signing,
    campaignJobs = (real) => real,
  }: Circumstances = {},
): Promise<void> {
  const dependencies = {
    ...world.dependencies,
    signing,
    jobs: createWatchedJobs(environment.client, signing.signer),
    schedules: createSchedules(environment.client, taskQueue, signing.signer !== null),
    watch: { ...world.dependencies.watch, ...watch },
    releasedJobs: createReleasedJobs(askingOnly(environment), taskQueue, signing.signer),
    releaseWatch: { ...world.dependencies.releaseWatch, ...releaseWatch },
    notifier: notifier && { ...notifier, follow: () => createJobFeed(askingOnly(environment)) },
    campaignJobs: campaignJobs(createCampaignJobs(askingOnly(environment), taskQueue)),
  };
  const common = {
    connection: environment.nativeConnection,
    ...(environment.namespace === undefined ? {} : { namespace: environment.namespace }),
    dataConverter: { payloadConverterPath },
    activities: hurried(createActivities(dependencies), world.deadlines),
    ...versionOf({ deployment: taskQueue, buildId }),
  };
  const waits = await Worker.create({ ...common, taskQueue: waitsQueueOf(taskQueue) });
  const worker = await Worker.create({
    ...common,
    taskQueue,
    workflowBundle: bundle,
    // A worker that is gone keeps its runs for a second only.
    stickyQueueScheduleToStartTimeout: '1s',
    // Workflows run in this thread: a worker of each test would spend most of its time on starting a thread of its own.
    debugMode: true,
  });
  await waits.runUntil(worker.runUntil(story(driverOf(environment, taskQueue, job, world))));
}

/** The waits that a test shortens, by the name of the activity: deployment files allow none below ten seconds. */
function hurried(activities: Activities, deadlines: World['deadlines']): Activities {
  const wrapped = Object.entries(activities).map(([name, act]) => {
    const hurry = (input: object): Promise<unknown> => {
      const deadlineMs = deadlines.get(name as keyof Activities);
      return (act as (input: object) => Promise<unknown>)(deadlineMs === undefined ? input : { ...input, deadlineMs });
    };
    return [name, hurry];
  });
  return Object.fromEntries(wrapped) as Activities; // the same names with the same signatures
}

/** The client as the API has it: a closed run does not answer for its job. */
export const askingOnly = ({ client: { connection, options } }: Pick<Driver, 'client'>): Client =>
  createTemporalClient(connection, options.namespace);

function driverOf({ client }: TestWorkflowEnvironment, taskQueue: string, job: string, world: World): Driver {
  const workflowId = workflowIdOf(job);
  const handle = client.workflow.getHandle<typeof flinkJob>(workflowId);
  const driver: Driver = {
    handle,
    taskQueue,
    client,
    async signal(kind, payload) {
      // Temporal's ten seconds are too short for a task with hostile messages, on a machine that is busy with other tests.
      const workflowTaskTimeout = '1m';
      const how = { workflowId, taskQueue, args: [{ job }], signal: kind, signalArgs: [payload], workflowTaskTimeout };
      await client.workflow.signalWithStart(FLINK_JOB_WORKFLOW, how);
    },
    async ask(kind, payload) {
      const { operation } = await handle.executeUpdate<Accepted, [unknown]>(kind, { args: [payload] });
      return operation;
    },
    async cancel(id, more = {}) {
      const { operation } = await handle.executeUpdate(cancelUpdate, { args: [{ operation: id, ...more }, null] });
      return operation;
    },
    async run(kind, payload) {
      const { id } = await driver.ask(kind, payload);
      return driver.ended(id);
    },
    ended: (id) => endOf(driver, world, job, id),
    view: () => answered(client, () => handle.query(jobQuery)),
    history: () => answered(client, () => handle.query(historyQuery)),
    watch: (cluster) =>
      client.workflow.start<typeof clusterWatch>(CLUSTER_WATCH_WORKFLOW, {
        workflowId: watchIdOf(cluster),
        taskQueue,
        args: [{ cluster }],
      }),
    turns: (cluster, limits) =>
      client.workflow.start<typeof clusterTurns>(CLUSTER_TURNS_WORKFLOW, {
        workflowId: turnsIdOf(cluster),
        taskQueue,
        args: [{ cluster, limits }],
      }),
    notify: () => {
      const { installation } = world.dependencies;
      return client.workflow.start<typeof notificationWatch>(NOTIFICATION_WATCH_WORKFLOW, {
        workflowId: notificationWatchIdOf(installation),
        taskQueue,
        args: [{ installation }],
      });
    },
    watchReleases: () => {
      const { bucket } = world.s3;
      return client.workflow.start<typeof releaseWatch>(RELEASE_WATCH_WORKFLOW, {
        workflowId: releaseWatchIdOf(bucket),
        taskQueue,
        args: [{ bucket }],
      });
    },
    async until(what, holds) {
      for (let turn = 0; turn < TURNS; turn += 1) {
        const view = await driver.view();
        if (holds(view)) return view;
        await pause();
      }
      throw new Error(`waited in vain for ${what}: ${JSON.stringify(await driver.view())}`);
    },
  };
  return driver;
}

/**
 * Asks again when no answer comes. The server sends a query to the worker that has the run in its memory, and that may be
 * the one of the story before, which is gone.
 */
async function answered<T>({ connection }: Client, query: () => Promise<T>): Promise<T> {
  for (const deadlineMs of [3_000, 6_000, 9_000, 12_000]) {
    try {
      return await connection.withDeadline(Date.now() + deadlineMs, query);
    } catch (error) {
      // A deadline that passes ends the call as either of the two.
      if (!isGrpcDeadlineError(error) && !isGrpcCancelledError(error)) throw error;
    }
  }
  return query();
}

/** Asks the claim rather than the workflow, because a query costs a task of the workflow. */
async function endOf(driver: Driver, world: World, job: string, id: string): Promise<OperationRecord> {
  for (let turn = 1; turn <= TURNS; turn += 1) {
    const { holder, ended } = (world.json(claimKey(job, id)) ?? {}) as Partial<Claim>;
    const record = ended && OperationRecord.parse(ended);
    if (record?.outcome === 'superseded') return record;
    if (record && (await driver.handle.describe()).runId !== holder?.runId) return record;
    // An operation may end without its claim, when that is another run's or S3 is away.
    if (turn % 50 === 0) {
      const inHistory = (await driver.history()).find((operation) => operation.id === id);
      if (inHistory?.outcome) return inHistory;
    }
    await pause();
  }
  throw new Error(`waited in vain for operation ${id} to end: ${JSON.stringify(await driver.view())}`);
}

/** The turns of a wait: a guard against one that never ends, longer than any machine needs. */
const TURNS = 1_000;

const pause = () => new Promise((resolve) => setTimeout(resolve, 100));

/** Waits for something that a fake sees, without asking the workflow. */
export async function seen(what: string, holds: () => boolean | Promise<boolean>, turns = TURNS): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) {
    if (await holds()) return;
    await pause();
  }
  throw new Error(`waited in vain for ${what}`);
}
