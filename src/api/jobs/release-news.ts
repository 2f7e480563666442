/** Tells listeners of releases that appear. The catalogue is looked at while somebody listens, once for all of them. */
import type { FoundRelease, ListedRelease, ReleaseCatalogue } from '../../releases/catalogue.ts';

const LOOK_EVERY_MS = 2_000;
/** A listener is told what has appeared shortly before it came, because it listed the releases before that. */
const JUST_BEFORE_MS = 60_000;

type Listener = (release: ListedRelease) => void;
/** Null for a listener who was told nothing yet. */
type Told = ReadonlySet<string> | null;

export class ReleaseNews {
  readonly #releases: Pick<ReleaseCatalogue, 'found' | 'read'>;
  /** Each listener with the names that it was told, or that were there long before it came. */
  readonly #listeners = new Map<Listener, Told>();
  #timer: NodeJS.Timeout | null = null;
  #isLooking = false;

  constructor(releases: Pick<ReleaseCatalogue, 'found' | 'read'>) {
    this.#releases = releases;
  }

  /** @returns a function that ends the listening. */
  listen(listener: Listener): () => void {
    this.#listeners.set(listener, null);
    this.#timer ??= setInterval(() => void this.#look(), LOOK_EVERY_MS).unref();
    void this.#look();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0 || !this.#timer) return;
      clearInterval(this.#timer);
      this.#timer = null;
    };
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      const found = await this.#releases.found();
      const names = new Set(found.map(nameOf));
      // Most listeners were told the same names, so that thousands of releases are compared once for all of them.
      const fresh = new Map<Told, readonly ListedRelease[]>();
      for (const [listener, told] of [...this.#listeners]) {
        const listed = fresh.get(told) ?? (await this.#freshTo(told, found));
        fresh.set(told, listed);
        if (!this.#listeners.has(listener)) continue;
        this.#listeners.set(listener, names);
        for (const release of listed) listener(release);
      }
    } catch {
      // S3 does not answer, so nothing is known to have appeared. The next look is seconds away.
    } finally {
      this.#isLooking = false;
    }
  }

  async #freshTo(told: Told, found: readonly FoundRelease[]): Promise<readonly ListedRelease[]> {
    const since = told === null ? Date.now() - JUST_BEFORE_MS : -Infinity;
    const { listed } = await this.#releases.read(
      found.filter((one) => one.publishedAt >= since && !told?.has(nameOf(one))),
    );
    return listed;
  }
}

const nameOf = ({ project, version }: { readonly project: string; readonly version: string }): string =>
  `${project}/${version}`;
