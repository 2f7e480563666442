/** Routes of the logs and exceptions of a job's instances. */
import { z } from 'zod';
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { OperationId } from '../../domain/identity/ids.ts';
import { applicationOf } from '../../domain/identity/container-id.ts';
import type { JobView } from '../../domain/job/job-memory.ts';
import { ExceptionsList, LogList } from '../contract.ts';
import { type LogItem } from '../instance-contract.ts';
import type { RouteDependencies } from '../dependencies.ts';
import {
  holdsExceptions,
  listLogs,
  liveExceptions,
  runningOf,
  savedExceptions,
  type LogsOf,
} from '../instances/instance-records.ts';
import { ascending, pageOf, pageQuery } from '../http/paging.ts';
import { noSuchJob } from '../jobs/no-such-job.ts';
import { quoted } from '../http/parse-call.ts';
import { Problem } from '../http/problem.ts';
import { inTurns } from '../../concurrency/in-turns.ts';
import { ok, route, type Call, type Route } from '../http/route.ts';

const DEFAULT_TAIL = 64 * 1024;
const MOST_TAIL = 1024 * 1024;
const PLACES = 10;
/** Reasons that one message names. */
const MOST_REASONS = 5;
const KEPT_BY_NODES =
  'Nodes keep the logs of ended applications for yarn.nodemanager.log.retain-seconds, three hours unless the cluster says otherwise. A cluster that aggregates logs answers for longer if its nodes know the log server (yarn.log.server.web-service.url).';

const operation = OperationId.optional().describe(
  'Only for instances that this operation ended, or the running one if this operation started it',
);
const application = z
  .string()
  .max(100)
  .optional()
  .describe('Only for this application, which may have ended: its nodes are asked for what they still have');
const listQuery = z.strictObject({ ...pageQuery, operation });
const logListQuery = z.strictObject({ ...pageQuery, operation, application });
const fileQuery = z.strictObject({
  operation,
  application,
  container: z.string().max(200).optional().describe('Only for this container'),
  tail: z
    .string()
    .regex(/^\d{1,7}$/, 'must be a whole number')
    .transform(Number)
    .refine((bytes) => bytes >= 1 && bytes <= MOST_TAIL, `must be from 1 to ${MOST_TAIL}`)
    .optional()
    .describe(`Bytes from the end, at most ${MOST_TAIL}; default ${DEFAULT_TAIL}`),
});

const problems = ['NotFound', 'InvalidJobName', 'InvalidRequest', 'TemporalUnavailable', 'StorageUnavailable'] as const;

export const logRoutes = (dependencies: RouteDependencies): Route[] => [
  logListRoute(dependencies),
  logFileRoute(dependencies),
  exceptionsRoute(dependencies),
];

function logListRoute(dependencies: RouteDependencies): Route {
  const { records, instances } = dependencies;
  return route({
    method: 'get',
    path: '/jobs/{job}/logs',
    operationId: 'listLogs',
    access: { permission: 'logs', of: 'job' },
    tag: 'jobs',
    summary: 'Log files of the instance that runs, or that is named, or that was the last; then those that were saved',
    query: logListQuery,
    answers: { 200: { description: 'Log files, newest first', schema: LogList } },
    problems,
    async handle({ params: { job = '' }, query, may }) {
      const of = await instancesOf(dependencies, may, job, query);
      const { operation, application } = query;
      const { items, live, gone } = await listLogs({ records, instances }, job, of, operation);
      const shown = items.filter((item) => application === undefined || item.application === application);
      return ok({ ...pageInOrder(shown, query), live, gone });
    },
  });
}

function logFileRoute(dependencies: RouteDependencies): Route {
  const { records, instances } = dependencies;
  return route({
    method: 'get',
    path: '/jobs/{job}/logs/{file}',
    operationId: 'getLog',
    access: { permission: 'logs', of: 'job' },
    tag: 'jobs',
    summary: 'The end of a log file, redacted: the first file of the list that fits',
    query: fileQuery,
    answers: { 200: { description: 'The end of the file', contentType: 'text/plain; charset=utf-8' } },
    problems: [...problems, 'FlinkUnreachable', 'ClusterUnreachable'],
    async handle({ params: { job = '', file = '' }, query, may }) {
      const { operation, application, container, tail = DEFAULT_TAIL } = query;
      const of = await instancesOf(dependencies, may, job, query);
      const logs = await listLogs({ records, instances }, job, of, operation, { file, container });
      // Compares the name with listed names only, so that no name from outside becomes a key.
      const fits = (item: LogItem): boolean =>
        (application === undefined || item.application === application) &&
        (container === undefined || item.container === container);
      const log = logs.items.find((item) => item.file === file && fits(item));
      const looked = of.ended ?? of.running;
      const maybeThere = logs.failure !== null && (application === undefined || application === looked?.applicationId);
      // A file of another instance is no answer while the one that was meant may have it.
      if (maybeThere && (operation === undefined ? log?.application !== looked?.applicationId : !log))
        throw logs.failure;
      const text = log === undefined ? null : await logs.read(log, tail);
      if (log === undefined || text === null) throw noSuchFile(job, file, logs.items.filter(fits), logs.gone);
      return {
        status: 200,
        body: text,
        contentType: 'text/plain; charset=utf-8',
        headers: {
          'X-Sluice-Operation': log.operation,
          'X-Sluice-Application': log.application,
          'X-Sluice-Live': String(log.live),
          ...(log.container === null ? {} : { 'X-Sluice-Container': log.container }),
          ...(log.savedAt === null ? {} : { 'X-Sluice-Saved-At': log.savedAt }),
        },
      };
    },
  });
}

