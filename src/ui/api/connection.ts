/**
 * The state of the connection: which parts do not answer and since when, whether the stream is open, and as of when the
 * page is. Requests and the stream report here; the bar of the frame, and whatever is dimmed, read it.
 */
import { createStore, usePart, useStore } from '../state/store.ts';
import type { Part } from './part.ts';
import { ApiProblem, NoAnswer } from './problems.ts';

interface Connection {
  /** Since when a part does not answer. */
  readonly down: Readonly<Partial<Record<Part, number>>>;
  /** How many requests the API has left without an answer, one after the other. */
  readonly unanswered: number;
  /** The session of whoever looks at the page has ended, or there was none. */
  readonly isSignedOut: boolean;
  /** The time of which the newest news is; null before any came. */
  readonly asOf: number | null;
  /** The version of an API that is not the one that this page came from. */
  readonly newVersion: string | null;
}

export const connection = createStore<Connection>({
  down: {},
  unanswered: 0,
  isSignedOut: false,
  asOf: null,
  newVersion: null,
});

/** All of it, which changes with each piece of news. */
export const useConnection = (): Connection => useStore(connection);
export const useDown = (): Connection['down'] => usePart(connection, ({ down }) => down);
export const useUnanswered = (): number => usePart(connection, ({ unanswered }) => unanswered);
export const useIsSignedOut = (): boolean => usePart(connection, ({ isSignedOut }) => isSignedOut);
export const useNewVersion = (): string | null => usePart(connection, ({ newVersion }) => newVersion);

export function markDown(part: Part, isDown: boolean): void {
  connection.set((now) => {
    if ((now.down[part] !== undefined) === isDown) return now;
    const { [part]: _since, ...others } = now.down;
    const unanswered = part === 'api' ? 0 : now.unanswered;
    return { ...now, unanswered, down: isDown ? { ...others, [part]: Date.now() } : others };
  });
}

export const markSignedOut = (isSignedOut: boolean): void =>
  connection.set((now) => (now.isSignedOut === isSignedOut ? now : { ...now, isSignedOut }));

export const markFresh = (asOf: number): void => connection.set((now) => ({ ...now, asOf }));

const OWN_VERSION = document.querySelector<HTMLMetaElement>('meta[name=sluice-version]')?.content ?? '';

export function markVersion(version: string): void {
  const newVersion = version === OWN_VERSION ? null : version;
  connection.set((now) => (now.newVersion === newVersion ? now : { ...now, newVersion }));
}

const partOfCode: Readonly<Record<string, Part>> = {
  TemporalUnavailable: 'temporal',
  StorageUnavailable: 'storage',
};

/** Learns from how a request ended; `null` is an answer. */
export function noteOutcome(failure: unknown): void {
  if (failure instanceof NoAnswer) {
    markDown('api', true);
    connection.set((now) => ({ ...now, unanswered: now.unanswered + 1 }));
    return;
  }
  const problem = failure instanceof ApiProblem ? failure.problem : null;
  // A gateway that answers for the API says no more than that the API is away.
  markDown('api', problem !== null && problem.code === 'Unknown' && [502, 503, 504].includes(problem.status));
  if (problem?.status === 401) markSignedOut(true);
  const part = problem && partOfCode[problem.code];
  if (part) markDown(part, true);
}

/** Whether anything is down that the live state of jobs depends on. */
export const useIsStale = (): boolean => {
  const down = useDown();
  return down.api !== undefined || down.temporal !== undefined;
};
