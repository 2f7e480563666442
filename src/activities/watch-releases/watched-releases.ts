/**
 * The releases of a catalogue under watch: which job they are for, what is decided, and a round of questions. A job is
 * asked only when its newest release is one that nobody has decided about, so that an idle Sluice asks nobody.
 */
import { log } from '@temporalio/activity';
import { readAutoDeploy } from '../../releases/auto-deploy-file.ts';
import { inTurns } from '../../concurrency/in-turns.ts';
import type { ReleaseCatalogue } from '../../releases/catalogue.ts';
import {
  autoDeployRequest,
  decideAutoDeploy,
  decideByWindow,
  invalidFile,
  isTold,
  newestByJob,
  type AutoDeploy,
  type AutoDeployDecision,
  type NewestRelease,
} from '../../domain/auto-deploy/auto-deploy.ts';
import { cordonInWords } from '../../domain/cluster/cordon.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { autoDeployIdOf } from '../../domain/identity/ids.ts';
import {
  isNoted,
  noteKeyOf,
  writeReleaseNotes,
  type WrittenReleaseNotes,
} from '../../domain/auto-deploy/watch-notes.ts';
import { readCluster } from '../../records/clusters/cordons.ts';
import { readClaim } from '../../records/claims.ts';
import { readFence } from '../../records/fences.ts';
import { leaveRefusal } from '../../records/notifications/refusals.ts';
import type { Dependencies } from '../dependencies/dependencies.ts';

/** The newest release of a project for a job, and how far it has come. */
interface Candidate {
  readonly job: string;
  readonly release: NewestRelease;
  /** Every project that has a deployment file for the job. */
  projects: readonly string[];
  /** Whether nothing more is to be done. */
  isDecided: boolean;
  /** When the job is asked next: ms since 1970. */
  askAt: number;
  asked: number;
  /** The wish of its deployment file, once it was read. */
  wish: AutoDeploy | null;
}

/** Jobs that are asked at one time. */
const AT_ONCE = 10;
/** Bounds the pause while an operation holds the job or a signal is on its way: both are over soon. */
const SOON = 4;

export class WatchedReleases {
  readonly #deps: Dependencies;
  readonly #catalogue: ReleaseCatalogue;
  readonly #before: WrittenReleaseNotes | null;
  #candidates: ReadonlyMap<string, Candidate> | null = null;
  #published: ReadonlySet<string> = new Set();
  readonly #complainedOf = new Set<string>();
  #isAway = false;

  constructor(deps: Dependencies, catalogue: ReleaseCatalogue, notes: WrittenReleaseNotes | null) {
    this.#deps = deps;
    this.#catalogue = catalogue;
    this.#before = notes;
  }

