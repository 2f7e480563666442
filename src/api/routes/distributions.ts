/** Routes of Flink distributions: what is published, their class archives, and warm-ups of clusters. */
import { randomUUID } from 'node:crypto';
import { withPublished, type DistributionRecord } from '../../domain/distribution/distribution.ts';
import { changeDistribution, readDistribution, readDistributions } from '../../records/distributions/distributions.ts';
import type { RouteDependencies } from '../dependencies.ts';
import {
  DistributionItem,
  DistributionList,
  PublishRequest,
  RetireRequest,
  WarmBody,
  WarmRequest,
} from '../distributions/contract.ts';
import { contentsOf } from '../distributions/contents.ts';
import { itemOf, itemsOf } from '../distributions/shown.ts';
import { quoted } from '../http/parse-call.ts';
import { invalidInput, Problem } from '../http/problem.ts';
import { ok, route, type Route } from '../http/route.ts';

const access = { permission: 'distributions', of: 'installation' } as const;
const tag = 'platform';
const problems = ['NotFound', 'Conflict', 'RecordInvalid', 'StorageUnavailable'] as const;
const one = { 200: { description: 'The distribution', schema: DistributionItem } };

export const distributionRoutes = (dependencies: RouteDependencies): Route[] => [
  route({
    method: 'get',
    path: '/distributions',
    operationId: 'listDistributions',
    access: { permission: 'viewPlatform', of: 'installation' },
    tag,
    summary: 'Flink distributions, and the class archives of each cluster',
    answers: { 200: { description: 'Distributions', schema: DistributionList } },
    problems: ['RecordInvalid', 'StorageUnavailable'],
    async handle() {
      const { s3, configured } = dependencies.distributions;
      return ok({ items: await itemsOf(s3, await readDistributions(s3), configured), nextCursor: null });
    },
  }),
  route({
    method: 'post',
    path: '/distributions',
    operationId: 'publishDistribution',
    access,
    tag,
    summary: 'Have starts take the distribution in a folder of the bucket, which `sluice distribution publish` fills',
    body: { schema: PublishRequest },
    answers: one,
    problems,
    async handle({ body, caller }) {
      const parsed = PublishRequest.safeParse(body);
      if (!parsed.success) throw invalidInput('InvalidRequest', 'The distribution is wrong', parsed.error.issues);
      const { s3 } = dependencies.distributions;
      const contents = await contentsOf(s3, parsed.data.folder);
      const published = { ...contents, publishedAt: new Date().toISOString(), publishedBy: caller.name };
      const record = await changeDistribution(s3, contents.flinkVersion, (before) => withPublished(before, published));
      return ok(await itemOf(s3, record));
    },
  }),
  warmRoute(dependencies),
  retireRoute(dependencies),
];

const warmRoute = (dependencies: RouteDependencies): Route =>
  route({
    method: 'post',
    path: '/distributions/{flinkVersion}/warm',
    operationId: 'warmDistribution',
    access,
    tag,
    summary: 'Make class archives on a cluster, by two throw-away applications of some minutes',
    body: { schema: WarmRequest },
    answers: { 202: { description: 'It has begun; the list of distributions shows how it ends', schema: WarmBody } },
    problems: [...problems, 'TemporalUnavailable'],
    async handle({ params: { flinkVersion = '' }, body, caller }) {
      const parsed = WarmRequest.safeParse(body);
      if (!parsed.success) throw invalidInput('InvalidRequest', 'The warm-up is wrong', parsed.error.issues);
      const { cluster, queue } = parsed.data;
      if (!dependencies.instances.yarn.has(cluster))
        throw new Problem('NotFound', `There is no cluster ${quoted(cluster)}; \`sluice clusters\` lists them`);
      const { s3, warm } = dependencies.distributions;
      const { archive } = published(await readDistribution(s3, flinkVersion), flinkVersion);
      if (archive === null)
        throw new Problem('Conflict', `The distribution of Flink ${flinkVersion} has no flink.tgz; publish it again`);
      const id = `${new Date().toISOString().slice(0, 10).replaceAll('-', '')}-${randomUUID().slice(0, 8)}`;
      const by = caller.name;
      const since = new Date().toISOString();
      if ((await warm({ id, flinkVersion, cluster, queue, by, since })) === 'running')
        throw new Problem(
          'Conflict',
          `A warm-up of Flink ${flinkVersion} on ${cluster} is under way; wait for its end`,
        );
      return {
        status: 202,
        body: WarmBody.parse({ flinkVersion, cluster, warmUp: { id, by, since, endedAt: null, error: null } }),
      };
    },
  });

const retireRoute = (dependencies: RouteDependencies): Route =>
  route({
    method: 'post',
    path: '/distributions/{flinkVersion}/retire',
    operationId: 'retireDistribution',
    access,
    tag,
    summary: 'Have no new start take a published distribution; its files stay for instances that run',
    body: { schema: RetireRequest },
    answers: one,
    problems: [...problems, 'TemporalUnavailable'],
    async handle(call) {
      const { flinkVersion = '' } = call.params;
      const parsed = RetireRequest.safeParse(call.body);
      if (!parsed.success) throw invalidInput('InvalidRequest', 'The reason is wrong', parsed.error.issues);
      const { reason, force } = parsed.data;
      const { s3 } = dependencies.distributions;
      published(await readDistribution(s3, flinkVersion), flinkVersion);
      if (!force) await refuseWhileNeeded(dependencies, flinkVersion);
      const retired = { at: new Date().toISOString(), by: call.caller.name, reason };
      const record = await changeDistribution(s3, flinkVersion, (before) => ({
        ...published(before, flinkVersion),
        retired,
      }));
      return ok(await itemOf(s3, record));
    },
  });

function published(record: DistributionRecord | null, flinkVersion: string): DistributionRecord {
  if (record?.retired === null) return record;
  throw new Problem(
    'NotFound',
    `No distribution of Flink ${quoted(flinkVersion)} is published; \`sluice distribution list\` lists them`,
  );
}

const MOST_NAMED = 5;

/** Jobs can start again while the configuration names a distribution of the version. */
async function refuseWhileNeeded(
  { jobs, distributions }: Pick<RouteDependencies, 'jobs' | 'distributions'>,
  flinkVersion: string,
): Promise<void> {
  if (Object.hasOwn(distributions.configured, flinkVersion)) return;
  const needing = (await jobs.index()).filter(({ deployment }) => deployment?.flinkVersion === flinkVersion);
  if (needing.length === 0) return;
  const named = needing.slice(0, MOST_NAMED).map(({ name }) => name);
  const more = needing.length > named.length ? ` and ${needing.length - named.length} more` : '';
  throw new Problem(
    'Conflict',
    `${named.join(', ')}${more} ran with Flink ${flinkVersion} last, and could not start any more; \`--force\` retires it all the same`,
  );
}
