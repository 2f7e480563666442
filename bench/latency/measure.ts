/**
 * Measures a run from the request until every task is RUNNING, from outside and in the same way for every contender.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { FlinkClient } from '../../src/clients/flink/flink.ts';
import type { FlinkJob } from '../../src/clients/flink/replies.ts';
import type { YarnClient } from '../../src/clients/yarn/yarn.ts';
import { isTerminal, type ApplicationReport } from '../../src/clients/yarn/replies.ts';
import { SluiceError } from '../../src/domain/errors/errors.ts';
import type { RequestedStart } from './contender.ts';

const LOOK_EVERY_MS = 100;
const RUNNING_WITHIN_MS = 180_000;

/** Times in milliseconds after the request. */
export interface Latency {
  /** The ResourceManager has the application (its `startedTime`). */
  readonly submitted: number;
  /** The bench saw that the application master had registered. */
  readonly registered: number;
  /** Flink's JobManager had created the job that `main()` built (`start-time`). */
  readonly created: number;
  /** The last task entered RUNNING, by Flink's own record. */
  readonly running: number;
}

interface Eyes {
  readonly yarn: YarnClient;
  readonly flink: FlinkClient;
}

/** Watches a start until all of its tasks run. @throws Error when it fails or takes too long. */
export async function measure(eyes: Eyes, start: RequestedStart, signal: AbortSignal): Promise<Latency> {
  const over = new AbortController();
  const watching = watch(eyes, start, AbortSignal.any([signal, over.signal]));
  watching.catch(() => undefined); // a failure after the wait has ended is irrelevant
  try {
    return await Promise.race([start.failed, watching]);
  } finally {
    over.abort();
  }
}

async function watch({ yarn, flink }: Eyes, start: RequestedStart, signal: AbortSignal): Promise<Latency> {
  const { requestedAt, filter } = start;
  let registeredAt: number | null = null;
  let seen = 'YARN does not have the application';
  while (Date.now() < requestedAt + RUNNING_WITHIN_MS) {
    await sleep(LOOK_EVERY_MS, undefined, { signal });
    const application = await find(yarn, filter);
    if (application === null) continue;
    seen = `${application.id} is ${application.state}`;
    if (isTerminal(application.state)) throw new Error(`${seen}: ${application.diagnostics}`);
    if (application.amAddress === null) continue;
    registeredAt ??= Date.now();
    const job = await findJob(flink, application.amAddress);
    if (job === null) continue;
    seen = `the job of ${application.id} is ${job.state}`;
    if (!job.allTasksRunning) continue;
    const runningAt = await lastTaskRunningAt(application.amAddress, job);
    return {
      submitted: (application.startedAt ?? requestedAt) - requestedAt,
      registered: registeredAt - requestedAt,
      created: (job.startedAt ?? requestedAt) - requestedAt,
      running: runningAt - requestedAt,
    };
  }
  throw new Error(`Not every task was RUNNING after ${RUNNING_WITHIN_MS / 1000} s: ${seen}`);
}

async function find(yarn: YarnClient, filter: RequestedStart['filter']): Promise<ApplicationReport | null> {
  const found = await yarn.applications(filter);
  if (found.length > 1)
    throw new Error(`One start became ${found.length} applications: ${found.map(({ id }) => id).join(', ')}`);
  return found[0] ?? null;
}

/** Returns the one job of an application. A JobManager that is still starting has none. */
async function findJob(flink: FlinkClient, address: string): Promise<FlinkJob | null> {
  try {
    const [summary] = await flink.jobs(address);
    return summary === undefined ? null : await flink.job(address, summary.id);
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'FlinkUnreachable') return null;
    throw error;
  }
}

const SubtaskTimes = z.object({ subtasks: z.array(z.object({ timestamps: z.record(z.string(), z.number()) })) });

/**
 * Reads the time from Flink's own record, whose clock is this machine's. A REST snapshot's state would be unfair,
 * because its age is a setting (`web.refresh-interval`) in which the contenders differ.
 */
export async function lastTaskRunningAt(address: string, job: FlinkJob): Promise<number> {
  const times = await Promise.all(
    job.vertices.map(async ({ id }) => {
      const url = `http://${address}/jobs/${job.id}/vertices/${id}/subtasktimes`;
      const reply = SubtaskTimes.parse(await (await fetch(url, { signal: AbortSignal.timeout(10_000) })).json());
      return reply.subtasks.map(({ timestamps }) => timestamps['RUNNING'] ?? 0);
    }),
  );
  const last = Math.max(...times.flat());
  if (last <= 0) throw new Error(`Flink does not say when the tasks of ${job.id} began to run`);
  return last;
}
