/**
 * Streams one job as people read it. All listeners of a job share one reading: at once when the index says that the job
 * changed, each second while an operation goes on, else now and then. A job without listeners is not read.
 */
import { randomUUID } from 'node:crypto';
import { canonicalJson } from '../../domain/identity/fingerprint.ts';
import type { OperationKind } from '../../domain/lifecycle.ts';
import type { JobItem } from '../job-list-contract.ts';

const TICK_MS = 1_000;
/** Facts that no row tells, such as the watcher's last look, are read so often. */
const CALM_MS = 5_000;
const KEPT_EVENTS = 100;
/** Time that the events of a job are kept for a listener whose connection broke. */
const LINGER_MS = 60_000;

/** `job`: the job has changed; `gone`: its workflow is closed now. */
export interface JobEvent {
  readonly id: string;
  readonly type: 'job' | 'gone';
  readonly data: StreamedJob;
}

/** At least the name of the job, and of one that is there its owner. */
export interface StreamedJob {
  readonly name: string;
  readonly environment?: string | null;
  readonly owner?: string | null;
  readonly operation?: object | null;
  /** The kinds that the job refuses. */
  readonly notAllowed?: Partial<Record<OperationKind, string>>;
}

type Listener = (event: JobEvent) => void;

interface Topic {
  readonly listeners: Set<Listener>;
  readonly kept: JobEvent[];
  shown: { readonly text: string; readonly value: StreamedJob } | null;
  /** The item of the index at the last reading. */
  item: JobItem | undefined;
  readAt: number;
  timer: NodeJS.Timeout | null;
  /** Runs while the job has no listener. */
  ending: NodeJS.Timeout | null;
  isReading: boolean;
}

interface Parts {
  /** Null when no workflow of the job is open. */
  readonly read: (job: string) => Promise<StreamedJob | null>;
  readonly index: { readonly get: (job: string) => JobItem | undefined; readonly keepLooking: () => void };
}

export class JobStreams {
  readonly #parts: Parts;
  readonly #topics = new Map<string, Topic>();
  /** Marks ids of this process: a listener that comes with the id of another process gets the job anew. */
  readonly #boot = randomUUID().slice(0, 8);
  #sequence = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Listens to one job. The listener first gets the events since `lastId`, or the job as it is, then each change.
   * @returns a function that stops the listening.
   */
  listen(job: string, lastId: string | undefined, listener: Listener): () => void {
    const topic = this.#topic(job);
    for (const event of this.#missed(topic, lastId)) listener(event);
    topic.listeners.add(listener);
    if (topic.ending) clearTimeout(topic.ending);
    topic.ending = null;
    topic.timer ??= setInterval(() => void this.#tick(job, topic), TICK_MS).unref();
    void this.#read(job, topic);
    return () => {
      if (!topic.listeners.delete(listener) || topic.listeners.size > 0) return;
      if (topic.timer) clearInterval(topic.timer);
      topic.timer = null;
      topic.ending = setTimeout(() => this.#topics.delete(job), LINGER_MS).unref();
    };
  }

  #topic(job: string): Topic {
    const existing = this.#topics.get(job);
    if (existing) return existing;
    const topic: Topic = {
      listeners: new Set(),
      kept: [],
      shown: null,
      item: undefined,
      readAt: 0,
      timer: null,
      ending: null,
      isReading: false,
    };
    this.#topics.set(job, topic);
    return topic;
  }

  #missed(topic: Topic, lastId: string | undefined): readonly JobEvent[] {
    const place = lastId === undefined ? -1 : topic.kept.findIndex(({ id }) => id === lastId);
    if (place >= 0) return topic.kept.slice(place + 1);
    return topic.shown ? [{ id: this.#nextId(), type: 'job', data: topic.shown.value }] : [];
  }

  async #tick(job: string, topic: Topic): Promise<void> {
    const { index } = this.#parts;
    index.keepLooking();
    const isBusy = topic.shown?.value.operation != null;
    const isDue = isBusy || index.get(job) !== topic.item || performance.now() - topic.readAt >= CALM_MS;
    if (isDue) await this.#read(job, topic);
  }

  async #read(job: string, topic: Topic): Promise<void> {
    if (topic.isReading) return;
    topic.isReading = true;
    topic.item = this.#parts.index.get(job);
    topic.readAt = performance.now();
    try {
      const value = await this.#parts.read(job);
      const text = value && canonicalJson(value);
      if (value && text !== null && text !== topic.shown?.text) {
        topic.shown = { text, value };
        this.#tell(topic, 'job', value);
      }
      if (value === null && topic.shown) {
        topic.shown = null;
        this.#tell(topic, 'gone', { name: job });
      }
    } catch {
      // Temporal does not answer, so no change is known. The next reading is seconds away.
    } finally {
      topic.isReading = false;
    }
  }

  #tell(topic: Topic, type: JobEvent['type'], data: StreamedJob): void {
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
