/** Routes of the clusters: whether they answer, their queues, and what runs there that Sluice does not know. */
import { inTime } from '../../concurrency/in-time.ts';
import { ANY_JOB, subjectIn } from '../../domain/access/decide.ts';
import { ClusterBody, ClusterList, type ClusterItem } from '../cluster-contract.ts';
import type { RouteDependencies } from '../dependencies.ts';
import { readStrangers } from '../doctor/strangers.ts';
import { quoted } from '../http/parse-call.ts';
import { Problem } from '../http/problem.ts';
import { ok, route, type Call, type Route } from '../http/route.ts';
import { readQueues } from '../instances/clusters.ts';
import type { JobItem } from '../job-list-contract.ts';

/** A page must not hang with Temporal: clusters are shown while nothing is known of their jobs and watchers. */
const ASK_MS = 2_000;

export const clusterRoutes = (dependencies: RouteDependencies): Route[] => [
  route({
    method: 'get',
    path: '/clusters',
    operationId: 'listClusters',
    access: { permission: 'viewPlatform', of: 'installation' },
    tag: 'platform',
    summary: 'Clusters, whether they answer, and how many jobs are on them',
    answers: { 200: { description: 'Clusters', schema: ClusterList } },
    problems: [],
    async handle({ may }) {
      const [items, jobs] = await Promise.all([dependencies.clusters(), knownJobs(dependencies)]);
      const shown = await Promise.all(items.map((item) => withJobs(dependencies, item, jobs, may)));
      return ok({ items: shown, nextCursor: null });
    },
  }),
  route({
    method: 'get',
    path: '/clusters/{cluster}',
    operationId: 'getCluster',
    access: { permission: 'viewPlatform', of: 'installation' },
    tag: 'platform',
    summary: 'One cluster, with its queues and the applications that Sluice does not know',
    answers: { 200: { description: 'The cluster', schema: ClusterBody } },
    problems: ['NotFound', 'InvalidRequest'],
    handle: async ({ params: { cluster = '' }, may }) => ok(await readCluster(dependencies, cluster, may)),
  }),
];

async function readCluster(dependencies: RouteDependencies, name: string, may: Call['may']): Promise<ClusterBody> {
  const [[item], jobs] = await Promise.all([dependencies.clusters(name), knownJobs(dependencies)]);
  if (!item) throw new Problem('NotFound', `There is no cluster ${quoted(name)}; \`sluice clusters\` lists them`);
  const yarn = item.reachable ? dependencies.instances.yarn.get(name) : undefined;
  // The doctor finds the same applications, so that its right shows them.
  const isShown = yarn !== undefined && may('doctor', null);
  const [shown, queues, strangers] = await Promise.all([
    withJobs(dependencies, item, jobs, may),
    yarn ? readQueues(yarn) : null,
    isShown ? readStrangers({ records: dependencies.records, jobs: jobs ?? [] }, yarn).catch(() => null) : null,
  ]);
  return { ...shown, queues, strangers };
}

/** Null while nothing is known of the jobs, because Temporal has not answered yet. */
const knownJobs = async ({ jobs }: RouteDependencies): Promise<readonly JobItem[] | null> =>
  await inTime(jobs.index(), ASK_MS).catch(() => null);

async function withJobs(
  { gateway }: RouteDependencies,
  item: ClusterItem,
  jobs: readonly JobItem[] | null,
  may: Call['may'],
): Promise<ClusterItem> {
  const heardAt = await inTime(gateway.watchHeardAt(item.name), ASK_MS).catch(() => null);
  return { ...item, watch: { heardAt }, ...(jobs ? { jobs: countsOf(jobs, item.name, may) } : {}) };
}

/** How many jobs that the caller may see are on a cluster, by state. */
function countsOf(jobs: readonly JobItem[], cluster: string, may: Call['may']): NonNullable<ClusterItem['jobs']> {
  const counts: NonNullable<ClusterItem['jobs']> = {};
  const seesAll = may('view', ANY_JOB);
  for (const job of jobs)
    if (job.cluster === cluster && (seesAll || may('view', subjectIn(job))))
      counts[job.state] = (counts[job.state] ?? 0) + 1;
  return counts;
}
