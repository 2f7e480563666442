/** Applications that a watcher knows: those in the cluster's list of live ones, and those that should be there. */
import { LIVE_STATES, type ApplicationReport } from '../../clients/yarn/replies.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { SLUICE_TAG } from '../../domain/identity/yarn-tags.ts';
import type { Mark } from '../../domain/watch/health.ts';
import type { Cluster, Dependencies } from '../dependencies/dependencies.ts';
import { AdoptedApplications } from './adopted-applications.ts';
import type { Complaints } from './complaints.ts';
import { MissingApplications } from './missing-applications.ts';
import type { WatchSettings } from '../dependencies/watch-settings.ts';
import { identityOfTagged, WatchedApplication, type Identity } from './watched-application.ts';

export class Applications {
  readonly live = new Map<string, WatchedApplication>();
  readonly missing: MissingApplications;
  readonly #cluster: Cluster;
  readonly #adopted: AdoptedApplications;
  #silentSince: number | null = null;
  /** Applications that somebody asks about, each with the end of that. */
  readonly #asking = new Map<string, Promise<unknown>>();
  #isListed = false;

  constructor(deps: Dependencies, cluster: Cluster, complaints: Complaints) {
    this.#cluster = cluster;
    this.missing = new MissingApplications(deps.watch);
    this.#adopted = new AdoptedApplications(deps, cluster, complaints);
  }

  /** The time since which the cluster gives no list; now when it gave one. */
  get silentSince(): number {
    return this.#silentSince ?? Date.now();
  }

  /** Whether the cluster has given no list for so long that its jobs are told. */
  isSilent({ silentAfterMs }: WatchSettings): boolean {
    return this.#silentSince !== null && Date.now() - this.#silentSince >= silentAfterMs;
  }

  /** The live applications of all jobs, or why there is no answer. */
  async list(): Promise<readonly ApplicationReport[] | string> {
    try {
      const listed = await this.#cluster.yarn.applications({ tags: [SLUICE_TAG], states: LIVE_STATES });
      const ids = new Set(listed.map(({ id }) => id));
      const adopted = await this.#adopted.live();
      this.#silentSince = null;
      // An application whose own report fails stays as it was, and its JobManager is asked as before.
      const asBefore = adopted.unanswered.flatMap((id) => this.live.get(id)?.report ?? []);
      return [...listed, ...[...adopted.reports, ...asBefore].filter(({ id }) => !ids.has(id))];
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      this.#silentSince ??= Date.now();
      return error.message;
    }
  }

  /** Whether the cluster has given a list, so that the live applications are known. */
  get isListed(): boolean {
    return this.#isListed;
  }

  /** Takes over a list: its applications are live, and all others that are live here or were told about are missing. */
  take(listed: readonly ApplicationReport[], told: ReadonlyMap<string, Mark>): void {
    const ids = new Set(listed.map(({ id }) => id));
    this.#isListed = true;
    for (const report of listed) {
      const watched = this.live.get(report.id);
      const identity = this.identityOf(report);
      this.missing.delete(report.id);
      if (watched) watched.update(report);
      else if (identity) this.live.set(report.id, firstSeen(identity, report, told.get(report.id)));
    }
    for (const [id, { identity }] of this.live) {
      if (ids.has(id)) continue;
      this.live.delete(id);
      this.missing.add(id, identity);
    }
    // An earlier watcher told about them, and this one has not seen them yet.
    for (const id of told.keys()) if (!ids.has(id)) this.missing.add(id, null);
  }

  /** An adopted application belongs to the job that its record names, whatever tags it carries. */
  identityOf(report: ApplicationReport): Identity | null {
    return this.#adopted.identityOf(report.id) ?? identityOfTagged(report);
  }

  /** Takes an application for missing that YARN no longer calls alive, before the next list says so. */
  lose(id: string): void {
    const identity = this.live.get(id)?.identity;
    if (!identity) return;
    this.live.delete(id);
    this.missing.add(id, identity);
  }

  /** Whether somebody asks about an application now. */
  isAskedAbout(id: string): boolean {
    return this.#asking.has(id);
  }

  /** Asks about an application once nobody else does: answers to two questions at one time would come in any order. */
  async inTurn<T>(id: string, ask: () => Promise<T>): Promise<T> {
    for (let asking = this.#asking.get(id); asking; asking = this.#asking.get(id)) await asking;
    const asking = ask();
    const ended = asking.then(
      () => this.#asking.delete(id),
      () => this.#asking.delete(id),
    );
    this.#asking.set(id, ended);
    return await asking;
  }

  /** Live applications whose verdict the time alone has turned by this time. */
  turningBy(time: number, settings: WatchSettings): string[] {
    return [...this.live].filter(([, application]) => application.turnsAt(settings) <= time).map(([id]) => id);
  }

  /** The time until the next verdict turns by itself. */
  turnsIn(settings: WatchSettings): number {
    const now = Date.now();
    const times = [...this.live.values()]
      .map((application) => application.turnsAt(settings))
      .filter((time) => time > now);
    return times.reduce((least, time) => Math.min(least, time), Infinity) - now;
  }

  /** All applications of each job, live and missing: during an upgrade a job has two. */
  allByJob(): ReadonlyMap<string, readonly string[]> {
    const byJob = new Map<string, string[]>();
    const add = (job: string, id: string): void => {
      const ids = byJob.get(job);
      if (ids) ids.push(id);
      else byJob.set(job, [id]);
    };
    for (const [id, { identity }] of this.live) add(identity.job, id);
    for (const { id, job } of this.missing.named()) add(job, id);
    return byJob;
  }

  /** Live applications by job. */
  idsByJob(): ReadonlyMap<string, string> {
    return new Map([...this.live].map(([id, { identity }]) => [identity.job, id]));
  }

  /** Makes an application one of the next to be asked about. */
  askNow(id: string): void {
    this.missing.askNow(id);
    const live = this.live.get(id);
    if (live) live.askedAt = 0;
  }
}

/** An application that an earlier watcher saw ailing must settle before it is called healthy. */
function firstSeen(identity: Identity, report: ApplicationReport, mark: Mark | undefined): WatchedApplication {
  const wasAiling = mark === 'n' || mark === 'b';
  return new WatchedApplication(identity, report, wasAiling ? Date.now() : null);
}
