// Watches the ResourceManagers directly and notes every moment in which a job has more than one live application.
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { ApplicationLedger } from './ledger.ts';
import type { ApplicationWatchReport, ClusterAnswer } from './ledger.ts';

/** Each of these states can lead to a running Flink job. YARN does not list an application in NEW before its submit. */
const LIVE_STATES = 'NEW,NEW_SAVING,SUBMITTED,ACCEPTED,RUNNING';

const Reply = z.object({
  apps: z
    .object({
      app: z
        .array(
          z.object({
            id: z.string(),
            name: z.string(),
            state: z.string(),
            applicationTags: z.string().default(''),
            startedTime: z.number(),
          }),
        )
        .optional(),
    })
    .nullable(),
});

/** A cluster to watch. */
export interface WatchedCluster {
  readonly name: string;
  /** The base URL of the cluster's ResourceManager. */
  readonly resourceManager: string;
}

export interface WatchOptions {
  readonly clusters: readonly WatchedCluster[];
  readonly intervalMs?: number;
  /** A ResourceManager that takes longer counts as unknown for that moment. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** A running watch. */
export interface ApplicationWatch {
  /** Returns the report so far. */
  report(): ApplicationWatchReport;
  /** Ends the watch after the poll under way. */
  stop(): Promise<ApplicationWatchReport>;
}

/** Starts a watch. The first poll is under way when this function returns. */
export function watchApplications({
  clusters,
  intervalMs = 250,
  timeoutMs = 2_000,
  signal,
}: WatchOptions): ApplicationWatch {
  const stopping = new AbortController();
  const stopped = signal === undefined ? stopping.signal : AbortSignal.any([signal, stopping.signal]);
  const ledger = new ApplicationLedger();
  const poll = async () => {
    const answers = await Promise.all(clusters.map((cluster) => askCluster(cluster, timeoutMs)));
    return ledger.add({ at: Date.now(), answers });
  };
  const watch = async () => {
    while (!stopped.aborted) {
      // Two clusters cannot be read at the same instant. A second reading tells a real double from an application that
      // moved between the two reads.
      const suspected = await poll();
      if (suspected) await poll();
      await sleep(intervalMs, undefined, { signal: stopped }).catch(() => undefined);
    }
  };
  const running = watch();
  return {
    report: () => ledger.report(),
    stop: async () => {
      stopping.abort();
      await running;
      return ledger.report();
    },
  };
}

/** Asks a ResourceManager for its live Flink applications. Never throws, because "unknown" is an answer. */
async function askCluster(cluster: WatchedCluster, timeoutMs: number): Promise<ClusterAnswer> {
  const url = new URL('ws/v1/cluster/apps', withSlash(cluster.resourceManager));
  url.searchParams.set('applicationTypes', 'Apache Flink');
  url.searchParams.set('states', LIVE_STATES);
  try {
    const response = await fetch(url, {
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    if (!response.ok) return unknown(cluster, `HTTP ${response.status}`);
    const reply = Reply.safeParse(parseJson(text));
    if (!reply.success) return unknown(cluster, `not a list of applications: ${text.slice(0, 80)}`);
    const applications = (reply.data.apps?.app ?? []).map(({ applicationTags, ...application }) => ({
      ...application,
      cluster: cluster.name,
      job: jobOf(application.name, applicationTags),
    }));
    return { kind: 'known', cluster: cluster.name, applications };
  } catch (cause) {
    return unknown(cluster, cause instanceof Error ? reasonOf(cause) : String(cause));
  }
}

function unknown(cluster: WatchedCluster, reason: string): ClusterAnswer {
  return { kind: 'unknown', cluster: cluster.name, reason };
}

/** Returns the reason of a failed fetch, which is in its cause: fetch itself says only "fetch failed". */
function reasonOf(error: Error): string {
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}

/** Returns the job in Sluice's tag, or the application's name if other people started it without that tag. */
function jobOf(name: string, tags: string): string {
  const prefix = 'sluice-job-';
  const tag = tags.split(',').find((candidate) => candidate.trim().startsWith(prefix));
  return tag === undefined ? name : tag.trim().slice(prefix.length);
}
