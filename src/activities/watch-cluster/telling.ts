/** Telling jobs what changes: only news, and a fact rather twice than never. */
import { heartbeat } from '@temporalio/activity';
import { fitting, type Fact } from '../../domain/watch/facts.ts';
import type { Mark } from '../../domain/watch/health.ts';
import { writeNotes, type WatchNotes } from '../../domain/watch/notes.ts';
import type { WatchedJobs } from '../dependencies/watch-settings.ts';
import type { Complaints } from './complaints.ts';

/** Something that was seen of an application that has a job. */
export interface Edge {
  readonly applicationId: string;
  readonly job: string;
  readonly epoch: number;
  readonly mark: Mark;
  readonly seen: Fact['seen'];
  /** Whether nothing later was seen of it meanwhile; absent for what holds for ever, or until the next round. */
  readonly holds?: () => boolean;
}

/** After so many jobs in a row that could not be told, Temporal is away, and a later round tells the others. */
const MOST_IN_A_ROW = 30;

interface Waiting {
  readonly seen: readonly Edge[];
  readonly told: () => void;
  readonly failed: (error: unknown) => void;
}

interface Listener {
  readonly jobs: WatchedJobs;
  readonly taskToken: Uint8Array;
  readonly complaints: Complaints;
  /** The notes as they are now. */
  readonly notes: () => WatchNotes;
}

export class Telling {
  readonly #jobs: WatchedJobs;
  readonly #taskToken: Uint8Array;
  readonly #complaints: Complaints;
  readonly #notes: () => WatchNotes;
  /** By application id: the mark that its job was told last. */
  readonly #told: Map<string, Mark>;
  /** The time of that, where this watcher told it. */
  readonly #toldAt = new Map<string, number>();
  #waiting: Waiting[] = [];
  #isTelling = false;

  constructor({ jobs, taskToken, complaints, notes }: Listener, { applications }: Pick<WatchNotes, 'applications'>) {
    this.#jobs = jobs;
    this.#taskToken = taskToken;
    this.#complaints = complaints;
    this.#notes = notes;
    this.#told = new Map([...applications].map(([id, { mark }]) => [id, mark]));
  }

  get marks(): ReadonlyMap<string, Mark> {
    return this.#told;
  }

  hasEnded(id: string): boolean {
    return this.#told.get(id) === 'e';
  }

  /** Milliseconds from the last telling to a time; infinite where another watcher told it. */
  sinceTold(id: string, time: number): number {
    return time - (this.#toldAt.get(id) ?? -Infinity);
  }

  /** Strikes out what a job was told, so that the next look tells it again. */
  strikeOut(id: string): boolean {
    return this.#told.delete(id);
  }

  forget(id: string): void {
    this.#told.delete(id);
    this.#toldAt.delete(id);
  }

  /**
   * Tells the news among what was seen. Rounds and signs tell at the same time, so one lot is told after the other: two facts about
   * a job must not change places. All that comes meanwhile is one lot.
   */
  tell(seen: readonly Edge[]): Promise<void> {
    if (seen.length === 0) return Promise.resolve();
    return new Promise((told, failed) => {
      this.#waiting.push({ seen, told, failed });
      void this.#tellWaiting();
    });
  }

  async #tellWaiting(): Promise<void> {
    if (this.#isTelling) return;
    this.#isTelling = true;
    for (let lot = this.#waiting; lot.length > 0; lot = this.#waiting) {
      this.#waiting = [];
      const holding = lot.flatMap(({ seen }) => seen).filter(({ holds }) => holds?.() !== false);
      const newest = new Map(holding.map((edge) => [edge.applicationId, edge]));
      try {
        await this.#tellLot([...newest.values()]);
        for (const { told } of lot) told();
      } catch (error) {
        for (const { failed } of lot) failed(error);
      }
    }
    this.#isTelling = false;
  }

  /**
   * The marks that change are struck out of the notes first, because a watcher that takes over from a worker that dies in between
   * then tells the fact once more rather than never.
   */
  async #tellLot(seen: readonly Edge[]): Promise<void> {
    const edges = seen.filter(({ applicationId, mark }) => this.#told.get(applicationId) !== mark);
    const struckOut = edges.filter(({ applicationId }) => this.strikeOut(applicationId));
    if (struckOut.length > 0) {
      const written = writeNotes(this.#notes());
      heartbeat(written);
      await this.#jobs.writeDown(this.#taskToken, written);
    }
    const at = new Date().toISOString();
    const tellOne = async ({ applicationId, job, epoch, mark, seen: fact }: Edge): Promise<void> => {
      await this.#jobs.tell(job, { epoch, applicationId, at, seen: fitting(fact) });
      this.#told.set(applicationId, mark);
      this.#toldAt.set(applicationId, Date.now());
    };
    await this.#complaints.each(edges, {
      what: 'be told what was seen of it',
      nameOf: ({ job }) => job,
      act: tellOne,
      mostInARow: MOST_IN_A_ROW,
    });
  }
}
