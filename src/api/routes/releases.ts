/** Routes of the catalogue of releases. */
import { z } from 'zod';
import { orderOf, type ListedRelease } from '../../releases/catalogue.ts';
import { readRelease } from '../../releases/read.ts';
import { ReleaseBody, ReleaseList, type ReleaseItem } from '../contract.ts';
import type { RouteDependencies } from '../dependencies.ts';
import { descending, pageOf, pageQuery } from '../http/paging.ts';
import { Problem } from '../http/problem.ts';
import { ok, route, type Route } from '../http/route.ts';

const listQuery = z.strictObject(pageQuery);

export function releaseRoutes({ records, releases }: RouteDependencies): Route[] {
  const list = async (project: string | undefined, query: z.output<typeof listQuery>) => {
    const keys = await releases.found(project);
    if (project !== undefined && keys.length === 0) {
      throw new Problem('NotFound', `Project ${project} has no release: nothing was published under this name`);
    }
    const { items, nextCursor } = pageOf(keys, orderOf, descending, query);
    const { listed, unreadable } = await releases.read(items);
    return ok({ items: listed.map(itemOf), nextCursor, unreadable });
  };
  return [
    route({
      method: 'get',
      path: '/releases',
      tag: 'releases',
      summary: 'Releases of all projects, newest first',
      query: listQuery,
      answers: { 200: { description: 'Releases', schema: ReleaseList } },
      problems: ['InvalidRequest', 'StorageUnavailable'],
      handle: async ({ query }) => await list(undefined, query),
    }),
    route({
      method: 'get',
      path: '/releases/{project}',
      tag: 'releases',
      summary: 'Releases of a project, newest first',
      query: listQuery,
      answers: { 200: { description: 'Releases', schema: ReleaseList } },
      problems: ['NotFound', 'InvalidRequest', 'StorageUnavailable'],
      handle: async ({ params, query }) => await list(params['project'], query),
    }),
    route({
      method: 'get',
      path: '/releases/{project}/{version}',
      tag: 'releases',
      summary: 'One release with its files',
      answers: { 200: { description: 'The release', schema: ReleaseBody } },
      problems: ['ReleaseNotFound', 'ReleaseInvalid', 'InvalidRequest', 'StorageUnavailable'],
      async handle({ params: { project = '', version = '' } }) {
        const release = await readRelease(records.bucket, project, version);
        if (!release) throw new Problem('ReleaseNotFound', `There is no release ${project}/${version}`);
        const found = (await releases.found(project)).filter((one) => one.version === version);
        const [listed] = (await releases.read(found)).listed;
        const { name, publishedAt } = itemOf(listed ?? { release, publishedAt: Date.now() });
        return ok({ ...release, name, publishedAt });
      },
    }),
  ];
}

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
