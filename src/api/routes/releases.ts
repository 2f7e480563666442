/** Routes of the catalogue of releases. */
import { z } from 'zod';
import { orderOf, type FoundRelease } from '../../releases/catalogue.ts';
import type { Release } from '../../domain/release/release.ts';
import { redact } from '../../domain/secrets/redact.ts';
import { readRelease, readReleaseText } from '../../releases/read.ts';
import { ReleaseBody, ReleaseList, type ReleaseItem } from '../contract.ts';
import { ReleaseFileBody } from '../deployment-contract.ts';
import { inTime } from '../../concurrency/in-time.ts';
import { inTurns } from '../../concurrency/in-turns.ts';
import { ANY_JOB } from '../../domain/access/decide.ts';
import type { JobItem } from '../job-list-contract.ts';
import type { RouteDependencies } from '../dependencies.ts';
import { DEFAULT_LIMIT, descending, pageOf, pageQuery } from '../http/paging.ts';
import { quoted } from '../http/parse-call.ts';
import { word } from '../http/several.ts';
import { releaseFilterOf, releaseItemOf, seenBy } from '../jobs/release-items.ts';
import type { Unreadable } from '../../records/read-each.ts';
import { Problem } from '../http/problem.ts';
import { declaredSubject } from '../access/subjects.ts';
import { visibleJobs } from '../access/visible-jobs.ts';
import { ok, route, type Call, type Route } from '../http/route.ts';

const listQuery = z.strictObject({
  ...pageQuery,
  q: word.optional().describe('Words that name, commit, build or jobs must contain, in any order'),
  job: word.optional().describe('Only releases with a deployment file for this job'),
});
type ListQuery = z.output<typeof listQuery>;

export function releaseRoutes(dependencies: RouteDependencies): Route[] {
  const { jobs, records, releases } = dependencies;
  const list = async (project: string | undefined, query: ListQuery, may: Call['may']) => {
    const keys = await releases.found(project);
    if (project !== undefined && keys.length === 0) {
      throw new Problem('NotFound', `Project ${project} has no release: nothing was published under this name`);
    }
    return ok(await pageOfReleases(dependencies, keys, query, may));
  };
  return [
    route({
      method: 'get',
      path: '/releases',
      operationId: 'listReleases',
      access: { permission: 'viewPlatform', of: 'installation' },
      tag: 'releases',
      summary: 'Releases of all projects, newest first',
      query: listQuery,
      answers: { 200: { description: 'Releases', schema: ReleaseList } },
      problems: ['InvalidRequest', 'TemporalUnavailable', 'StorageUnavailable'],
      handle: async ({ query, may }) => await list(undefined, query, may),
    }),
    route({
      method: 'get',
      path: '/releases/{project}',
      operationId: 'listProjectReleases',
      access: { permission: 'viewPlatform', of: 'installation' },
      tag: 'releases',
      summary: 'Releases of a project, newest first',
      query: listQuery,
      answers: { 200: { description: 'Releases', schema: ReleaseList } },
      problems: ['NotFound', 'InvalidRequest', 'TemporalUnavailable', 'StorageUnavailable'],
      handle: async ({ params, query, may }) => await list(params['project'], query, may),
    }),
    route({
      method: 'get',
      path: '/releases/{project}/{version}',
      operationId: 'getRelease',
      access: { permission: 'viewPlatform', of: 'installation' },
      tag: 'releases',
      summary: 'One release with its files',
      answers: { 200: { description: 'The release', schema: ReleaseBody } },
      problems: ['ReleaseNotFound', 'ReleaseInvalid', 'InvalidRequest', 'StorageUnavailable'],
      async handle({ params: { project = '', version = '' }, may }) {
        const release = await readRelease(records.bucket, project, version);
        if (!release) throw new Problem('ReleaseNotFound', `There is no release ${project}/${version}`);
        const found = (await releases.found(project)).filter((one) => one.version === version);
        const [listed] = (await releases.read(found)).listed;
        const publishedAt = new Date(listed?.publishedAt ?? Date.now()).toISOString();
        const shown = await shownRelease({ jobs, records }, release, may);
        return ok({ ...shown, name: `${project}/${version}`, publishedAt });
      },
    }),
    releaseFileRoute({ jobs, records }),
  ];
}

