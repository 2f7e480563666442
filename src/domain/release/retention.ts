/**
 * Which releases may go. The first rule of the table that fits keeps a release and gives the reason; what no rule keeps
 * is retired. Rules only ever keep: one that is too careful costs space, one that is missing costs a way back.
 */
import type { Deployment } from '../deployment/deployment.ts';

/** A release as the catalogue knows it. */
export interface KnownRelease {
  readonly project: string;
  readonly version: string;
  /** ms since 1970 */
  readonly publishedAt: number;
  /** Jobs that it has deployment files for. */
  readonly jobs: readonly string[];
}

export interface KeepReleases {
  /** So many of each project, the newest. */
  readonly count: number;
  /** ms; whatever is younger stays. */
  readonly maxAge: number;
}

/** What the records of jobs say that they need: by name of the release, a sentence for people. */
export type NeededReleases = ReadonlyMap<string, string>;

export interface ReleaseVerdict<T extends KnownRelease = KnownRelease> {
  readonly release: T;
  /** Why it stays; null when it goes. */
  readonly kept: string | null;
}

/** Deployments of a job that people go back to, by number or without one; with what runs as the newest. */
export const ROLLBACK_DEPLOYMENTS = 20;

const nameOf = ({ project, version }: Pick<KnownRelease, 'project' | 'version'>): string => `${project}/${version}`;

/**
 * What the newest deployments of a job need, with what runs among them whatever its number. A hotfix belongs to a
 * deployment, and needs the release of that deployment.
 */
export function neededBy(deployments: readonly Deployment[]): NeededReleases {
  const byNumber = [...deployments].sort((a, b) => a.number - b.number);
  const newest = new Set(byNumber.slice(-ROLLBACK_DEPLOYMENTS));
  const needed = new Map<string, string>();
  for (const one of byNumber) {
    const lives = one.ended === null;
    if (!lives && !newest.has(one)) continue;
    const what = lives ? 'runs, or may run, as' : 'can be gone back to as';
    const hotfix = one.hotfix === null ? '' : ', with a hotfix';
    needed.set(one.release, `${what} deployment ${one.number} of ${one.job}${hotfix}`);
  }
  return needed;
}

/** @returns a verdict for each release, in the order given. */
export function decideReleases<T extends KnownRelease>({
  releases,
  needed,
  keep,
  now,
}: {
  readonly releases: readonly T[];
  readonly needed: NeededReleases;
  readonly keep: KeepReleases;
  /** ms since 1970 */
  readonly now: number;
}): readonly ReleaseVerdict<T>[] {
  const newestFirst = [...releases].sort((a, b) => b.publishedAt - a.publishedAt);
  const newestOfProject = new Map<string, number>();
  const newestOfJob = new Set<string>();
  const kept = new Map<T, string | null>();
  for (const release of newestFirst) {
    const place = newestOfProject.get(release.project) ?? 0;
    newestOfProject.set(release.project, place + 1);
    const newJobs = release.jobs.filter((job) => !newestOfJob.has(job));
    for (const job of newJobs) newestOfJob.add(job);
    kept.set(release, reasonFor(release, place, newJobs));
  }
  return releases.map((release) => ({ release, kept: kept.get(release) ?? null }));

  function reasonFor(release: T, place: number, newJobs: readonly string[]): string | null {
    const need = needed.get(nameOf(release));
    if (need !== undefined) return need;
    const [job] = newJobs;
    if (job !== undefined) return `is the newest that has ${job}`;
    if (place < keep.count) return `is one of the ${keep.count} newest of ${release.project}`;
    if (now - release.publishedAt < keep.maxAge) return 'is young';
    return null;
  }
}
