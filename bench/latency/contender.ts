/** The ways of starting a job that are compared. Another launcher is one more contender in the list. */
import type { ApplicationFilter } from '../../src/clients/yarn/yarn.ts';

/** A start that was asked for: when, and how its application is found by whoever asks YARN. */
export interface RequestedStart {
  /** Milliseconds since 1970, just before the first byte of the request, or the first process, was started. */
  readonly requestedAt: number;
  /** Finds exactly this start's application. */
  readonly filter: ApplicationFilter;
  /** Rejects as soon as it is known that nothing will run. */
  readonly failed: Promise<never>;
  /** Ends what was started and waits for it; called once, also after a failure. */
  end(): Promise<void>;
}

/** One way of starting the job. */
export interface Contender {
  readonly name: ContenderName;
  /** For people: what it is and what it was given. */
  readonly description: string;
  /** Asks for a start and returns at once; `run` is unique in this bench. */
  start(run: string): RequestedStart;
}

export type ContenderName =
  'direct' | 'shell-runner' | 'client' | 'launcher' | 'client-provided' | 'client-same-settings';
