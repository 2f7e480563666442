// Watches the ResourceManagers directly and notes every moment in which a job has more than one live application.
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { replacedAt, standingOf, type GateReader } from './gates.ts';
import { ApplicationLedger } from './ledger.ts';
import type { ApplicationWatchReport, ClusterAnswer, LiveApplication } from './ledger.ts';

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
  /** Reads the gates of jobs. Without it every application counts as an instance. */
  readonly gates?: GateReader;
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
  gates,
  intervalMs = 250,
  timeoutMs = 2_000,
  signal,
}: WatchOptions): ApplicationWatch {
  const stopping = new AbortController();
  const stopped = signal === undefined ? stopping.signal : AbortSignal.any([signal, stopping.signal]);
  const ledger = new ApplicationLedger();
  const gatekeeper =
    gates === undefined ? null : new Gatekeeper(gates, (application) => stillRuns(clusters, application, timeoutMs));
  const poll = async () => {
    const asked = await Promise.all(clusters.map((cluster) => askCluster(cluster, timeoutMs)));
    const answers = gatekeeper === null ? asked : await gatekeeper.judge(asked);
    const isDoubtful = ledger.add({ at: Date.now(), answers });
    return isDoubtful || hasOpening(answers);
  };
  const watch = async () => {
    while (!stopped.aborted) {
      // Two clusters, or a cluster and the gates, cannot be read at the same instant. A second reading tells a real double from
      // an application that moved, or a gate that was opened, between the two reads.
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

/**
 * Knows which live applications are instances. The gates are read after YARN has answered: a gate that is held then was not open
 * before, and one that is open then counts from the next reading of YARN on. A replaced application whose JobManager answers that a
 * job has not FINISHED counts all the same; where none answers, the records of the job must tell (`verdict`).
 */
class Gatekeeper {
  readonly #read: GateReader;
  /** The time of the opening of each application whose gate was seen open: it is an instance as long as it lives. */
  readonly #opened = new Map<string, string>();

  readonly #stillRuns: (application: LiveApplication) => Promise<boolean>;

  constructor(read: GateReader, stillRuns: (application: LiveApplication) => Promise<boolean>) {
    this.#read = read;
    this.#stillRuns = stillRuns;
  }

  async judge(answers: readonly ClusterAnswer[]): Promise<ClusterAnswer[]> {
    const live = answers.flatMap((answer) => (answer.kind === 'known' ? answer.applications : []));
    const isAlone = ({ job }: LiveApplication): boolean => live.filter((other) => other.job === job).length === 1;
    const unclear = live.filter((application) => !this.#opened.has(application.id) || !isAlone(application));
    const jobs = [...new Set(unclear.map(({ job }) => job))];
    const gates = new Map(await Promise.all(jobs.map(async (job) => [job, await this.#read(job)] as const)));
    return Promise.all(
      answers.map(async (answer) => {
        if (answer.kind === 'unknown') return answer;
        const judged = answer.applications.map((one) => this.#judgeOne(one, gates.get(one.job)));
        return { ...answer, applications: await Promise.all(judged.map((one) => this.#asked(one))) };
      }),
    );
  }

  async #asked(application: LiveApplication): Promise<LiveApplication> {
    if (application.standing !== 'replaced') return application;
    return (await this.#stillRuns(application)) ? { ...application, standing: 'instance' } : application;
  }

  #judgeOne(application: LiveApplication, gates: Parameters<typeof standingOf>[1]): LiveApplication {
    const replaced = replacedAt(application.id, gates);
    if (replaced !== undefined) return { ...application, standing: 'replaced', replacedAt: replaced };
    const known = this.#opened.get(application.id);
    if (known !== undefined) return { ...application, standing: 'instance', openedAt: known };
    const standing = standingOf({ id: application.id, epoch: application.epoch ?? null }, gates);
    if (standing.kind === 'unknown') return { ...application, standing: 'instance' };
    if (standing.kind === 'held') return { ...application, standing: 'held' };
    this.#opened.set(application.id, standing.at);
    return { ...application, standing: 'opening', openedAt: standing.at };
  }
}

const Jobs = z.object({ jobs: z.array(z.object({ state: z.string() })) });

/** Asks the JobManager of an application, through the proxy of YARN. False where none answers. */
async function stillRuns(
  clusters: readonly WatchedCluster[],
  { cluster, id }: LiveApplication,
  timeoutMs: number,
): Promise<boolean> {
  const place = clusters.find(({ name }) => name === cluster);
  if (place === undefined) return false;
  const url = new URL(`proxy/${id}/jobs/overview`, withSlash(place.resourceManager));
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    return Jobs.parse(await response.json()).jobs.some(({ state }) => state !== 'FINISHED');
  } catch {
    return false; // no answer, which says nothing
  }
}

const hasOpening = (answers: readonly ClusterAnswer[]): boolean =>
  answers.some(
    (answer) => answer.kind === 'known' && answer.applications.some(({ standing }) => standing === 'opening'),
  );

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
      job: tagged(applicationTags, 'sluice-job-') ?? application.name,
      epoch: epochOf(applicationTags),
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

/** Returns the rest of Sluice's tag. An application that other people started has none. */
function tagged(tags: string, prefix: string): string | undefined {
  const tag = tags.split(',').find((candidate) => candidate.trim().startsWith(prefix));
  return tag?.trim().slice(prefix.length);
}

function epochOf(tags: string): number | null {
  const epoch = Number(tagged(tags, 'sluice-epoch-'));
  return Number.isInteger(epoch) ? epoch : null;
}
