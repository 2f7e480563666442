/** Makes the items of the catalogue of releases, as far as a caller may see the jobs that they are for. */
import { ANY_JOB, subjectIn } from '../../domain/access/decide.ts';
import type { ListedRelease } from '../../releases/catalogue.ts';
import type { ReleaseItem } from '../contract.ts';
import type { Call } from '../http/route.ts';
import type { JobItem } from '../job-list-contract.ts';

interface Seen {
  readonly isVisible: (job: string) => boolean;
  readonly runsAs: (release: string) => NonNullable<ReleaseItem['runsAs']>;
}

/** Knows which of the jobs a caller may see, and what they run. A job without a workflow has no known owner. */
export function seenBy(may: Call['may'], items: readonly JobItem[]): Seen {
  const seesAll = may('view', ANY_JOB);
  const seen = seesAll ? items : items.filter((item) => may('view', subjectIn(item)));
  const names = new Set(seen.map(({ name }) => name));
  const known = new Set(items.map(({ name }) => name));
  const running = new Map<string, { job: string; deployment: number }[]>();
  for (const { name, deployment } of seen) {
    if (deployment?.ended !== null) continue;
    const jobs = running.get(deployment.release) ?? [];
    running.set(deployment.release, [...jobs, { job: name, deployment: deployment.number }]);
  }
  return {
    isVisible: (job) =>
      seesAll || names.has(job) || (!known.has(job) && may('view', { job, environment: null, team: null })),
    runsAs: (release) => running.get(release) ?? [],
  };
}

export function releaseItemOf({ release, publishedAt }: ListedRelease, { isVisible, runsAs }: Seen): ReleaseItem {
  const name = `${release.project}/${release.version}`;
  return {
    name,
    project: release.project,
    version: release.version,
    gitCommit: release.gitCommit,
    buildUrl: release.buildUrl,
    createdAt: release.createdAt,
    publishedAt: new Date(publishedAt).toISOString(),
    jobs: release.files.flatMap(({ job }) => (job !== undefined && isVisible(job) ? [job] : [])).sort(),
    runsAs: runsAs(name),
  };
}

/** Makes a test of items by the words of a search and by a job; null where nothing is searched. */
export function releaseFilterOf(
  q: string | undefined,
  job: string | undefined,
): ((item: ReleaseItem) => boolean) | null {
  const words = (q ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0 && job === undefined) return null;
  return (item) => {
    if (job !== undefined && !item.jobs.includes(job)) return false;
    const text = [item.name, item.gitCommit, item.buildUrl, ...item.jobs].join('\n').toLowerCase();
    return words.every((word) => text.includes(word));
  };
}
