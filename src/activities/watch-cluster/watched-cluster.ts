/**
 * A cluster under watch: a round lists its applications, asks them, and tells their jobs what is new. An unreachable
 * cluster is not a dead one: only YARN's or Flink's own word ends a job.
 */
import { log } from '@temporalio/activity';
import { SluiceError } from '../../domain/errors/errors.ts';
import { emptyNotes, type WatchNotes } from '../../domain/watch/notes.ts';
import type { Cluster, Dependencies } from '../dependencies/dependencies.ts';
import { Applications } from './applications.ts';
import { Complaints } from './complaints.ts';
import { Disappearance } from './disappearance.ts';
import { News } from './news.ts';
import { lookAtLive, lookForMissing, tellOfMissing, type Watch } from './questions.ts';
import { refreshTraces } from './sightings.ts';
import { Signs } from './signs.ts';
import { sweep } from './sweep.ts';
import { Telling, type Edge } from './telling.ts';

const SWEEP_AGAIN_MS = 10_000;

export class WatchedCluster {
  readonly #watch: Watch;
  readonly #disappearance: Disappearance;
  readonly #news: News;
  #sweptAt: number | null;
  #owed: readonly string[];
  #sweepAt = 0;
  #sweeping: Promise<void> = Promise.resolve();
  #isCutShort = false;
  /** A defect that ended a sweep; the next round throws it, because no round awaits a sweep. */
  #sweepDefect: Error | null = null;

  constructor(deps: Dependencies, cluster: Cluster, notes: WatchNotes | null, taskToken: Uint8Array) {
    const earlier = notes ?? emptyNotes;
    this.#sweptAt = earlier.sweptAt;
    this.#owed = earlier.owed;
    const complaints = new Complaints(cluster.name);
    const telling = new Telling({ jobs: deps.jobs, taskToken, complaints, notes: () => this.notes() }, earlier);
    const signs = new Signs(deps.s3, cluster.name, earlier);
    this.#disappearance = new Disappearance(deps, cluster, () => signs.ofLife());
    this.#watch = {
      deps,
      cluster,
      applications: new Applications(deps, cluster, complaints),
      telling,
      complaints,
      signs,
    };
    this.#news = new News(this.#watch);
  }

  /** Asks at once about what signs of life tell, beside the rounds. @returns what stops that, and waits for its answers. */
  listen(): () => Promise<void> {
    return this.#news.listen();
  }

  /** A round survives every silence: of YARN, of JobManagers and of Temporal. */
  async round(): Promise<void> {
    if (this.#sweepDefect) throw this.#sweepDefect;
    this.#news.assertSound();
    try {
      const { applications, telling } = this.#watch;
      const listed = await applications.list();
      if (typeof listed === 'string') await this.#tellSilence(listed);
      else {
        this.#disappearance.answered();
        applications.take(listed, telling.marks);
        // Ends come first: a round with JobManagers that hang takes seconds.
        await tellOfMissing(this.#watch, await lookForMissing(this.#watch));
        await telling.tell(await lookAtLive(this.#watch));
        await refreshTraces(this.#watch);
      }
      if (Date.now() >= this.#sweepAt) this.#beginSweep();
      this.#isCutShort = false;
    } catch (error) {
      // Temporal does not answer; a later round tells what this one could not.
      if (!this.#isCutShort) this.#warn('a round of watching was cut short', error);
      this.#isCutShort = true;
    }
  }

  /** Waits for the end of the sweep that a round has begun. */
  async swept(): Promise<void> {
    await this.#sweeping;
  }

  notes(): WatchNotes {
    const { applications, telling, complaints, signs } = this.#watch;
    const answered = [...applications.live.values()].flatMap(({ answeredAt }) => answeredAt ?? []);
    const noted = [...telling.marks].map(([id, mark]) => {
      const { answeredAt = null, checkpointAt = null } = applications.live.get(id) ?? {};
      const answers = answeredAt !== null;
      return [id, { mark, answers, ...(checkpointAt === null ? {} : { checkpointAt }) }] as const;
    });
    return {
      seenAt: answered.length === 0 ? null : Math.min(...answered),
      sweptAt: this.#sweptAt,
      owed: this.#owed,
      complaints: complaints.lines(),
      signsAt: signs.newestAt,
      applications: new Map(noted),
    };
  }

  /** Sweeps beside the rounds, because a workflow that does not answer must not keep others from being watched. */
  #beginSweep(): void {
    this.#sweepAt = Infinity;
    const { sweepEveryMs } = this.#watch.deps.watch;
    const began = Date.now();
    this.#sweeping = sweep(this.#watch, { sweptAt: this.#sweptAt, owed: this.#owed })
      .then((owed) => {
        this.#sweptAt = began;
        this.#owed = owed;
        this.#sweepAt = Date.now() + sweepEveryMs;
      })
      .catch((error: unknown) => {
        this.#sweepAt = Date.now() + Math.min(SWEEP_AGAIN_MS, sweepEveryMs);
        if (error instanceof Error && !(error instanceof SluiceError)) {
          this.#sweepDefect = error;
          return;
        }
        this.#warn('the jobs could not be asked where they believe to run', error);
      });
  }

  #warn(what: string, error: unknown): void {
    if (!(error instanceof SluiceError)) throw error;
    log.warn(what, { cluster: this.#watch.cluster.name, reason: error.message });
  }

  async #tellSilence(reason: string): Promise<void> {
    const { deps, applications, telling, signs } = this.#watch;
    const gone = await this.#disappearance.look();
    for (const application of applications.live.values()) application.answeredAt = null;
    const since = applications.silentSince;
    if (Date.now() - since < deps.watch.silentAfterMs) return;
    const detail = `no answer since ${new Date(since).toISOString()}: ${reason}`;
    const stillGone = gone === null && this.#disappearance.isUndecided();
    const wordOn = (job: string): Pick<Edge, 'mark' | 'seen'> =>
      gone === null || !signs.knows(job)
        ? { mark: 's', seen: { kind: 'silent', detail } }
        : { mark: 'g', seen: { kind: 'gone', detail: gone } };
    const live = [...applications.live].map(([id, { identity }]) => ({ applicationId: id, ...identity }));
    const missing = applications.missing.named().map(({ id, job, epoch }) => ({ applicationId: id, job, epoch }));
    const told = [...live, ...missing].filter(
      ({ applicationId: id }) => !telling.hasEnded(id) && !(stillGone && telling.marks.get(id) === 'g'),
    );
    await telling.tell(told.map((instance) => ({ ...instance, ...wordOn(instance.job) })));
  }
}
