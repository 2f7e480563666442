// What the supervisor knows about each part of the stack.

/** How a component is started. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly directory?: string;
}

/** One process of the stack. */
export interface Component {
  readonly name: string;
  /** Components that must serve before this one starts. */
  readonly after: readonly string[];
  /** Components with the lowest number are stopped first, those with the same number together. */
  readonly stopOrder: 1 | 2 | 3;
  /** How long it may take to end by itself once asked. */
  readonly stopGraceMilliseconds: number;
  /** How long it may take until it serves, on a slow machine. */
  readonly readyWithinMilliseconds: number;
  /** Names of its ports, to see that nobody else took one meanwhile. */
  readonly ports: readonly string[];
  /** Writes its configuration and says how to start it. */
  readonly prepare: () => Launch;
  /** Resolves true once it serves; asked again and again. `logged` is what this start has written so far. */
  readonly isReady: (probe: Probe) => Promise<boolean>;
}

/** What a readiness check may look at. */
export interface Probe {
  readonly logged: () => string;
  readonly startedAt: Date;
  readonly signal: AbortSignal;
}

/** Fetches JSON, or undefined when the other side does not answer well yet. */
export async function fetchJson(url: string, signal: AbortSignal): Promise<unknown> {
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(2_000)]) });
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined; // not up yet: the caller asks again
  }
}
