/** Tells when the watcher of a cluster last saw a job and its newest checkpoint, because the watcher signals jobs only for news. */
import type { JobView } from '../../domain/job/job-memory.ts';
import { lastSeen, type WatchNotes } from '../../domain/watch/notes.ts';
import { FreshOnce } from '../../concurrency/fresh-once.ts';
import { inTime } from '../../concurrency/in-time.ts';
import type { JobGateway } from '../../temporal/jobs/job-gateway.ts';

/** The watcher's heartbeats are half a minute apart; asking for them more often than this gains nothing. */
const NOTES_AGE_MS = 2_000;
/** A Temporal that is busy must not hold up a list for its ages; until it answers, the notes before stand. */
const NOTES_WAIT_MS = 300;

/** The part of a job that its watcher knows it by. */
interface Watched<At extends string | null> extends Pick<JobView, 'state'> {
  readonly observedAt: At;
  readonly deployment: { readonly cluster: string; readonly applicationId: string } | null;
}

export class Watchers {
  readonly #ask: FreshOnce<WatchNotes | null>;
  readonly #known = new Map<string, { readonly readAt: number; readonly notes: WatchNotes | null }>();
  readonly #waiting = new Map<string, Promise<void>>();

  constructor(gateway: Pick<JobGateway, 'watchNotes'>) {
    // The time that the job itself names stands when its watcher cannot be asked.
    this.#ask = new FreshOnce((cluster) => gateway.watchNotes(cluster).catch(() => null));
  }

  /** Returns the later of two times: the job's own look, and its watcher's. */
  async observedAt<At extends string | null>(view: Watched<At>): Promise<At | string> {
    const { state, deployment, observedAt } = view;
    if (state !== 'running' || deployment === null) return observedAt;
    const notes = await this.#notes(deployment.cluster);
    const seenAt = notes && lastSeen(notes, deployment.applicationId);
    if (seenAt === null || seenAt <= Date.parse(observedAt ?? '')) return observedAt;
    return new Date(seenAt).toISOString();
  }

  /** When the newest checkpoint of a running job completed, as its watcher saw it; null when the watcher knows of none. */
  async checkpointAt({
    state,
    deployment,
  }: Pick<Watched<string | null>, 'state' | 'deployment'>): Promise<string | null> {
    if (state !== 'running' || deployment === null) return null;
    const notes = await this.#notes(deployment.cluster);
    const at = notes?.applications.get(deployment.applicationId)?.checkpointAt;
    return at === undefined ? null : new Date(at).toISOString();
  }

  async #notes(cluster: string): Promise<WatchNotes | null> {
    const last = this.#known.get(cluster);
    if (last && Date.now() - last.readAt < NOTES_AGE_MS) return last.notes;
    const waiting = this.#waiting.get(cluster) ?? this.#wait(cluster);
    await waiting;
    return this.#known.get(cluster)?.notes ?? null;
  }

  /** All callers share one wait. After a wait in vain the notes before count as read, so that the next caller does not wait too. */
  #wait(cluster: string): Promise<void> {
    const read = this.#ask.get(cluster).then((notes) => {
      this.#known.set(cluster, { readAt: Date.now(), notes });
      return true;
    });
    const waiting = inTime(read, NOTES_WAIT_MS).then((isRead) => {
      this.#waiting.delete(cluster);
      const { notes } = this.#known.get(cluster) ?? { notes: null };
      if (isRead === null) this.#known.set(cluster, { readAt: Date.now(), notes });
    });
    this.#waiting.set(cluster, waiting);
    return waiting;
  }
}
