/** Checks the parts of Temporal's set-up that Sluice depends on. */
import type { Client, Connection } from '@temporalio/client';
import { broken, fine, warning, type Finding } from '../checkups.ts';
import { waitsQueueOf } from '../../domain/identity/task-queues.ts';
import { countPollers } from '../../temporal/pollers.ts';
import { lookAtSearchAttributes } from '../../temporal/search-attributes.ts';
import { lastBeat } from '../../temporal/watch-beats.ts';

const DEADLINE_MS = 4_000;
const WEEK_S = 7 * 24 * 3_600;
const HEARD_WITHIN_MS = 120_000;

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
    const [pollers, ...rest] = await Promise.all([
      within(() => checkPollers(setup)),
      within(() => checkSearchAttributes(setup)),
      ...setup.clusters.map((cluster) => within(() => checkWatch(setup, cluster))),
    ]);
    return [fine('temporal', `namespace ${setup.namespace}`), retention, ...rest, ...pollers];
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

async function checkPollers({ client, taskQueue }: TemporalSetup): Promise<Finding[]> {
  const waitsQueue = waitsQueueOf(taskQueue);
  const [pollers, waits] = await Promise.all([countPollers(client, taskQueue), countPollers(client, waitsQueue)]);
  const found = (queue: string, what: 'workflows' | 'activities', count: number): Finding =>
    count === 0
      ? broken('workers', queue, `no worker has polled it for ${what} within two minutes`)
      : fine('workers', `${count} poll ${queue} for ${what}`);
  return [
    found(taskQueue, 'workflows', pollers.workflows),
    found(taskQueue, 'activities', pollers.activities),
    found(waitsQueue, 'activities', waits.activities),
  ];
}

async function checkWatch({ client }: TemporalSetup, cluster: string): Promise<Finding> {
  const beat = await lastBeat(client, cluster).catch(() => null);
  if (beat === null) return broken('watch', cluster, 'its watch is not open');
  const detail = `last heard of at ${new Date(beat.heardAt).toISOString()}`;
  return Date.now() - beat.heardAt > HEARD_WITHIN_MS
    ? broken('watch', cluster, detail)
    : fine('watch', detail, cluster);
}
