/** The newest release of each project for each job. The catalogue is listed once for all readers of jobs. */
import type { ReleaseCatalogue } from '../../../releases/catalogue.ts';
import { FreshOnce } from '../../../concurrency/fresh-once.ts';
import { newestByJob } from '../../../domain/auto-deploy/auto-deploy.ts';

/** The list is at most so old. */
const CATALOGUE_AGE_MS = 3_000;

export interface Newest {
  readonly readAt: number;
  readonly byJob: ReturnType<typeof newestByJob>;
  readonly names: ReadonlySet<string>;
}

export class NewestReleases {
  readonly #releases: Pick<ReleaseCatalogue, 'list'>;
  readonly #list: FreshOnce<Newest>;
  #newest: Newest | null = null;

  constructor(releases: Pick<ReleaseCatalogue, 'list'>) {
    this.#releases = releases;
    this.#list = new FreshOnce(() => this.#read());
  }

  /** The last list, however old; null before the first one. */
  get known(): Newest | null {
    return this.#newest;
  }

  async get(): Promise<Newest> {
    const last = this.#newest;
    return last && Date.now() - last.readAt < CATALOGUE_AGE_MS ? last : await this.#list.get('releases');
  }

  async #read(): Promise<Newest> {
    const readAt = Date.now();
    const releases = await this.#releases.list();
    const names = new Set(releases.map(({ release }) => `${release.project}/${release.version}`));
    this.#newest = { readAt, byJob: newestByJob(releases), names };
    return this.#newest;
  }
}

/** The newest release of the project of a job that has a file for it; of any project for a job that has none. */
export function newestFor(newest: Newest | null, job: string, project: string | null): string | null {
  const byProject = newest?.byJob.get(job);
  const found = project === null ? byProject?.values().next().value : byProject?.get(project);
  return found?.name ?? null;
}
