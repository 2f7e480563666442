/** Checks the parts of Temporal's set-up that Sluice depends on. */
import type { Client, Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { broken, fine, warning, type Finding } from '../checkups.ts';
import { watchIdOf } from '../../domain/identity/workflow-ids.ts';
import { lookAtSearchAttributes } from '../../temporal/search-attributes.ts';

const DEADLINE_MS = 4_000;
const WEEK_S = 7 * 24 * 3_600;
const HEARD_WITHIN_MS = 120_000;
const { TaskQueueType } = proto.temporal.api.enums.v1;
const POLLED = [
  { type: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, what: 'workflows' },
  { type: TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY, what: 'activities' },
] as const;

export interface TemporalSetup {
  readonly client: Client;
  readonly connection: Connection;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly clusters: readonly string[];
  /** Says why Temporal cannot be used, and what to do. */
  readonly whyNot: (failure: unknown) => Promise<string>;
}

export async function checkTemporal(setup: TemporalSetup): Promise<Finding[]> {
  const within = <T>(call: () => Promise<T>): Promise<T> => setup.client.withDeadline(Date.now() + DEADLINE_MS, call);
  try {
    const retention = await within(() => checkRetention(setup));
    const rest = await Promise.all([
      within(() => checkSearchAttributes(setup)),
      ...POLLED.map(({ type, what }) => within(() => checkPollers(setup, type, what))),
      ...setup.clusters.map((cluster) => within(() => checkWatch(setup, cluster))),
    ]);
    return [fine('temporal', `namespace ${setup.namespace}`), retention, ...rest];
  } catch (failure) {
    return [broken('temporal', setup.namespace, await setup.whyNot(failure))];
  }
}

async function checkRetention({ client, namespace }: TemporalSetup): Promise<Finding> {
  const { config } = await client.workflowService.describeNamespace({ namespace });
  const seconds = Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0);
  const days = `closed runs are kept for ${(seconds / 86_400).toFixed(1)} days`;
  return seconds < WEEK_S ? warning('retention', namespace, days) : fine('retention', days);
}

async function checkSearchAttributes({ connection, namespace }: TemporalSetup): Promise<Finding> {
  const { missing, wrong, all } = await lookAtSearchAttributes(connection, namespace);
  const bad = [...missing, ...wrong];
  if (bad.length === 0) return fine('searchAttributes', `${all} are registered`);
  return broken('searchAttributes', bad.join(', '), 'not registered with its type, so the tasks of workflows fail');
}

async function checkPollers(
  { client, namespace, taskQueue }: TemporalSetup,
  type: (typeof POLLED)[number]['type'],
  what: string,
): Promise<Finding> {
  const described = await client.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: type,
  });
  const count = described.pollers.length;
  return count === 0
    ? broken('workers', taskQueue, `no worker polls it for ${what}`)
    : fine('workers', `${count} poll ${taskQueue} for ${what}`);
}

async function checkWatch({ client }: TemporalSetup, cluster: string): Promise<Finding> {
  const described = await client.workflow
    .getHandle(watchIdOf(cluster))
    .describe()
    .catch(() => null);
  if (described?.status.name !== 'RUNNING') return broken('watch', cluster, 'its watch is not open');
  const beat = described.raw.pendingActivities?.[0]?.lastHeartbeatTime?.seconds;
  const since = Number(beat ?? Math.floor(described.startTime.getTime() / 1000)) * 1000;
  const detail = `last heard of at ${new Date(since).toISOString()}`;
  return Date.now() - since > HEARD_WITHIN_MS ? broken('watch', cluster, detail) : fine('watch', detail, cluster);
}
