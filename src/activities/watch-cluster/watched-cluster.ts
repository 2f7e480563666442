/**
 * One cluster under watch: what was seen of it, what was told last, and a round of questions. Unreachable is not dead:
 * only YARN's or Flink's own word ends a job.
 */
import { heartbeat, log } from '@temporalio/activity';
import { isTerminal, LIVE_STATES, type ApplicationReport } from '../../clients/yarn/replies.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { SLUICE_TAG } from '../../domain/identity/yarn-tags.ts';
import { fitting, type Fact } from '../../domain/watch/facts.ts';
import { isAlive, type Mark } from '../../domain/watch/health.ts';
import { emptyNotes, writeNotes, type WatchNotes } from '../../domain/watch/notes.ts';
import { AdoptedApplications } from './adopted-applications.ts';
import { howEnded, reportedCause, reportedEnd } from '../instance/how-ended.ts';
import type { Cluster, Dependencies } from '../dependencies/dependencies.ts';
import { inTurns } from '../../concurrency/in-turns.ts';
import { MissingApplications, silence, type MissingApplication } from './missing-applications.ts';
import { repairSchedules } from './repair-schedules.ts';
import { questionsInARound, type BelievedJob } from '../dependencies/watch-settings.ts';
import { identityOfTagged, WatchedApplication, type Identity } from './watched-application.ts';

/** Something new about an application that has a job. */
interface Edge {
  readonly applicationId: string;
  readonly job: string;
  readonly epoch: number;
  readonly mark: Mark;
  readonly seen: Fact['seen'];
}

/** Signals and queries under way at one time. */
const AT_ONCE = 10;
const SWEEP_AGAIN_MS = 10_000;

export class WatchedCluster {
  readonly #deps: Dependencies;
  readonly #cluster: Cluster;
  readonly #taskToken: Uint8Array;
  /** By application id: what its job was told last. */
  readonly #told: Map<string, Mark>;
  /** When that was, where this watcher told it. */
  readonly #toldAt = new Map<string, number>();
  readonly #live = new Map<string, WatchedApplication>();
  readonly #missing: MissingApplications;
  readonly #adopted: AdoptedApplications;
  #silentSince: number | null = null;
  #sweptAt: number | null;
  #sweepAt = 0;
  #isCutShort = false;
  /** A defect that ended a sweep; the next round throws it, since nothing awaits a sweep. */
  #sweepDefect: Error | null = null;

  constructor(deps: Dependencies, cluster: Cluster, notes: WatchNotes | null, taskToken: Uint8Array) {
    const { sweptAt, applications } = notes ?? emptyNotes;
    this.#deps = deps;
    this.#cluster = cluster;
    this.#taskToken = taskToken;
    this.#sweptAt = sweptAt;
    this.#told = new Map([...applications].map(([id, { mark }]) => [id, mark]));
    this.#missing = new MissingApplications(deps.watch);
    this.#adopted = new AdoptedApplications(deps, cluster);
  }