  /** A round survives every silence: of S3, of Temporal and of jobs. */
  async round(): Promise<void> {
    const endsAt = Date.now() + this.#deps.releaseWatch.everyMs;
    try {
      await this.#look();
      this.#isAway = false;
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      if (!this.#isAway) log.warn('the releases cannot be listed', { reason: error.message });
      this.#isAway = true;
      return;
    }
    const due = [...(this.#candidates?.values() ?? [])].filter((one) => !one.isDecided && one.askAt <= Date.now());
    due.sort((a, b) => a.askAt - b.askAt);
    // The next round takes up the rest, because new releases must be seen even while many jobs do not answer.
    await inTurns(due, async (one) => (Date.now() < endsAt ? await this.#decide(one) : undefined), AT_ONCE);
  }

  /** Before the first look these are the notes of the earlier watcher, which knows the decisions better. */
  notes(): WrittenReleaseNotes | null {
    const candidates = this.#candidates;
    if (candidates === null) return this.#before;
    return writeReleaseNotes([...candidates.values()]);
  }

  async #look(): Promise<void> {
    const { listed: releases, unreadable } = await this.#catalogue.read(await this.#catalogue.found());
    for (const { key, problem } of unreadable) this.#complain(key, problem);
    this.#published = new Set(releases.map(({ release }) => `${release.project}/${release.version}`));
    const candidates = new Map<string, Candidate>();
    for (const [job, newest] of newestByJob(releases)) {
      const projects = [...newest.keys()];
      for (const release of newest.values()) {
        const key = noteKeyOf({ job, release });
        const earlier = this.#candidates?.get(key);
        const candidate = earlier?.release.name === release.name ? earlier : this.#newCandidate(job, release);
        candidate.projects = projects;
        candidates.set(key, candidate);
      }
    }
    this.#candidates = candidates;
  }

  /** Names a release that cannot be read once; it deploys itself no more than if it were not there. */
  #complain(key: string, reason: string): void {
    if (!this.#complainedOf.has(key)) log.warn('a release cannot be read', { key, reason });
    this.#complainedOf.add(key);
  }

  #newCandidate(job: string, release: NewestRelease): Candidate {
    const asksForIt = release.file.autoDeploy === true;
    const isNew = this.#before === null || !isNoted(this.#before, { job, release });
    return { job, release, projects: [], isDecided: !(asksForIt && isNew), askAt: 0, asked: 0, wish: null };
  }

  async #decide(candidate: Candidate): Promise<void> {
    const { job, release } = candidate;
    try {
      const decision = await this.#decisionOn(candidate);
      if (decision.kind === 'left') {
        // First, so that a watch that dies in between leaves it once more.
        if (isTold(decision.reason)) await this.#leaveForPeople(candidate, decision.detail);
        candidate.isDecided = true;
        const isForeign = decision.reason === 'foreign' || decision.reason === 'contested';
        const facts = { job, release: release.name, reason: decision.detail };
        if (isForeign) log.warn('a release names a job of another project, and is left alone', facts);
        else log.info('a release does not deploy itself', facts);
        return;
      }
      const isSoon = decision.kind === 'deploy' || decision.reason === 'busy';
      this.#askAgain(candidate, isSoon, decision.kind === 'waits' ? decision.until : null);
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      this.#askAgain(candidate, false, null);
      log.warn('whether a release deploys itself is not decided yet', {
        job,
        release: release.name,
        reason: error.message,
      });
    }
  }

  async #leaveForPeople({ job, release }: Candidate, detail: string): Promise<void> {
    const { notifier, s3, installation } = this.#deps;
    if (notifier === null) return;
    const { name, publishedAt, file } = release;
    await leaveRefusal(s3, installation, {
      version: 1,
      job,
      release: name,
      environment: file.environment ?? null,
      publishedAt: new Date(publishedAt).toISOString(),
      at: new Date().toISOString(),
      detail,
    });
  }

  async #decisionOn(candidate: Candidate): Promise<AutoDeployDecision> {
    const { s3, releasedJobs } = this.#deps;
    const { job, release, projects } = candidate;
    const now = Date.now();
    const wish = (candidate.wish ??= await readAutoDeploy(s3, job, release));
    if (wish === null) return invalidFile(release);
    // A closed window is decided without asking anybody.
    const closed = wish.enabled ? decideByWindow(wish, now) : null;
    if (closed !== null) return closed;

    const claim = (await readClaim(s3, job, autoDeployIdOf(release.name)))?.value ?? null;
    const seen = claim !== null ? null : await releasedJobs.see(job);
    const cluster = seen?.view.deployment?.cluster;
    const cordon = cluster === undefined ? null : cordonInWords(await readCluster(s3, cluster));
    const isUnknown = seen === null || seen.view.state === 'new';
    const { fence, etag } = isUnknown && claim === null ? await readFence(s3, job) : { fence: null, etag: null };
    const wasStarted = etag !== null;
    const boundTo = fence?.ownership?.project ?? null;
    const isPublished = (name: string) => this.#published.has(name);
    const known = { seen, cordon, boundTo, claim, wasStarted, isPublished, now };
    const question = { job, newest: release, wish, projects, ...known };
    const decision = decideAutoDeploy(question);
    if (decision.kind === 'deploy') {
      // The job is asked again, under the same id, until its claim is in S3: a worker may die in between.
      await releasedJobs.deploy(job, autoDeployRequest(release, seen));
      log.info('a release deploys itself', { job, release: release.name });
    }
    return decision;
  }

  #askAgain(candidate: Candidate, isSoon: boolean, until: string | null): void {
    const { askAgainMs, askAgainAtMostMs } = this.#deps.releaseWatch;
    const most = isSoon ? Math.min(askAgainMs * SOON, askAgainAtMostMs) : askAgainAtMostMs;
    const wait = Math.min(askAgainMs * 1.5 ** candidate.asked, most);
    candidate.asked = Math.min(candidate.asked + 1, SOON * SOON);
    candidate.askAt = Date.now() + wait;
    // The next question waits at most until the window opens.
    if (until !== null) candidate.askAt = Math.min(candidate.askAt, Date.parse(until));
  }
}
