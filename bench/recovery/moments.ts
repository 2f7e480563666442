/** The moments at which a JobManager is killed. */
interface MomentEntry {
  /** Shown beside the figures. */
  readonly meaning: string;
  /** The operation that is asked for before the kill; null for none. */
  readonly asked: 'savepoint' | 'restart' | null;
  /** The longest wait between the request, or the last start, and the kill; milliseconds. */
  readonly withinMs: number;
  /** Whether the instance that Sluice starts after the kill is killed too. */
  readonly twice: boolean;
}

export const moments = {
  running: { meaning: 'while it runs and checkpoints', asked: null, withinMs: 5_000, twice: false },
  savepoint: { meaning: 'during a savepoint', asked: 'savepoint', withinMs: 400, twice: false },
  upgrade: { meaning: 'during a restart that a person asked for', asked: 'restart', withinMs: 12_000, twice: false },
  starting: { meaning: 'and again while it comes back', asked: null, withinMs: 1_000, twice: true },
} as const satisfies Record<string, MomentEntry>;

export type Moment = keyof typeof moments;
