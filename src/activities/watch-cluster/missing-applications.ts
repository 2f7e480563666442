/** Applications that are missing from the cluster's list of live ones. The watcher asks for each by id, with patience. */
import { SluiceError } from '../../domain/errors/errors.ts';
import type { Identity } from './watched-application.ts';
import type { WatchSettings } from '../dependencies/watch-settings.ts';

type Named = Pick<Identity, 'job' | 'epoch'>;

export interface MissingApplication {
  readonly id: string;
  /** Null where only the notes of another watcher name the application; its tags may tell. */
  readonly identity: Named | null;
  readonly since: number;
  readonly askAt: number;
  /** The time since which the ResourceManager says that it does not know the application. */
  readonly unknownSince: number | null;
}

/** The pause once the job has been told that YARN does not know its application. */
const RARELY_MS = 60_000;

export class MissingApplications {
  readonly #settings: WatchSettings;
  readonly #byId = new Map<string, MissingApplication>();

  constructor(settings: WatchSettings) {
    this.#settings = settings;
  }

  /** Adds an application; one that is missing already only gets its name. */
  add(id: string, identity: Named | null): void {
    const missing = this.#byId.get(id);
    if (missing && (missing.identity !== null || identity === null)) return;
    const now = Date.now();
    this.#byId.set(id, { since: now, unknownSince: null, ...missing, id, identity, askAt: now });
  }

  delete(id: string): void {
    this.#byId.delete(id);
  }

  /** The applications to ask for now, longest waiting first. */
  due(now: number): readonly MissingApplication[] {
    return [...this.#byId.values()].filter(({ askAt }) => askAt <= now).sort((a, b) => a.askAt - b.askAt);
  }

  get(id: string): MissingApplication | null {
    return this.#byId.get(id) ?? null;
  }

  named(): { id: string; job: string; epoch: number }[] {
    return [...this.#byId.values()].flatMap(({ id, identity }) => (identity ? [{ id, ...identity }] : []));
  }

  idOf(job: string): string | null {
    return this.named().find((missing) => missing.job === job)?.id ?? null;
  }

  has(job: string): boolean {
    return this.idOf(job) !== null;
  }

  askLater(missing: MissingApplication, when: 'soon' | 'rarely'): null {
    const wait = when === 'soon' ? this.#settings.sameJobEveryMs : Math.max(RARELY_MS, this.#settings.silentAfterMs);
    this.#change(missing.id, { askAt: Date.now() + wait });
    return null;
  }

  askNow(id: string): void {
    this.#change(id, { askAt: 0 });
  }

  /** Call it when the ResourceManager does not know the application: a restarted one takes a while to read its memory. */
  isUnknownForLong({ id, unknownSince }: MissingApplication): boolean {
    const since = unknownSince ?? Date.now();
    this.#change(id, { unknownSince: since });
    return Date.now() - since >= this.#settings.silentAfterMs;
  }

  /** Applications that are missing since before `time`, and in which no job believes (any more). */
  nobodysSince(time: number, believed: ReadonlySet<string>): string[] {
    return [...this.#byId.values()]
      .filter(({ since, identity }) => since < time && !(identity && believed.has(identity.job)))
      .map(({ id }) => id);
  }

  #change(id: string, change: Partial<MissingApplication>): void {
    const missing = this.#byId.get(id);
    if (missing) this.#byId.set(id, { ...missing, ...change });
  }
}

/** Makes a failed question silence: no answer about an application says nothing about its end. */
export function silence(error: unknown): 'silent' {
  if (error instanceof SluiceError) return 'silent';
  throw error;
}
