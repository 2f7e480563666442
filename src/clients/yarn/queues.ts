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
  readonly applications: number | null;
  readonly maxApplications: number | null;
  /** The largest container that it gives. */
  readonly maximum: { readonly memoryMb: number; readonly vcores: number } | null;
}

const number = z.number().nullish();

const rawQueue = z.object({
  queueName: z.string().default('default'),
  queuePath: z.string().nullish(),
  state: z.string().nullish(),
  qstate: z.string().nullish(),
  numApplications: number,
  maxApplications: number,
  numActiveApps: number,
  maxApps: number,
  maximumAllocation: z.object({ memory: z.number(), vCores: z.number() }).nullish().catch(null),
  queues: z.unknown().optional(),
  childQueues: z.unknown().optional(),
});
type RawQueue = z.output<typeof rawQueue>;

export const SchedulerReply = z
  .object({ scheduler: z.object({ schedulerInfo: z.record(z.string(), z.unknown()) }) })
  .transform(({ scheduler: { schedulerInfo } }) => schedulerInfo['rootQueue'] ?? schedulerInfo)
  .pipe(rawQueue)
  .transform((root) => flatten(root, null));

function flatten(raw: RawQueue, parent: string | null): QueueReport[] {
  const children = childrenOf(raw);
  const name = raw.queueName.split('.').at(-1) ?? raw.queueName;
  const path = raw.queuePath ?? (parent === null || raw.queueName.includes('.') ? raw.queueName : `${parent}.${name}`);
  const maximum = raw.maximumAllocation;
  const queue: QueueReport = {
    name,
    path,
    state: queueState(raw.state ?? raw.qstate),
    leaf: children.length === 0,
    applications: raw.numApplications ?? raw.numActiveApps ?? null,
    maxApplications: raw.maxApplications ?? raw.maxApps ?? null,
    maximum: maximum ? { memoryMb: maximum.memory, vcores: maximum.vCores } : null,
  };
  return [queue, ...children.flatMap((child) => flatten(child, path))];
}

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
