// The observer reads YARN and the jobs' own output, never Sluice's API, and judges whether the promises were kept.
import { watchApplications } from './applications.ts';
import type { WatchedCluster } from './applications.ts';
import { gateReader, type GateStore } from './gates.ts';
import { judgeRecords } from './judge.ts';
import type { JobReport } from './judge.ts';
import type { ApplicationWatchReport } from './ledger.ts';
import { endOfFile, readRecords } from './records.ts';

/** Evidence about a job from outside. A part is missing if nothing observed it. */
export interface Evidence {
  readonly job: string;
  /** The judgement of the job's records. Undefined if the job wrote none. */
  readonly records: JobReport | undefined;
  /** YARN's answers during the same time. Left out if there was no watch. */
  readonly applications?: ApplicationWatchReport;
  /**
   * `none` forbids every repeated record, as across a stop with savepoint. `explained`, the default, allows repetitions
   * that a restore from a checkpoint, or a rollback to the same point, explains.
   */
  readonly repeats?: 'none' | 'explained';
}

/** The verdict: whether every promise was kept, and one sentence for people. */
export interface Verdict {
  readonly sound: boolean;
  readonly sentence: string;
  /** The broken promises, each with its first example. */
  readonly problems: readonly string[];
}

/** Sums up the evidence about a job. */
export function verdict({ job, records, applications, repeats = 'explained' }: Evidence): Verdict {
  const coexistence = [
    ...coexistenceInYarn(job, applications),
    ...coexistenceInRecords(records),
    ...lateRecords(job, applications, records),
  ];
  const problems = [...coexistence, ...blindness(applications), ...problemsOfRecords(records, repeats)];
  const parts = [
    coexistence.length === 0 ? 'one instance at every moment' : 'NOT one instance at every moment',
    ...(records === undefined ? ['no record was written'] : factsOf(records)),
    ...glimpses(job, applications),
    ...silences(applications),
  ];
  return { sound: problems.length === 0, sentence: `${job}: ${parts.join(', ')}`, problems };
}

function coexistenceInYarn(job: string, applications: ApplicationWatchReport | undefined): string[] {
  const doubles = applications?.jobs.find((watched) => watched.job === job)?.doubles ?? [];
  return doubles
    .filter(({ certain }) => certain)
    .map(({ applications: both, from, to, samples }) => {
      const list = both.map(({ id, state, cluster }) => `${id} (${state} on ${cluster})`).join(' and ');
      return `${list} lived at once from ${from} to ${to}, in ${counted(samples, 'sample')}`;
    });
}

function coexistenceInRecords(records: JobReport | undefined): string[] {
  return (records?.overlaps.examples ?? []).map(
    ({ from, to, instances }) => `${instances.join(' and ')} both wrote from ${from} to ${to}`,
  );
}

/** An application that YARN still lists beside its successor must write nothing from the opening of the successor's gate on. */
function lateRecords(
  job: string,
  applications: ApplicationWatchReport | undefined,
  records: JobReport | undefined,
): string[] {
  const replaced = applications?.jobs.find((watched) => watched.job === job)?.replaced ?? [];
  return replaced.flatMap(({ id, at }) => {
    const last = records?.instances.find(({ instance }) => instance === id)?.lastEmittedAt;
    if (last === undefined || Date.parse(last) <= Date.parse(at)) return [];
    return [`${id} wrote until ${last}, and the gate of its successor was opened at ${at}`];
  });
}

function blindness(applications: ApplicationWatchReport | undefined): string[] {
  return applications?.answered === 0 ? ['no ResourceManager ever answered, so nothing is known of applications'] : [];
}

function problemsOfRecords(records: JobReport | undefined, repeats: 'none' | 'explained'): string[] {
  if (records === undefined) return ['no record was written'];
  const { lost, repeated, stateErrors } = records;
  const [gap] = lost.examples;
  const [repetition] = repeated.examples;
  const [stateError] = stateErrors.examples;
  const forbidden = repeats === 'none' ? repeated.count : repeated.unexplained;
  const problems: string[] = [];
  if (gap !== undefined) problems.push(`${lost.count} lost, the first from ${gap.from} to ${gap.to}`);
  if (repetition !== undefined && forbidden > 0) {
    const why = repeats === 'none' ? '' : ' without a restore that explains it';
    problems.push(`${forbidden} repeated${why}; the first of all is ${repetition.seq} by ${repetition.instance}`);
  }
  if (stateError !== undefined) {
    problems.push(`${counted(stateErrors.count, 'state error')}; at ${stateError.seq} ${stateError.stateError}`);
  }
  return problems;
}

function factsOf({ instances, records, lost, repeated, stateErrors }: JobReport): string[] {
  const explained = repeated.count - repeated.unexplained;
  return [
    `${counted(instances.length, 'instance')} in turn`,
    counted(records, 'record'),
    `${lost.count} lost`,
    `${repeated.count} repeated${explained > 0 ? ` (${explained} explained by a restore)` : ''}`,
    ...(stateErrors.count > 0 ? [counted(stateErrors.count, 'state error')] : []),
  ];
}

/**
 * Lists uncertain doubles: two clusters, read one after the other, showed one application each. A person must judge.
 */
function glimpses(job: string, applications: ApplicationWatchReport | undefined): string[] {
  const doubles = applications?.jobs.find((watched) => watched.job === job)?.doubles ?? [];
  return doubles
    .filter(({ certain }) => !certain)
    .map(({ applications: each, from }) => `glimpsed once ${each.map(({ id }) => id).join(' and ')} at ${from}`);
}

function silences(applications: ApplicationWatchReport | undefined): string[] {
  return (applications?.silences ?? []).map(
    ({ cluster, from, to, reason }) => `${cluster} unknown from ${from} to ${to} (${reason})`,
  );
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** A running observation. */
export interface Observation {
  /** Ends the observation and sums up everything since its start. */
  conclude(options?: {
    readonly unsettled?: number;
    readonly repeats?: 'none' | 'explained';
    readonly runOnAfter?: RegExp;
  }): Promise<Verdict & { readonly records: JobReport | undefined; readonly applications: ApplicationWatchReport }>;
}

/** Starts to observe a job: its lines in the observer's file and its applications on all clusters. */
export async function observe({
  job,
  file,
  clusters,
  gates,
  intervalMs = 250,
}: {
  readonly job: string;
  readonly file: string;
  readonly clusters: readonly WatchedCluster[];
  /** The bucket with the gates of the jobs. Without it a held application counts as an instance. */
  readonly gates?: GateStore;
  readonly intervalMs?: number;
}): Promise<Observation> {
  const from = await endOfFile(file);
  const watch = watchApplications({
    clusters,
    intervalMs,
    ...(gates === undefined ? {} : { gates: gateReader(gates) }),
  });
  return {
    conclude: async ({ repeats = 'explained', ...options } = {}) => {
      const applications = await watch.stop();
      const records = (await judgeRecords(readRecords(file, { job, from }), options)).get(job);
      return { ...verdict({ job, records, applications, repeats }), records, applications };
    },
  };
}
