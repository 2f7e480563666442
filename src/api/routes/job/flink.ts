/** Routes of Flink's own REST API, as far as it only reads: for Flink's pages in the console, and for programs. */
import { z } from 'zod';
import type { RouteDependencies } from '../../dependencies.ts';
import { quoted } from '../../http/parse-call.ts';
import { Problem } from '../../http/problem.ts';
import { ok, route, type Answer, type Call, type Route } from '../../http/route.ts';
import { askFlink, flinkReadOf } from '../../instances/flink-reads.ts';
import { runningOf } from '../../instances/instance-records.ts';
import { noSuchJob } from '../../jobs/no-such-job.ts';

const problems = [
  'NotFound',
  'InvalidJobName',
  'InvalidRequest',
  'TemporalUnavailable',
  'UnknownCluster',
  'ClusterUnreachable',
  'FlinkUnreachable',
  'FlinkRejected',
] as const;

/** Names of metrics, of which Flink's pages ask for many at once. */
const list = z.string().max(8_000).optional();
const metricsQuery = z.strictObject({
  get: list.describe('Metrics, with commas between them'),
  agg: list.describe('Aggregations, with commas between them'),
  jobs: list.describe('Only of these jobs'),
  taskmanagers: list.describe('Only of these TaskManagers'),
  subtasks: list.describe('Only of these subtasks'),
});
const exceptionsQuery = z.strictObject({
  maxExceptions: z
    .string()
    .regex(/^\d{1,4}$/, 'must be a whole number')
    .optional(),
});

const answers = { 200: { description: "Flink's own answer, without secrets", schema: z.unknown() } };

export const flinkRoutes = (dependencies: RouteDependencies): Route[] => [
  route({
    method: 'get',
    path: '/jobs/{job}/flink/jobs/{flinkJob}/exceptions',
    operationId: 'getFlinkExceptions',
    access: { permission: 'logs', of: 'job' },
    tag: 'jobs',
    summary: 'The exceptions of the running instance as its JobManager tells them, redacted',
    query: exceptionsQuery,
    answers,
    problems,
    handle: ({ params: { job = '', flinkJob = '' }, query, may }) =>
      answer(dependencies, may, job, `jobs/${flinkJob}/exceptions`, query),
  }),
  route({
    method: 'get',
    path: '/jobs/{job}/flink/{path}',
    operationId: 'readFlink',
    access: { permission: 'view', of: 'job' },
    tag: 'jobs',
    summary: "A read of Flink's REST API that changes nothing and shows no secret, asked of the JobManager of now",
    query: metricsQuery,
    answers,
    problems,
    handle({ params: { job = '', path = '' }, query, may }) {
      if (flinkReadOf(path) !== null) return answer(dependencies, may, job, path, query);
      const detail = `Sluice does not pass ${quoted(path)} on to Flink: it may change something, show secrets, or not be there`;
      throw new Problem('NotFound', detail, { hint: '`docs/api.md` lists the reads that are passed on.' });
    },
  }),
];

async function answer(
  { jobs, instances }: RouteDependencies,
  may: Call['may'],
  job: string,
  path: string,
  query: Readonly<Record<string, string | undefined>>,
): Promise<Answer> {
  const view = await jobs.view(job);
  if (!view) throw await noSuchJob(() => jobs.index(), may, job, 'no workflow of it is open');
  const running = runningOf(view);
  if (running === null) throw new Problem('NotFound', `Nothing of ${job} runs, so there is no JobManager to ask`);
  return ok(await askFlink(instances, running, path, query));
}
