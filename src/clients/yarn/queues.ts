/** Queues out of `GET /ws/v1/cluster/scheduler`, whose shape depends on the scheduler (Hadoop 3.4.3, `…webapp.dao`). */
import { z } from 'zod';

/** A queue. A number is null where the scheduler does not say it. */
export interface QueueReport {
  readonly name: string;
  /** From `root`, with dots. An application may name its queue by path or, if unambiguous, by name. */
  readonly path: string;
  /** Only a RUNNING queue takes applications. Schedulers without queue states: RUNNING. */
  readonly state: 'RUNNING' | 'STOPPED' | 'DRAINING';
  /** Only leaf queues take applications. */
  readonly leaf: boolean;
  /**
   * Whether YARN may create a queue below this one when an application names it. The Fair scheduler does not tell its
   * placement rules, so there it may always be.
   */
  readonly mayCreate: boolean;
  /** Node labels that its applications may use, `*` for all; null where the scheduler does not say. */
  readonly nodeLabels: readonly string[] | null;
  readonly applications: number | null;
  readonly maxApplications: number | null;
  /** The largest container that it gives. */
  readonly maximum: { readonly memoryMb: number; readonly vcores: number } | null;
  readonly load: QueueLoad;
}

/** How much of a queue is in use, and how much it may take. The Fair scheduler tells no percents. */
export interface QueueLoad {
  /** Percent of the parent. */
  readonly capacity: number | null;
  readonly maxCapacity: number | null;
  /** Percent of its own capacity. */
  readonly usedCapacity: number | null;
  /** Percent of the cluster. */
  readonly absoluteCapacity: number | null;
  readonly absoluteMaxCapacity: number | null;
  readonly absoluteUsedCapacity: number | null;
  readonly used: { readonly memoryMb: number; readonly vcores: number } | null;
  readonly allocatedContainers: number | null;
  readonly pendingContainers: number | null;
  /** Null for a parent queue. */
  readonly runningApplications: number | null;
  readonly pendingApplications: number | null;
}

const number = z.number().nullish();
/** A number that is only shown: one that is no JSON number, such as "NaN" of an empty cluster, is unknown. */
const shown = z.number().nullish().catch(null);
const resources = z.object({ memory: z.number(), vCores: z.number() }).nullish().catch(null);

const rawQueue = z.object({
  queueName: z.string().default('default'),
  queuePath: z.string().nullish(),
  state: z.string().nullish(),
  qstate: z.string().nullish(),
  numApplications: number,
  maxApplications: number,
  numActiveApps: number,
  maxApps: number,
  maximumAllocation: resources,
  capacity: shown,
  maxCapacity: shown,
  usedCapacity: shown,
  absoluteCapacity: shown,
  absoluteMaxCapacity: shown,
  absoluteUsedCapacity: shown,
  resourcesUsed: resources,
  usedResources: resources,
  allocatedContainers: shown,
  pendingContainers: shown,
  numActiveApplications: shown,
  numPendingApplications: shown,
  numPendingApps: shown,
  queueType: z.string().nullish(),
  autoCreateChildQueueEnabled: z.boolean().nullish(),
  autoCreationEligibility: z.string().nullish(),
  nodeLabels: z.array(z.string()).nullish().catch(null),
  queues: z.unknown().optional(),
  childQueues: z.unknown().optional(),
});
type RawQueue = z.output<typeof rawQueue>;

export const SchedulerReply = z
  .object({ scheduler: z.object({ schedulerInfo: z.record(z.string(), z.unknown()) }) })
  .transform(({ scheduler: { schedulerInfo } }) => ({
    root: schedulerInfo['rootQueue'] ?? schedulerInfo,
    isFair: schedulerInfo['rootQueue'] !== undefined,
  }))
  .pipe(z.object({ root: rawQueue, isFair: z.boolean() }))
  .transform(({ root, isFair }) => flatten(root, null, isFair));

/** The Capacity scheduler's ways to create queues: a managed parent, and flexible creation (AutoCreationEligibility). */
const createsChildren = ({ autoCreateChildQueueEnabled, autoCreationEligibility }: RawQueue): boolean =>
  autoCreateChildQueueEnabled === true || !['off', 'OFF', null, undefined].includes(autoCreationEligibility);

/** A parent without children looks like a leaf, unless the scheduler tells the type (since Hadoop 3.3) or creates some. */
function isLeaf(raw: RawQueue, children: readonly RawQueue[]): boolean {
  if (children.length > 0) return false;
  return raw.queueType == null ? !createsChildren(raw) : raw.queueType.toLowerCase() === 'leaf';
}

function flatten(raw: RawQueue, parent: string | null, isFair: boolean): QueueReport[] {
  const children = childrenOf(raw);
  const name = raw.queueName.split('.').at(-1) ?? raw.queueName;
  const path = raw.queuePath ?? (parent === null || raw.queueName.includes('.') ? raw.queueName : `${parent}.${name}`);
  const maximum = raw.maximumAllocation;
  const queue: QueueReport = {
    name,
    path,
    state: queueState(raw.state ?? raw.qstate),
    leaf: isLeaf(raw, children),
    mayCreate: isFair || createsChildren(raw),
    nodeLabels: raw.nodeLabels ?? null,
    applications: raw.numApplications ?? raw.numActiveApps ?? null,
    maxApplications: raw.maxApplications ?? raw.maxApps ?? null,
    maximum: sizeOf(maximum),
    load: loadOf(raw),
  };
  return [queue, ...children.flatMap((child) => flatten(child, path, isFair))];
}

const sizeOf = (size: RawQueue['resourcesUsed']): QueueLoad['used'] =>
  size ? { memoryMb: size.memory, vcores: size.vCores } : null;

/** The Capacity scheduler and the Fair scheduler call the same numbers by other names. */
const loadOf = (raw: RawQueue): QueueLoad => ({
  capacity: raw.capacity ?? null,
  maxCapacity: raw.maxCapacity ?? null,
  usedCapacity: raw.usedCapacity ?? null,
  absoluteCapacity: raw.absoluteCapacity ?? null,
  absoluteMaxCapacity: raw.absoluteMaxCapacity ?? null,
  absoluteUsedCapacity: raw.absoluteUsedCapacity ?? null,
  used: sizeOf(raw.resourcesUsed ?? raw.usedResources),
  allocatedContainers: raw.allocatedContainers ?? null,
  pendingContainers: raw.pendingContainers ?? null,
  runningApplications: raw.numActiveApplications ?? raw.numActiveApps ?? null,
  pendingApplications: raw.numPendingApplications ?? raw.numPendingApps ?? null,
});

/** `{"queue":[…]}` in both schedulers; a plain array in the Fair scheduler of Hadoop 2. */
function childrenOf(raw: RawQueue): RawQueue[] {
  const wrapper = raw.queues ?? raw.childQueues;
  const list = isRecord(wrapper) ? wrapper['queue'] : wrapper;
  const items: unknown[] = Array.isArray(list) ? list : isRecord(list) ? [list] : [];
  return items.map((item) => rawQueue.parse(item));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function queueState(value: string | null | undefined): QueueReport['state'] {
  return value === 'STOPPED' || value === 'DRAINING' ? value : 'RUNNING';
}
