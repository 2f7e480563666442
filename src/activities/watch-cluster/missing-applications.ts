/** Applications that should be in the cluster's list of live ones and are not: asked for by id, with patience. */
import { SluiceError } from '../../domain/errors/errors.ts';
import type { Identity } from './watched-application.ts';
import type { WatchSettings } from '../dependencies/watch-settings.ts';

type Named = Pick<Identity, 'job' | 'epoch'>;

export interface MissingApplication {
  readonly id: string;
  /** Null where only the notes of another watcher name it; its tags may tell. */
  readonly identity: Named | null;
  readonly since: number;
  readonly askAt: number;
  /** Since when the ResourceManager says that it does not know it. */
  readonly unknownSince: number | null;
}

/** Once a job knows that nothing is known of it. */
const RARELY_MS = 60_000;

export class MissingApplications {
  readonly #settings: WatchSettings;
  readonly #byId = new Map<string, MissingApplication>();

  constructor(settings: WatchSettings) {
    this.#settings = settings;
  }

  /** One that is known already only gets its name. */
  add(id: string, identity: Named | null): void {
    const known = this.#byId.get(id);
    if (known && (known.identity !== null || identity === null)) return;
    const now = Date.now();
    this.#byId.set(id, { since: now, unknownSince: null, ...known, id, identity, askAt: now });
  }

  delete(id: string): void {
    this.#byId.delete(id);
  }

  /** Longest waiting first. */
  due(now: number): readonly MissingApplication[] {
    return [...this.#byId.values()].filter(({ askAt }) => askAt <= now).sort((a, b) => a.askAt - b.askAt);
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

  /** Called when the ResourceManager does not know it: a restart may take a while to read its memory back. */
  isUnknownForLong({ id, unknownSince }: MissingApplication): boolean {
    const since = unknownSince ?? Date.now();
    this.#change(id, { unknownSince: since });
    return Date.now() - since >= this.#settings.silentAfterMs;
  }

  /** Missing for a while, and no job believes in them (any more). */
  nobodysSince(time: number, believed: ReadonlySet<string>): string[] {
    return [...this.#byId.values()]
      .filter(({ since, identity }) => since < time && !(identity && believed.has(identity.job)))
      .map(({ id }) => id);
  }

  #change(id: string, change: Partial<MissingApplication>): void {
    const known = this.#byId.get(id);
    if (known) this.#byId.set(id, { ...known, ...change });
  }
}

/** Who gives no answer about an application says nothing about its end. */
export function silence(error: unknown): 'silent' {
  if (error instanceof SluiceError) return 'silent';
  throw error;
}
