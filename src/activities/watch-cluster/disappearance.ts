/**
 * Collects the evidence that a silent cluster is gone. All times are of a clock that nobody sets, and a watcher that stood still
 * begins anew: it cannot tell what it would have seen.
 */
import { sendForTail, unreachable } from '../../clients/http.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { probeKey } from '../../domain/identity/storage-keys.ts';
import { timeLimits } from '../../domain/time-limits.ts';
import { goneFor, type Silence } from '../../domain/watch/gone.ts';
import { clip } from '../../domain/values/clip.ts';
import type { Cluster, Dependencies } from '../dependencies/dependencies.ts';

/** Signs of life of the JVMs on a cluster, by `performance.now`. */
export type SignsSeen = Pick<Silence, 'signAt' | 'readingSince'>;

/** @throws SluiceError `ClusterUnreachable` when the witness gives no answer, or only says that it is broken. */
async function askWitness(url: URL, deadlineMs: number): Promise<void> {
  const call = { system: 'the witness', unreachable: 'ClusterUnreachable', method: 'GET', url, deadlineMs } as const;
  const { status } = await sendForTail(call, 1_000);
  if (status >= 500) throw unreachable(call, `answered ${status}`);
}

const LOOK_EVERY_MS = 5_000;

export class Disappearance {
  readonly #deps: Dependencies;
  readonly #cluster: Cluster;
  readonly #signs: () => SignsSeen;
  #silentSince: number | null = null;
  #writingSince: number | null = null;
  #witnessedSince: number | null = null;
  #witness = '';
  #lookedAt = -Infinity;
  #askedAt = -Infinity;

  constructor(deps: Dependencies, cluster: Cluster, signs: () => SignsSeen) {
    this.#deps = deps;
    this.#cluster = cluster;
    this.#signs = signs;
  }

  /** The cluster has answered. */
  answered(): void {
    this.#silentSince = null;
    this.#writingSince = null;
    this.#witnessedSince = null;
    this.#askedAt = -Infinity;
  }

  /**
   * Tells whether nothing has contradicted so far that the cluster is gone, and this watcher has not looked long enough to say so
   * itself: the word of the watcher before it stands for so long.
   */
  isUndecided(): boolean {
    const { signAt } = this.#signs();
    const since = this.#silentSince;
    return signAt === null && since !== null && performance.now() - since < this.#deps.watch.goneAfterMs;
  }

  /** Looks while the cluster is silent. @returns why it counts as gone; null while it does not. */
  async look(): Promise<string | null> {
    if (performance.now() - this.#lookedAt > timeLimits.stoodStill) this.answered();
    this.#silentSince ??= performance.now();
    const every = Math.min(LOOK_EVERY_MS, this.#deps.watch.goneAfterMs / 4);
    if (performance.now() - this.#askedAt >= every) {
      this.#askedAt = performance.now();
      const [isTaken, witness] = await Promise.all([this.#probe(), this.#someWitness()]);
      this.#writingSince = isTaken ? (this.#writingSince ?? performance.now()) : null;
      this.#witnessedSince = witness === null ? null : (this.#witnessedSince ?? performance.now());
      this.#witness = witness ?? '';
    }
    this.#lookedAt = performance.now();
    return this.#verdict();
  }

  #verdict(): string | null {
    const silence: Silence = {
      silentSince: this.#silentSince,
      writingSince: this.#writingSince,
      witnessedSince: this.#witnessedSince,
      ...this.#signs(),
    };
    const goneMs = goneFor(silence, performance.now());
    if (goneMs === null || goneMs < this.#deps.watch.goneAfterMs) return null;
    const since = new Date(Date.now() - goneMs).toISOString();
    return `neither the ResourceManager nor any job on cluster ${this.#cluster.name} has given a sign of life since ${since}, while S3 takes writes and ${this.#witness} answers`;
  }

  /** Tells whether S3 takes a conditional write, as the revocation of a gate is one. */
  async #probe(): Promise<boolean> {
    const { s3 } = this.#deps;
    const key = probeKey(this.#cluster.name);
    const body = JSON.stringify({ cluster: this.#cluster.name, at: new Date().toISOString() });
    try {
      const before = await s3.get(key);
      // A conflict with another watcher is an answer too.
      await (before === null ? s3.putIfAbsent(key, body) : s3.putIfMatch(key, body, before.etag));
      return true;
    } catch (error) {
      if (error instanceof SluiceError) return false;
      throw error;
    }
  }

  /** The first of the other clusters and of the witnesses that answers; null where none does. */
  async #someWitness(): Promise<string | null> {
    const { clusters, watch } = this.#deps;
    const others = [...clusters.values()].filter(({ name }) => name !== this.#cluster.name);
    const options = { deadlineMs: watch.questionDeadlineMs };
    const answers = [
      ...others.map(async ({ name, yarn }) => {
        await yarn.info(options);
        return `cluster ${name}`;
      }),
      ...watch.witnesses.map(async (url) => {
        await askWitness(url, watch.questionDeadlineMs);
        return clip(url.origin, 100);
      }),
    ];
    return await Promise.any(answers).catch((error: unknown) => {
      if (error instanceof AggregateError && error.errors.every((reason) => reason instanceof SluiceError)) return null;
      throw error;
    });
  }
}
