// Describes a part of the stack to the supervisor.

/** The command that starts a component. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly directory?: string;
}

/** A process of the stack. */
export interface Component {
  readonly name: string;
  /** Components that must serve before this one starts. */
  readonly after: readonly string[];
  /** The supervisor stops components with the lowest number first, and components with the same number together. */
  readonly stopOrder: 1 | 2 | 3;
  /** Time that the component has to end by itself before it is killed. */
  readonly stopGraceMilliseconds: number;
  /** Time that the component has until it serves, on a slow machine. */
  readonly readyWithinMilliseconds: number;
  /** Names of the component's ports, for the check that no other program has taken one meanwhile. */
  readonly ports: readonly string[];
  /** Writes the component's configuration and returns the command that starts it. */
  readonly prepare: () => Launch;
  /** Resolves true once the component serves. The supervisor calls it repeatedly. */
  readonly isReady: (probe: Probe) => Promise<boolean>;
}

/** Inputs of a readiness check. `logged` returns the log lines of this start so far. */
export interface Probe {
  readonly logged: () => string;
  readonly startedAt: Date;
  readonly signal: AbortSignal;
}

/** Fetches JSON. Returns undefined while the other side does not answer properly. */
export async function fetchJson(url: string, signal: AbortSignal): Promise<unknown> {
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(2_000)]) });
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined; // not up yet: the caller asks again
  }
}
