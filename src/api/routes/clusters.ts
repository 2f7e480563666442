/** Routes of the clusters: whether they answer, their queues, and what runs there that Sluice does not know. */
import { inTime } from '../../concurrency/in-time.ts';
import { ANY_JOB, subjectIn } from '../../domain/access/decide.ts';
import { drainCluster } from '../campaigns/drain.ts';
import { startedAnswer, startedAnswers, startProblems } from '../campaigns/begin.ts';
import { DrainRequest } from '../../domain/campaign/request.ts';
import { CampaignPlanBody } from '../campaign-contract.ts';
import { withCordon, withoutCordon, type ClusterRecord } from '../../domain/cluster/cordon.ts';
import { changeCluster, readCluster } from '../../records/clusters/cordons.ts';
import {
  ClusterBody,
  ClusterList,
  CordonBody,
  CordonRequest,
  UncordonRequest,
  type ClusterItem,
} from '../cluster-contract.ts';
import type { RouteDependencies } from '../dependencies.ts';
import { readStrangers } from '../doctor/strangers.ts';
import { quoted } from '../http/parse-call.ts';
import { invalidInput, Problem } from '../http/problem.ts';
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
    handle: async ({ params: { cluster = '' }, may }) => ok(await readDetails(dependencies, cluster, may)),
  }),
  ...cordonRoutes(dependencies),
];

const cordonAccess = { permission: 'cordon', of: 'installation' } as const;
const cordonAnswers = { 200: { description: 'Whether the cluster takes starts', schema: CordonBody } };
const cordonProblems = ['NotFound', 'Conflict', 'RecordInvalid'] as const;

const cordonRoutes = (dependencies: RouteDependencies): Route[] => [
  route({
    method: 'post',
    path: '/clusters/{cluster}/cordon',
    operationId: 'cordonCluster',
    access: cordonAccess,
    tag: 'platform',
    summary: 'Cordon a cluster: what runs there goes on, and nothing new starts there',
    body: { schema: CordonRequest },
    answers: cordonAnswers,
    problems: [...cordonProblems, 'StorageUnavailable'],
    async handle({ params: { cluster = '' }, body, caller }) {
      const parsed = CordonRequest.safeParse(body);
      if (!parsed.success) throw invalidInput('InvalidRequest', 'The cordon is wrong', parsed.error.issues);
      const cordon = { at: new Date().toISOString(), by: caller.name, reason: parsed.data.reason };
      return ok(await changed(dependencies, cluster, (record) => withCordon(record, cordon)));
    },
  }),
  route({
    method: 'post',
    path: '/clusters/{cluster}/uncordon',
    operationId: 'uncordonCluster',
    access: cordonAccess,
    tag: 'platform',
    summary: 'Take the cordon of a cluster away',
    body: { schema: UncordonRequest, optional: true },
    answers: cordonAnswers,
    problems: [...cordonProblems, 'StorageUnavailable'],
    async handle({ params: { cluster = '' }, body }) {
      const parsed = UncordonRequest.safeParse(body ?? {});
      if (!parsed.success) throw invalidInput('InvalidRequest', 'The request is wrong', parsed.error.issues);
      return ok(await changed(dependencies, cluster, withoutCordon));
    },
  }),
  route({
    method: 'post',
    path: '/clusters/{cluster}/drain',
    operationId: 'drainCluster',
    access: cordonAccess,
    about: 'drain',
    tag: 'platform',
    summary: 'Drain a cluster: cordon it, and move its jobs to other clusters of their files by a campaign',
    body: { schema: DrainRequest },
    answers: {
      200: { description: 'The plan, with `dryRun` and where no job can move', schema: CampaignPlanBody },
      ...startedAnswers,
    },
    problems: [...new Set([...cordonProblems, ...startProblems, 'StorageUnavailable' as const])],
    async handle(call) {
      const { cluster = '' } = call.params;
      const parsed = DrainRequest.safeParse(call.body);
      if (!parsed.success) throw invalidInput('InvalidRequest', 'The drain is wrong', parsed.error.issues);
      if (!dependencies.instances.yarn.has(cluster)) throw noSuchCluster(cluster);
      const begun = await drainCluster(dependencies, call, { cluster, request: parsed.data });
      return 'campaign' in begun ? startedAnswer(begun) : ok(begun.plan);
    },
  }),
];

const noSuchCluster = (name: string): Problem =>
  new Problem('NotFound', `There is no cluster ${quoted(name)}; \`sluice clusters\` lists them`);

async function changed(
  { cordons, instances }: RouteDependencies,
  name: string,
  alter: (record: ClusterRecord) => ClusterRecord,
): Promise<CordonBody> {
  if (!instances.yarn.has(name)) throw noSuchCluster(name);
  const { cordoned } = await changeCluster(cordons, name, alter);
  return { name, cordoned };
}

async function readDetails(dependencies: RouteDependencies, name: string, may: Call['may']): Promise<ClusterBody> {
  const [[item], jobs] = await Promise.all([dependencies.clusters(name), knownJobs(dependencies)]);
  if (!item) throw noSuchCluster(name);
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
  { gateway, cordons }: RouteDependencies,
  item: ClusterItem,
  jobs: readonly JobItem[] | null,
  may: Call['may'],
): Promise<ClusterItem> {
  const [heardAt, record] = await Promise.all([
    inTime(gateway.watchHeardAt(item.name), ASK_MS).catch(() => null),
    inTime(readCluster(cordons, item.name), ASK_MS).catch(() => null),
  ]);
  return {
    ...item,
    watch: { heardAt },
    ...(record ? { cordoned: record.cordoned } : {}),
    ...(jobs ? { jobs: countsOf(jobs, item.name, may) } : {}),
  };
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
