/**
 * Retention decides which releases are retired. The first rule that fits keeps a release and gives the reason; a release
 * that no rule keeps is retired. Rules only keep: a rule too many costs space, a rule too few costs a way back.
 */

/** A release of the catalogue, as far as retention needs it. */
export interface KnownRelease {
  readonly project: string;
  readonly version: string;
  /** ms since 1970 */
  readonly publishedAt: number;
  /** Jobs for which it has deployment files. */
  readonly jobs: readonly string[];
}

export interface KeepReleases {
  /** The number of newest releases that stay, for each project. */
  readonly count: number;
  /** ms; younger releases stay. */
  readonly maxAge: number;
}

/** Names of the releases that jobs need, each with a sentence for people that says why. */
export type NeededReleases = ReadonlyMap<string, string>;

export interface ReleaseVerdict<T extends KnownRelease = KnownRelease> {
  readonly release: T;
  /** The reason why it stays; null when it is retired. */
  readonly kept: string | null;
}

/** The part of a deployment's record that tells which release it needs. */
export interface DeploymentOfRelease {
  readonly number: number;
  readonly job: string;
  readonly release: string;
  readonly hotfix: object | null;
  readonly ended: object | null;
}

/** The number of newest deployments of a job to which people can go back; the one that runs is among them. */
export const ROLLBACK_DEPLOYMENTS = 20;

const nameOf = ({ project, version }: Pick<KnownRelease, 'project' | 'version'>): string => `${project}/${version}`;

/**
 * Lists the releases of a job's newest deployments, and of the one that runs whatever its number. A hotfix belongs to a
 * deployment and needs the release of that deployment.
 */
export function neededBy(deployments: readonly DeploymentOfRelease[]): NeededReleases {
  const byNumber = [...deployments].sort((a, b) => a.number - b.number);
  const newest = new Set(byNumber.slice(-ROLLBACK_DEPLOYMENTS));
  const needed = new Map<string, string>();
  for (const one of byNumber) {
    const lives = one.ended === null;
    if (!lives && !newest.has(one)) continue;
    const what = lives ? 'runs, or may run, as' : 'a rollback can go back to it as';
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
  const byAge = [...releases].sort((a, b) => b.publishedAt - a.publishedAt);
  const newestOfProject = new Map<string, number>();
  const newestOfJob = new Set<string>();
  const kept = new Map<T, string | null>();
  for (const release of byAge) {
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
    if (job !== undefined) return `is the newest release with a deployment file for ${job}`;
    if (place < keep.count) return `is one of the ${keep.count} newest releases of ${release.project}`;
    if (now - release.publishedAt < keep.maxAge) return 'is younger than the maximum age';
    return null;
  }
}
