/** Schemas of the answers about clusters: how they are, their queues, and the applications that Sluice does not know. */
import { z } from 'zod';
import { Cordon } from '../domain/cluster/cordon.ts';
import { text } from '../domain/input/field-schemas.ts';
import { jobStates } from '../domain/lifecycle.ts';
import { keysOf } from '../domain/values/keys-of.ts';
import { listOf } from './contract.ts';

const total = z.object({ total: z.number(), available: z.number() });

export const ClusterItem = z.object({
  name: z.string(),
  zone: z.string(),
  resourceManager: z.string(),
  launchers: z.array(z.string()),
  /** Null when the ResourceManager did not answer in time. */
  version: z.string().nullable().describe('Version of Hadoop'),
  activeNodes: z.number().nullable(),
  nodes: z
    .object({ active: z.int(), unhealthy: z.int(), lost: z.int(), decommissioned: z.int() })
    .nullable()
    .optional()
    .describe('NodeManagers by state'),
  runningApplications: z.number().nullable(),
  memoryMb: total.nullable(),
  vcores: total.nullable().optional(),
  reachable: z.boolean(),
  problem: z.string().nullable().describe('Why it did not answer'),
  unreachableSince: z
    .string()
    .nullable()
    .optional()
    .describe(
      'Since when this API has had no answer of it. Null while it answers; it is asked when somebody reads this',
    ),
  watch: z
    .object({ heardAt: z.string().nullable().describe('Null when no watcher runs, or Temporal does not tell') })
    .optional()
    .describe('The watcher of its jobs'),
  cordoned: Cordon.nullable()
    .optional()
    .describe('Why it takes no new starts. Null while it takes them; absent while the bucket does not answer'),
  jobs: z
    .partialRecord(z.enum(keysOf(jobStates)), z.int())
    .optional()
    .describe('How many jobs are on it, by state; those that the caller may see. `GET /jobs?cluster=` lists them'),
});
export type ClusterItem = z.infer<typeof ClusterItem>;

const percent = z.number().nullable();

/** A queue of YARN's scheduler. Numbers that the scheduler does not tell are null: the Fair scheduler knows no capacity. */
export const QueueItem = z.object({
  name: z.string(),
  path: z.string().describe('From `root`, with dots'),
  leaf: z.boolean().describe('Only leaf queues take applications'),
  state: z.enum(['RUNNING', 'STOPPED', 'DRAINING']).describe('Only a RUNNING queue takes applications'),
  capacity: percent.describe('Percent of its parent that it is sure of'),
  maxCapacity: percent.describe('Percent of its parent that it may grow to'),
  usedCapacity: percent.describe('Percent of its own capacity that is in use: more than 100 when it has grown'),
  absoluteCapacity: percent.describe('Percent of the whole cluster that it is sure of'),
  absoluteMaxCapacity: percent.describe('Percent of the whole cluster that it may grow to'),
  absoluteUsedCapacity: percent.describe('Percent of the whole cluster that is in use by it'),
  used: z.object({ memoryMb: z.int(), vcores: z.int() }).nullable(),
  allocatedContainers: z.int().nullable(),
  pendingContainers: z.int().nullable().describe('Containers that its applications wait for'),
  runningApplications: z.int().nullable().describe('Of a leaf queue'),
  pendingApplications: z.int().nullable().describe('Applications of a leaf queue that wait for their first container'),
  applications: z.int().nullable(),
  maxApplications: z.int().nullable(),
  maxContainer: z.object({ memoryMb: z.int(), vcores: z.int() }).nullable().describe('The largest that it gives'),
});
export type QueueItem = z.infer<typeof QueueItem>;

export const StrangerItem = z.object({
  application: z.string(),
  name: z.string(),
  user: z.string(),
  queue: z.string(),
  state: z.string(),
  type: z.string().describe('As YARN has it, such as `Apache Flink`'),
  startedAt: z.string().nullable(),
  job: z.string().nullable().describe('The job whose name or tags it has, and which does not know it'),
  by: z
    .enum(['tags', 'name'])
    .nullable()
    .describe('What it has in common with the job, or with Sluice. Null for a Flink application of somebody else'),
});
export type StrangerItem = z.infer<typeof StrangerItem>;

export const ClusterBody = ClusterItem.extend({
  queues: z.array(QueueItem).nullable().describe('From the root down. Null when the cluster did not answer'),
  strangers: z
    .array(StrangerItem)
    .nullable()
    .describe(
      'Applications that live on it and that Sluice does not know, newest first, at most 200. Null for callers without the permission `doctor`, and when the cluster did not answer',
    ),
});
export type ClusterBody = z.infer<typeof ClusterBody>;

export const ClusterList = listOf(ClusterItem);

export const CordonRequest = z.strictObject({ reason: text(300).describe('Why, for people whose starts are refused') });
export const UncordonRequest = z.strictObject({});

export const CordonBody = z.object({
  name: z.string(),
  cordoned: Cordon.nullable().describe('A second cordon leaves the first as it was'),
});
export type CordonBody = z.infer<typeof CordonBody>;
