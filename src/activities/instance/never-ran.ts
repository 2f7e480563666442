/**
 * Proofs that no task of an instance has run, so that it completed nothing. Flink deletes the checkpoints of a FINISHED job,
 * and a program may keep its own elsewhere: an empty folder alone is no proof.
 */
import type { JobState } from '../../clients/flink/replies.ts';
import { isTerminal, type ApplicationReport, type ApplicationState } from '../../clients/yarn/replies.ts';
import { copyOf, type SluiceError } from '../../domain/errors/errors.ts';
import { timestampOf } from '../../domain/identity/container-id.ts';
import { timeLimits } from '../../domain/time-limits.ts';
import type { Cluster } from '../dependencies/dependencies.ts';

/** States of an application whose master has not registered; a JobManager that waits at its gate has not. */
const unregistered: ReadonlySet<ApplicationState> = new Set(['NEW', 'NEW_SAVING', 'SUBMITTED', 'ACCEPTED']);

/** States of a Flink job before it asks for the containers of its tasks. */
const unscheduled: ReadonlySet<JobState> = new Set(['INITIALIZING', 'CREATED']);

export const isUnregistered = ({ state }: Pick<ApplicationReport, 'state'>): boolean => unregistered.has(state);

/** @param status null: the JobManager does not know the job yet. */
export const isUnscheduled = (status: JobState | null): boolean => status === null || unscheduled.has(status);

/**
 * Notes when an instance was last seen before its tasks could run. Such a look proves everything before it, whoever was
 * away; from then on a first checkpoint takes longer than `timeLimits.firstCheckpoint`.
 */
export class NotBegun {
  #seenAt: number | null = null;
  #hasBegun = false;

  /** @param askedAt the time by `performance.now()` at which the question was asked. */
  saw(isBefore: boolean, askedAt: number): void {
    // A ResourceManager that has recovered calls a running application ACCEPTED until its master is back.
    if (!isBefore) this.#hasBegun = true;
    if (!this.#hasBegun) this.#seenAt = askedAt;
  }

  /** Whether it was seen so a moment ago: an end that is seen now proves that no task ran. */
  get isRecent(): boolean {
    return !this.#hasBegun && this.#seenAt !== null && performance.now() - this.#seenAt <= timeLimits.firstCheckpoint;
  }
}

/** Tells whether YARN's last word proves it: no container was ever given, or the whole life was too short. */
export function neverRanBy({ state, amContainerLogs, startedAt, finishedAt }: ApplicationReport): boolean {
  if (!isTerminal(state)) return false;
  if (amContainerLogs === null) return true;
  return startedAt !== null && finishedAt !== null && finishedAt - startedAt <= timeLimits.firstCheckpoint;
}

/**
 * Tells whether a ResourceManager that does not know an application never took it: only the one that gave the id, and has
 * run ever since, can say so.
 */
export async function neverTaken({ yarn }: Pick<Cluster, 'yarn'>, applicationId: string): Promise<boolean> {
  const { id } = await yarn.info();
  return id === timestampOf(applicationId);
}

/** The same error, with the word that no task of the instance had run. */
export const withNeverRan = (error: SluiceError): SluiceError => copyOf(error, { neverRan: true });
