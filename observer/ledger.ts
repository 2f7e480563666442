// Draws conclusions from the answers of the ResourceManagers, moment by moment. Every function here is pure.

/** The ledger keeps this many doubles and this many silences. Beyond that it only counts. */
const KEPT = 1_000;

/** An application that had not ended when its ResourceManager was asked. */
export interface LiveApplication {
  readonly cluster: string;
  readonly id: string;
  readonly name: string;
  readonly job: string;
  readonly state: string;
  readonly startedTime: number;
  /** The epoch in Sluice's tag; null for an application without one. */
  readonly epoch?: number | null;
  /**
   * Anything but `instance` is no second instance as far as its gate goes. A replaced one must have stopped writing: its records
   * tell (`verdict`).
   */
  readonly standing?: 'instance' | 'held' | 'opening' | 'replaced';
  /** The time at which the gate of its successor was opened. */
  readonly replacedAt?: string;
  /** The time at which its gate was opened, as far as the gates tell. */
  readonly openedAt?: string;
}

/** The answer of a cluster: its live applications, or unknown. */
export type ClusterAnswer =
  | { readonly kind: 'known'; readonly cluster: string; readonly applications: readonly LiveApplication[] }
  | { readonly kind: 'unknown'; readonly cluster: string; readonly reason: string };

/** All clusters at one moment. */
export interface Sample {
  readonly at: number;
  readonly answers: readonly ClusterAnswer[];
}

/**
 * More than one live application of a job, from the first sample with these applications in these states to the last.
 */
export interface DoubleSighting {
  readonly job: string;
  readonly from: string;
  readonly to: string;
  readonly samples: number;
  /**
   * True if one ResourceManager listed both at once, or two readings in a row showed both. False if two clusters, which
   * are never read at the same instant, showed one application each in a single reading.
   */
  readonly certain: boolean;
  readonly applications: readonly Pick<LiveApplication, 'cluster' | 'id' | 'state'>[];
}

/** A period in which a cluster did not answer. Its applications are then unknown, which does not mean absent. */
export interface Silence {
  readonly cluster: string;
  readonly from: string;
  readonly to: string;
  readonly samples: number;
  readonly reason: string;
}

/** The applications of one job that the watch saw. */
export interface WatchedJob {
  readonly job: string;
  /** Instances: an application that is held at its gate is none. */
  readonly mostAtOnce: number;
  /** Applications that lived at once, held ones among them. */
  readonly mostAlive: number;
  /** The openings of gates, in the order in which they were seen. */
  readonly openings: readonly {
    readonly cluster: string;
    readonly id: string;
    readonly at: string;
    readonly seen: string;
  }[];
  /** Applications that YARN listed although a successor had taken their place. */
  readonly replaced: readonly { readonly id: string; readonly at: string }[];
  /** Every application of the job, in the order of appearance. */
  readonly applications: readonly {
    readonly cluster: string;
    readonly id: string;
    readonly firstSeen: string;
    readonly lastSeen: string;
  }[];
  readonly doubles: readonly DoubleSighting[];
}

/** The report of a watch. */
export interface ApplicationWatchReport {
  readonly samples: number;
  readonly from: string | null;
  readonly to: string | null;
  /** Samples in which at least one cluster answered. */
  readonly answered: number;
  readonly jobs: readonly WatchedJob[];
  readonly silences: readonly Silence[];
}

type Changing<T> = { -readonly [Key in keyof T]: T[Key] };

interface JobEntry {
  mostAtOnce: number;
  mostAlive: number;
  readonly openings: Map<string, WatchedJob['openings'][number]>;
  readonly replaced: Map<string, string>;
  readonly applications: Map<string, { cluster: string; id: string; firstSeen: string; lastSeen: string }>;
  readonly doubles: Changing<DoubleSighting>[];
  /** The double in the previous sample, and a key of its applications. */
  open: { readonly key: string; readonly sighting: Changing<DoubleSighting> } | undefined;
}

/** Collects samples in the order of time and sums them up. */
export class ApplicationLedger {
  readonly #jobs = new Map<string, JobEntry>();
  readonly #silences: Changing<Silence>[] = [];
  readonly #silent = new Map<string, Changing<Silence>>();
  #samples = 0;
  #answered = 0;
  #from: string | null = null;
  #to: string | null = null;

