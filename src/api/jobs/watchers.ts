/** Tells when the watcher of a cluster last saw a job and its newest checkpoint, because the watcher signals jobs only for news. */
import type { JobView } from '../../domain/job/job-memory.ts';
import { lastSeen, type WatchNotes } from '../../domain/watch/notes.ts';
import { FreshOnce } from '../../concurrency/fresh-once.ts';
import type { JobGateway } from '../../temporal/jobs/job-gateway.ts';

/** The watcher's heartbeats are half a minute apart; asking for them more often than this gains nothing. */
const NOTES_AGE_MS = 2_000;

/** The part of a job that its watcher knows it by. */
interface Watched<At extends string | null> extends Pick<JobView, 'state'> {
  readonly observedAt: At;
  readonly deployment: { readonly cluster: string; readonly applicationId: string } | null;
}

export class Watchers {
  readonly #ask: FreshOnce<WatchNotes | null>;
  readonly #known = new Map<string, { readonly readAt: number; readonly notes: WatchNotes | null }>();

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
    const readAt = Date.now();
    const notes = await this.#ask.get(cluster);
    this.#known.set(cluster, { readAt, notes });
    return notes;
  }
}
