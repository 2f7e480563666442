/** Defines the ways of starting a job that the bench compares. Another launcher is another contender in the list. */
import type { ApplicationFilter } from '../../src/clients/yarn/yarn.ts';

/** A requested start: its time, and the filter that finds its application in YARN. */
export interface RequestedStart {
  /** Milliseconds since 1970, just before the first byte of the request was sent or the first process started. */
  readonly requestedAt: number;
  /** Finds exactly this start's application. */
  readonly filter: ApplicationFilter;
  /** Rejects as soon as the start has failed. */
  readonly failed: Promise<never>;
  /** Ends the application and waits for its end. The bench calls it once, also after a failure. */
  end(): Promise<void>;
}

/** A way of starting the job. */
export interface Contender {
  readonly name: ContenderName;
  /** Describes the contender and its settings to people. */
  readonly description: string;
  /** Requests a start and returns at once. `run` is unique in this bench. */
  start(run: string): RequestedStart;
}

export type ContenderName =
  | 'direct'
  | 'direct-archives'
  | 'shell-runner'
  | 'client'
  | 'launcher'
  | 'launcher-gated'
  | 'client-provided'
  | 'client-same-settings';