  /** Never throws for silence, of whomever. */
  async round(): Promise<void> {
    if (this.#sweepDefect) throw this.#sweepDefect;
    try {
      const listed = await this.#list();
      if (typeof listed === 'string') await this.#tellSilence(listed);
      else {
        this.#take(listed);
        await this.#lookAtJobs();
        await this.#lookForMissing();
      }
      if (Date.now() >= this.#sweepAt) this.#beginSweep();
      this.#isCutShort = false;
    } catch (error) {
      // Temporal does not answer; what could not be told is told in a later round.
      if (!this.#isCutShort) this.#warn('a round of watching was cut short', error);
      this.#isCutShort = true;
    }
  }

  /** Beside the rounds: a job whose workflow does not answer must not keep the others from being watched. */
  #beginSweep(): void {
    this.#sweepAt = Infinity;
    const { sweepEveryMs } = this.#deps.watch;
    this.#sweep()
      .then(() => (this.#sweepAt = Date.now() + sweepEveryMs))
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
    log.warn(what, { cluster: this.#cluster.name, reason: error.message });
  }

  notes(): WatchNotes {
    const answered = [...this.#live.values()].flatMap(({ answeredAt }) => answeredAt ?? []);
    const applications = [...this.#told].map(([id, mark]) => {
      const answers = (this.#live.get(id)?.answeredAt ?? null) !== null;
      return [id, { mark, answers }] as const;
    });
    return {
      seenAt: answered.length === 0 ? null : Math.min(...answered),
      sweptAt: this.#sweptAt,
      applications: new Map(applications),
    };
  }

  /** The live applications of all jobs, or why there is no answer. */
  async #list(): Promise<readonly ApplicationReport[] | string> {
    try {
      const listed = await this.#cluster.yarn.applications({ tags: [SLUICE_TAG], states: LIVE_STATES });
      const ids = new Set(listed.map(({ id }) => id));
      const adopted = (await this.#adopted.live()).filter(({ id }) => !ids.has(id));
      this.#silentSince = null;
      return [...listed, ...adopted];
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      this.#silentSince ??= Date.now();
      return error.message;
    }
  }

  async #tellSilence(reason: string): Promise<void> {
    for (const application of this.#live.values()) application.answeredAt = null;
    const since = this.#silentSince ?? Date.now();
    if (Date.now() - since < this.#deps.watch.silentAfterMs) return;
    const detail = `no answer since ${new Date(since).toISOString()}: ${reason}`;
    const silent = { mark: 's', seen: { kind: 'silent', detail } } as const;
    const live = [...this.#live].map(([applicationId, { identity }]) => ({ applicationId, ...identity, ...silent }));
    const missing = this.#missing.named().map(({ id, job, epoch }) => ({ applicationId: id, job, epoch, ...silent }));
    await this.#tell([...live, ...missing].filter(({ applicationId }) => this.#told.get(applicationId) !== 'e'));
  }

  #take(listed: readonly ApplicationReport[]): void {
    const ids = new Set(listed.map(({ id }) => id));
    for (const report of listed) {
      const known = this.#live.get(report.id);
      const identity = this.#identityOf(report);
      this.#missing.delete(report.id);
      if (known) known.update(report);
      else if (identity) this.#live.set(report.id, this.#found(identity, report));
    }
    for (const [id, { identity }] of this.#live) {
      if (ids.has(id)) continue;
      this.#live.delete(id);
      this.#missing.add(id, identity);
    }
    // Told by whoever watched before, and not seen by us yet.
    for (const id of this.#told.keys()) if (!ids.has(id)) this.#missing.add(id, null);
  }

  /** One that was ailing when it was watched before must settle before it is called healthy. */
  #found(identity: Identity, report: ApplicationReport): WatchedApplication {
    const mark = this.#told.get(report.id);
    const wasAiling = mark === 'n' || mark === 'b';
    return new WatchedApplication(identity, report, wasAiling ? Date.now() : null);
  }

  /** Those that were not asked for longest come first; there are only so many questions in a round. */
  async #lookAtJobs(): Promise<void> {
    const { watch, flink } = this.#deps;
    const now = Date.now();
    const due = [...this.#live]
      .filter(([id, { askedAt }]) => now - askedAt >= watch.sameJobEveryMs && this.#told.get(id) !== 'e')
      .sort(([, a], [, b]) => a.askedAt - b.askedAt);
    let questions = questionsInARound(this.#deps.watch);
    const chosen = due.filter(([, application]) => {
      if (questions <= 0) return false;
      questions -= application.cost(now, watch);
      return true;
    });
    const edges = await Promise.all(
      chosen.map(async ([applicationId, application]): Promise<Edge[]> => {
        const verdict = await application.look(flink, watch);
        return verdict === null ? [] : [{ applicationId, ...application.identity, ...verdict }];
      }),
    );
    await this.#tell(edges.flat());
  }

  /** Asked for by id: the list shows only what lives. */
  async #lookForMissing(): Promise<void> {
    const due = this.#missing.due(Date.now()).slice(0, questionsInARound(this.#deps.watch));
    const looked = await inTurns(due, (missing) => this.#lookFor(missing), AT_ONCE);
    const edges = looked.filter((edge) => edge !== null);
    await this.#tell(edges);
    for (const { applicationId, mark } of edges) if (mark === 'e') this.#forget(applicationId);
  }

  async #lookFor(missing: MissingApplication): Promise<Edge | null> {
    const { id } = missing;
    const { yarn, name } = this.#cluster;
    const report = await yarn.application(id, { deadlineMs: this.#deps.watch.questionDeadlineMs }).catch(silence);
    if (report === 'silent') return this.#missing.askLater(missing, 'soon');
    const identity = (report && this.#identityOf(report)) ?? missing.identity;
    if (report === null) {
      if (!this.#missing.isUnknownForLong(missing)) return this.#missing.askLater(missing, 'soon');
      this.#missing.askLater(missing, 'rarely');
      const detail = `the ResourceManager of cluster ${name} does not know application ${id} any more`;
      return identity && { applicationId: id, ...identity, mark: 's', seen: { kind: 'silent', detail } };
    }
    if (!isTerminal(report.state)) return this.#missing.askLater(missing, 'soon');
    if (identity === null) {
      this.#forget(id);
      return null;
    }
    const detail = reportedEnd(report);
    return {
      applicationId: id,
      ...identity,
      mark: 'e',
      seen: { kind: 'ended', how: howEnded(report), detail, cause: reportedCause(report) },
    };
  }

  /** Of what was adopted its record says whose it is, whatever tags it carries. */
  #identityOf(report: ApplicationReport): Identity | null {
    return this.#adopted.identityOf(report.id) ?? identityOfTagged(report);
  }

  #forget(id: string): void {
    this.#missing.delete(id);
    this.#told.delete(id);
    this.#toldAt.delete(id);
  }

  /**
   * Only what is new. What was told before is struck out of the notes first: if this worker dies between, the next one
   * tells it once more rather than never.
   */
  async #tell(seen: readonly Edge[]): Promise<void> {
    const edges = seen.filter(({ applicationId, mark }) => this.#told.get(applicationId) !== mark);
    const struckOut = edges.filter(({ applicationId }) => this.#told.delete(applicationId));
    if (struckOut.length > 0) {
      const notes = writeNotes(this.notes());
      heartbeat(notes);
      await this.#deps.jobs.writeDown(this.#taskToken, notes);
    }
    const at = new Date().toISOString();
    const tell = async ({ applicationId, job, epoch, mark, seen: what }: Edge): Promise<void> => {
      await this.#deps.jobs.tell(job, { epoch, applicationId, at, seen: fitting(what) });
      this.#told.set(applicationId, mark);
      this.#toldAt.set(applicationId, Date.now());
    };
    await inTurns(edges, tell, AT_ONCE);
  }

  /** Compares what jobs believe with what is seen here; forgetting what a job was told is telling it again. */
  async #sweep(): Promise<void> {
    const began = Date.now();
    const believed = await this.#deps.jobs.believedOn(this.#cluster.name);
    const liveOf = new Map([...this.#live].map(([id, { identity }]) => [identity.job, id]));
    const here = believed.filter(({ job }) => !liveOf.has(job) && !this.#missing.has(job));
    const ask = async ({ job }: BelievedJob): Promise<void> => {
      const started = await this.#deps.jobs.lastStarted(job);
      if (started?.cluster === this.#cluster.name) this.#missing.add(started.applicationId, { job, ...started });
    };
    await inTurns(here, ask, AT_ONCE);
    for (const one of believed) {
      const id = liveOf.get(one.job) ?? this.#missing.idOf(one.job);
      if (id !== null && this.#isDeaf(one, id)) this.#tellAgain(id);
    }
    for (const id of this.#missing.nobodysSince(
      began - this.#deps.watch.visibilityLagMs,
      new Set(believed.map(({ job }) => job)),
    )) {
      this.#forget(id);
    }
    const since = (this.#sweptAt ?? 0) - this.#deps.watch.visibilityLagMs;
    await repairSchedules(this.#deps, this.#cluster.name, believed, since);
    this.#sweptAt = began;
  }

  /** A workflow that began anew has heard nothing, and one that ran an operation may have missed something. */
  #isDeaf({ state, runSince }: BelievedJob, id: string): boolean {
    const { visibilityLagMs, echoMs } = this.#deps.watch;
    const mark = this.#told.get(id);
    if (mark === undefined) return false;
    const isNewRun = this.#sweptAt !== null && runSince > this.#sweptAt - visibilityLagMs;
    const sinceTold = runSince - (this.#toldAt.get(id) ?? -Infinity);
    if (isNewRun && !(sinceTold < echoMs)) return true;
    return state === 'running' ? !isAlive(mark) : mark !== 's';
  }

  #tellAgain(id: string): void {
    this.#told.delete(id);
    this.#missing.askNow(id);
    const live = this.#live.get(id);
    if (live) live.askedAt = 0;
  }
}
