/**
 * Streams changes of jobs. Jobs with listeners are read once a second, whatever the number of listeners, and each change
 * gets an id that a listener can resume from.
 */
import { randomUUID } from 'node:crypto';
import { canonicalJson } from '../../domain/identity/fingerprint.ts';
import type { JobView } from '../../domain/job/job-memory.ts';
import type { JobSummary } from '../../temporal/job-gateway.ts';
import type { Jobs } from './jobs.ts';
import type { LinksOf } from './links.ts';

const LOOK_EVERY_MS = 1_000;
const KEPT_EVENTS = 500;
/** Time that a stream is kept up to date for a listener whose connection broke. */
const LINGER_MS = 60_000;
export const MOST_LISTENERS = 200;

/** `job`: the job has changed; `gone`: its workflow is closed now. */
export interface JobEvent {
  readonly id: string;
  readonly type: 'job' | 'gone';
  readonly data: EventData;
}

/** At least the name of the job, and of one that is there its owner. */
type EventData = Pick<JobSummary, 'name'> & Partial<Pick<JobSummary, 'environment' | 'owner'>>;

type Listener = (event: JobEvent) => void;

/** A stream: its listeners, and the last known shape of each of its jobs. */
interface Topic {
  readonly listeners: Set<Listener>;
  readonly shown: Map<string, { readonly text: string; readonly value: EventData }>;
  readonly kept: JobEvent[];
  timer: NodeJS.Timeout | null;
  /** Runs while the stream has no listener. */
  ending: NodeJS.Timeout | null;
  looking: boolean;
}

const ALL_JOBS = '*';

export class JobEvents {
  readonly #jobs: Jobs;
  readonly #linksOf: LinksOf;
  readonly #topics = new Map<string, Topic>();
  /** Marks ids of this process: a listener that comes with the id of another process gets everything anew. */
  readonly #boot = randomUUID().slice(0, 8);
  #sequence = 0;
  #listeners = 0;

  constructor(jobs: Jobs, linksOf: LinksOf) {
    this.#jobs = jobs;
    this.#linksOf = linksOf;
  }

  get listeners(): number {
    return this.#listeners;
  }

  /**
   * Listens to one job, or to all. The listener first gets the events since `lastId`, or the present state, then each change.
   * @returns a function that stops the listening.
   */
  listen(job: string | null, lastId: string | undefined, listener: Listener): () => void {
    const name = job ?? ALL_JOBS;
    const topic = this.#topic(name);
    this.#listeners += 1;
    for (const event of this.#missed(topic, lastId)) listener(event);
    topic.listeners.add(listener);
    if (topic.ending) clearTimeout(topic.ending);
    topic.ending = null;
    topic.timer ??= setInterval(() => void this.#look(name, topic), LOOK_EVERY_MS).unref();
    void this.#look(name, topic);
    return () => {
      if (!topic.listeners.delete(listener)) return;
      this.#listeners -= 1;
      if (topic.listeners.size === 0) topic.ending = setTimeout(() => this.#end(name, topic), LINGER_MS).unref();
    };
  }

  #end(name: string, topic: Topic): void {
    if (topic.timer) clearInterval(topic.timer);
    this.#topics.delete(name);
  }

  #topic(name: string): Topic {
    const existing = this.#topics.get(name);
    if (existing) return existing;
    const topic: Topic = {
      listeners: new Set(),
      shown: new Map(),
      kept: [],
      timer: null,
      ending: null,
      looking: false,
    };
    this.#topics.set(name, topic);
    return topic;
  }

  #missed(topic: Topic, lastId: string | undefined): readonly JobEvent[] {
    const place = lastId === undefined ? -1 : topic.kept.findIndex(({ id }) => id === lastId);
    if (place >= 0) return topic.kept.slice(place + 1);
    return [...topic.shown.values()].map(({ value }) => ({ id: this.#nextId(), type: 'job', data: value }));
  }

  async #look(name: string, topic: Topic): Promise<void> {
    if (topic.looking) return;
    topic.looking = true;
    try {
      const now = name === ALL_JOBS ? await this.#all() : await this.#one(name);
      for (const [job, value] of now) {
        const text = canonicalJson(value);
        if (topic.shown.get(job)?.text === text) continue;
        topic.shown.set(job, { text, value });
        this.#tell(topic, 'job', value);
      }
      for (const job of topic.shown.keys()) {
        if (now.has(job)) continue;
        topic.shown.delete(job);
        this.#tell(topic, 'gone', { name: job });
      }
    } catch {
      // Temporal does not answer, so no change is known. The next look is a second away.
    } finally {
      topic.looking = false;
    }
  }

  async #one(job: string): Promise<Map<string, JobView>> {
    const view = await this.#jobs.view(job);
    if (!view) return new Map();
    const running = view.deployment?.ended === null ? view.deployment : null;
    return new Map([[job, { ...view, links: this.#linksOf(job, running) }]]);
  }

  async #all(): Promise<Map<string, JobSummary>> {
    return new Map((await this.#jobs.index()).map((job) => [job.name, job]));
  }

  #tell(topic: Topic, type: JobEvent['type'], data: EventData): void {
    const event: JobEvent = { id: this.#nextId(), type, data };
    topic.kept.push(event);
    if (topic.kept.length > KEPT_EVENTS) topic.kept.shift();
    for (const listener of [...topic.listeners]) listener(event);
  }

  #nextId(): string {
    this.#sequence += 1;
    return `${this.#boot}-${this.#sequence}`;
  }
}