  /** Adds a sample. Returns true if the sample shows a double that needs a second reading to be certain. */
  add(sample: Sample): boolean {
    const at = new Date(sample.at).toISOString();
    this.#samples += 1;
    this.#from ??= at;
    this.#to = at;
    if (sample.answers.some(({ kind }) => kind === 'known')) this.#answered += 1;
    for (const answer of sample.answers) this.#noteSilence(answer, at);
    const byJob = groupByJob(sample.answers);
    for (const [job, entry] of this.#jobs) if (!byJob.has(job)) entry.open = undefined;
    return [...byJob].map(([job, applications]) => this.#noteJob(job, applications, at)).includes(true);
  }

  report(): ApplicationWatchReport {
    const jobs = [...this.#jobs].map(([job, { mostAtOnce, mostAlive, openings, replaced, applications, doubles }]) => ({
      job,
      mostAtOnce,
      mostAlive,
      openings: [...openings.values()],
      replaced: [...replaced].map(([id, at]) => ({ id, at })),
      applications: [...applications.values()].map((application) => ({ ...application })),
      doubles: doubles.map((double) => ({ ...double })),
    }));
    return {
      samples: this.#samples,
      from: this.#from,
      to: this.#to,
      answered: this.#answered,
      jobs: jobs.sort((a, b) => (a.job < b.job ? -1 : 1)),
      silences: this.#silences.map((silence) => ({ ...silence })),
    };
  }

  #noteSilence(answer: ClusterAnswer, at: string): void {
    if (answer.kind === 'known') {
      this.#silent.delete(answer.cluster);
      return;
    }
    const known = this.#silent.get(answer.cluster);
    if (known !== undefined) {
      known.to = at;
      known.samples += 1;
      return;
    }
    const silence = { cluster: answer.cluster, from: at, to: at, samples: 1, reason: answer.reason };
    this.#silent.set(answer.cluster, silence);
    if (this.#silences.length < KEPT) this.#silences.push(silence);
  }

  #noteJob(job: string, live: readonly LiveApplication[], at: string): boolean {
    let entry = this.#jobs.get(job);
    if (entry === undefined) {
      const none = { mostAtOnce: 0, mostAlive: 0 };
      const maps = { openings: new Map(), replaced: new Map(), applications: new Map() };
      entry = { ...none, ...maps, doubles: [], open: undefined };
      this.#jobs.set(job, entry);
    }
    const instances = live.filter(({ standing = 'instance' }) => standing === 'instance');
    entry.mostAtOnce = Math.max(entry.mostAtOnce, instances.length);
    entry.mostAlive = Math.max(entry.mostAlive, live.length);
    for (const { cluster, id, openedAt, replacedAt } of live) {
      if (replacedAt !== undefined) entry.replaced.set(id, replacedAt);
      const seen = entry.applications.get(`${cluster} ${id}`);
      if (seen === undefined) entry.applications.set(`${cluster} ${id}`, { cluster, id, firstSeen: at, lastSeen: at });
      else seen.lastSeen = at;
      const opening = `${cluster} ${id}`;
      if (openedAt !== undefined && !entry.openings.has(opening))
        entry.openings.set(opening, { cluster, id, at: openedAt, seen: at });
    }
    if (instances.length < 2) {
      entry.open = undefined;
      return false;
    }
    return !noteDouble(job, entry, instances, at).certain;
  }
}

function noteDouble(job: string, entry: JobEntry, live: readonly LiveApplication[], at: string): DoubleSighting {
  const applications = live.map(({ cluster, id, state }) => ({ cluster, id, state }));
  const key = JSON.stringify(applications);
  const again = seenBefore(entry.open?.sighting.applications ?? [], live);
  if (again && entry.open !== undefined) entry.open.sighting.certain = true;
  if (entry.open?.key === key) {
    entry.open.sighting.to = at;
    entry.open.sighting.samples += 1;
    return entry.open.sighting;
  }
  const sighting = { job, from: at, to: at, samples: 1, certain: again || shareACluster(live), applications };
  entry.open = { key, sighting };
  if (entry.doubles.length < KEPT) entry.doubles.push(sighting);
  return sighting;
}

function seenBefore(before: readonly { readonly id: string }[], now: readonly { readonly id: string }[]): boolean {
  return now.filter(({ id }) => before.some((earlier) => earlier.id === id)).length > 1;
}

function shareACluster(live: readonly LiveApplication[]): boolean {
  return new Set(live.map(({ cluster }) => cluster)).size < live.length;
}

function groupByJob(answers: readonly ClusterAnswer[]): Map<string, LiveApplication[]> {
  const byJob = new Map<string, LiveApplication[]>();
  for (const answer of answers) {
    if (answer.kind === 'unknown') continue;
    for (const application of answer.applications) {
      byJob.set(application.job, [...(byJob.get(application.job) ?? []), application]);
    }
  }
  return byJob;
}
