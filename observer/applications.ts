// Watches the ResourceManagers themselves and writes down every moment in which a job has more than one live application.
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { ApplicationLedger } from './ledger.ts';
import type { ApplicationWatchReport, ClusterAnswer } from './ledger.ts';

/** NEW, as it is before the submit, is never listed; every state listed here can lead to a running Flink job. */
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
  /** The base URL of its ResourceManager. */
  readonly resourceManager: string;
}

export interface WatchOptions {
  readonly clusters: readonly WatchedCluster[];
  readonly intervalMs?: number;
  /** A ResourceManager that takes longer is unknown for that moment. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** A watch under way. */
export interface ApplicationWatch {
  /** What was seen so far. */
  report(): ApplicationWatchReport;
  /** Ends the watch after the poll under way. */
  stop(): Promise<ApplicationWatchReport>;
}

/** Begins to watch; the first poll is under way when this returns. */
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
      // Two clusters are not read at one instant; a second reading tells a real double from one that moved in between.
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

/** Asks one ResourceManager which Flink applications live on it; never throws, since not to know is an answer. */
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

/** What fetch says is "fetch failed"; why is in its cause. */
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

/** Sluice's tag where there is one; the name for applications that others started. */
function jobOf(name: string, tags: string): string {
  const prefix = 'sluice-job-';
  const tag = tags.split(',').find((candidate) => candidate.trim().startsWith(prefix));
  return tag === undefined ? name : tag.trim().slice(prefix.length);
}
