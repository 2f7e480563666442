/** Routes of the catalogue of releases. */
import { z } from 'zod';
import { orderOf, type ListedRelease } from '../../releases/catalogue.ts';
import type { Release } from '../../domain/release/release.ts';
import { redact } from '../../domain/secrets/redact.ts';
import { readRelease, readReleaseText } from '../../releases/read.ts';
import { ReleaseBody, ReleaseList, type ReleaseItem } from '../contract.ts';
import { ReleaseFileBody } from '../deployment-contract.ts';
import { inTurns } from '../../concurrency/in-turns.ts';
import type { RouteDependencies } from '../dependencies.ts';
import { descending, pageOf, pageQuery } from '../http/paging.ts';
import { quoted } from '../http/parse-call.ts';
import { Problem } from '../http/problem.ts';
import { declaredSubject } from '../access/subjects.ts';
import { visibleJobs } from '../access/visible-jobs.ts';
import { ok, route, type Call, type Route } from '../http/route.ts';

const listQuery = z.strictObject(pageQuery);

export function releaseRoutes({ jobs, records, releases }: RouteDependencies): Route[] {
  const list = async (project: string | undefined, query: z.output<typeof listQuery>, may: Call['may']) => {
    const keys = await releases.found(project);
    if (project !== undefined && keys.length === 0) {
      throw new Problem('NotFound', `Project ${project} has no release: nothing was published under this name`);
    }
    const { items, nextCursor } = pageOf(keys, orderOf, descending, query);
    const { listed, unreadable } = await releases.read(items);
    const isVisible = await visibleJobs(jobs, may);
    return ok({ items: listed.map((release) => shownOf(itemOf(release), isVisible)), nextCursor, unreadable });
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
      problems: ['InvalidRequest', 'StorageUnavailable'],
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
      problems: ['NotFound', 'InvalidRequest', 'StorageUnavailable'],
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
        const { name, publishedAt } = itemOf(listed ?? { release, publishedAt: Date.now() });
        return ok({ ...(await shownRelease({ jobs, records }, release, may)), name, publishedAt });
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

/** A release with the names of those of its jobs that the caller may see. */
const shownOf = (item: ReleaseItem, isVisible: (job: string) => boolean): ReleaseItem => ({
  ...item,
  jobs: item.jobs.filter(isVisible),
});

const itemOf = ({ release, publishedAt }: ListedRelease): ReleaseItem => ({
  name: `${release.project}/${release.version}`,
  project: release.project,
  version: release.version,
  gitCommit: release.gitCommit,
  buildUrl: release.buildUrl,
  createdAt: release.createdAt,
  publishedAt: new Date(publishedAt).toISOString(),
  jobs: release.files.flatMap(({ job }) => (job === undefined ? [] : [job])).sort(),
});