/** Shows a file to whoever may see its job, or the job that its first deploy would make. */
const releaseFileRoute = ({ jobs, records }: Pick<RouteDependencies, 'jobs' | 'records'>): Route =>
  route({
    method: 'get',
    path: '/releases/{project}/{version}/files/{name}',
    operationId: 'getReleaseFile',
    access: { permission: 'view', of: 'each' },
    tag: 'releases',
    summary: 'A deployment file of a release, as it was published',
    answers: { 200: { description: 'The file', schema: ReleaseFileBody } },
    problems: ['ReleaseNotFound', 'ReleaseInvalid', 'NotFound', 'InvalidRequest', 'StorageUnavailable'],
    async handle({ params: { project = '', version = '', name = '' }, may }) {
      const release = await readRelease(records.bucket, project, version);
      const file = release?.files.find((one) => one.name === name && one.kind === 'deployment');
      const job = file?.job ?? '';
      const subject = await declaredSubject(records, job, `${project}/${version}`);
      const isVisible = may('view', subject) || (await visibleJobs(jobs, may))(job);
      // The same answer for what is not there and for what belongs to somebody else.
      if (!release || !file || !isVisible) {
        throw new Problem('NotFound', `Release ${project}/${version} has no deployment file ${quoted(name)}`);
      }
      const text = await readReleaseText(records.bucket, release, file);
      if (text === null) throw new Problem('NotFound', `${name} of release ${project}/${version} is not in S3`);
      return ok({ name, sha256: file.sha256, text: redact(text) });
    },
  });

/** A release with those of its deployment files whose jobs the caller may see, or would see after their first deploy. */
async function shownRelease(
  { jobs, records }: Pick<RouteDependencies, 'jobs' | 'records'>,
  release: Release,
  may: Call['may'],
): Promise<Release> {
  const isKnown = await visibleJobs(jobs, may);
  const isVisible = async ({ job }: Release['files'][number]): Promise<boolean> =>
    job === undefined ||
    isKnown(job) ||
    may('view', await declaredSubject(records, job, `${release.project}/${release.version}`));
  const shown = await inTurns(release.files, isVisible);
  const files = release.files.filter((_file, index) => shown[index]);
  const { sources, ...rest } = release;
  // A source has no owner of its own.
  return { ...rest, files, ...(sources && files.length === release.files.length ? { sources } : {}) };
}

const JOBS_MS = 1_000;

/** A caller who may see all jobs is shown the releases while Temporal is away too. */
const knownJobs = async (jobs: RouteDependencies['jobs'], may: Call['may']): Promise<readonly JobItem[]> =>
  may('view', ANY_JOB)
    ? ((await inTime(jobs.index(), JOBS_MS).catch(() => null)) ?? jobs.all.known())
    : await jobs.index();

const READ_AT_ONCE = 100;

/** With a filter, releases are read on and on until the page is full. */
async function pageOfReleases(
  { jobs, releases }: RouteDependencies,
  keys: readonly FoundRelease[],
  { q, job, ...page }: ListQuery,
  may: Call['may'],
) {
  const seen = seenBy(may, await knownJobs(jobs, may));
  const fits = releaseFilterOf(q, job);
  if (fits === null) {
    const { items, nextCursor } = pageOf(keys, orderOf, descending, page);
    const { listed, unreadable } = await releases.read(items);
    return { items: listed.map((release) => releaseItemOf(release, seen)), nextCursor, unreadable };
  }
  const { cursor, limit = DEFAULT_LIMIT } = page;
  const rest = cursor === undefined ? keys : keys.filter((key) => descending(orderOf(key), cursor));
  const items: ReleaseItem[] = [];
  const unreadable: Unreadable[] = [];
  for (let from = 0; from < rest.length; from += READ_AT_ONCE) {
    const chunk = rest.slice(from, from + READ_AT_ONCE);
    const found = await releases.read(chunk);
    unreadable.push(...found.unreadable);
    for (const item of found.listed.map((release) => releaseItemOf(release, seen)).filter(fits)) {
      if (items.length < limit) items.push(item);
      else return { items, nextCursor: placeOf(rest, items.at(-1)), unreadable };
    }
  }
  return { items, nextCursor: null, unreadable };
}

function placeOf(keys: readonly FoundRelease[], last: ReleaseItem | undefined): string | null {
  const key = keys.find(({ project, version }) => project === last?.project && version === last.version);
  return key ? orderOf(key) : null;
}