function exceptionsRoute(dependencies: RouteDependencies): Route {
  const { records, instances } = dependencies;
  return route({
    method: 'get',
    path: '/jobs/{job}/exceptions',
    operationId: 'listExceptions',
    access: { permission: 'logs', of: 'job' },
    tag: 'jobs',
    summary: 'Exceptions of the running instance, then those that were saved from ended ones',
    query: listQuery,
    answers: { 200: { description: 'Instances with their exceptions, newest first', schema: ExceptionsList } },
    problems,
    async handle({ params: { job = '' }, query, may }) {
      const current = await running(dependencies, may, job);
      const live = query.operation === undefined || current?.operationId === query.operation ? current : null;
      const saved = (await records.evidence(job, query.operation)).filter(holdsExceptions);
      const page = pageInOrder([...(live ? [live] : []), ...saved], query);
      const items = await inTurns(page.items, (source) =>
        'key' in source ? savedExceptions(records, source) : liveExceptions(instances, source),
      );
      return ok({ ...page, items });
    },
  });
}

/** Reads the deployment that runs now, or null. @throws Problem when the job was never started. */
async function running(dependencies: RouteDependencies, may: Call['may'], job: string): Promise<Deployment | null> {
  return runningOf(await viewOf(dependencies, may, job));
}

async function viewOf({ jobs, records }: RouteDependencies, may: Call['may'], job: string): Promise<JobView | null> {
  const view = await jobs.view(job);
  if (view || (await records.wasStarted(job))) return view;
  throw await noSuchJob(() => jobs.index(), may, job, 'it was never deployed');
}

interface Meant {
  readonly operation?: string | undefined;
  readonly application?: string | undefined;
  readonly container?: string | undefined;
}

/**
 * The running instance, and the one whose ended containers are looked for: by its application, by a container of it, by the
 * operation that started it, or the last one when nothing runs.
 */
async function instancesOf(
  dependencies: RouteDependencies,
  may: Call['may'],
  job: string,
  { operation, container, application = container && applicationOf(container) }: Meant,
): Promise<LogsOf> {
  const view = await viewOf(dependencies, may, job);
  const current = runningOf(view);
  if (application === undefined && operation === undefined)
    return { running: current, ended: current === null ? (view?.deployment ?? null) : null };
  const isMeant = (deployment: Deployment): boolean =>
    (application === undefined || deployment.applicationId === application) &&
    (operation === undefined || deployment.operationId === operation);
  // A running instance may have lost containers, which its JobManager does not know any more.
  if (current !== null && isMeant(current))
    return { running: current, ended: application === undefined ? null : current };
  const { values } = await dependencies.records.deployments(job);
  return { running: current, ended: values.find(isMeant) ?? null };
}

/** Cuts a page out of a list, with the places of its items as keys. */
function pageInOrder<T>(items: readonly T[], query: z.output<typeof listQuery>) {
  const placed = items.map((item, place) => ({ item, place: String(place).padStart(PLACES, '0') }));
  const page = pageOf(placed, ({ place }) => place, ascending, query);
  return { ...page, items: page.items.map(({ item }) => item) };
}

function noSuchFile(job: string, file: string, items: readonly LogItem[], gone: readonly string[]): Problem {
  const names = [...new Set(items.map((item) => item.file))].join(', ');
  const detail = `${job} has no log ${quoted(file)}; it has ${names === '' ? 'none' : names}`;
  return gone.length === 0
    ? new Problem('NotFound', detail)
    : new Problem('NotFound', `${detail}. ${gone.slice(0, MOST_REASONS).join('. ')}`, { hint: KEPT_BY_NODES });
}
