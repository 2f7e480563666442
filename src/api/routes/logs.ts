/** Routes of the logs and exceptions of a job's instances. */
import { z } from 'zod';
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { OperationId } from '../../domain/identity/ids.ts';
import { evidenceKey } from '../../domain/identity/storage-keys.ts';
import { ExceptionsList, LogList, type LogItem } from '../contract.ts';
import type { RouteDependencies } from '../dependencies.ts';
import {
  holdsExceptions,
  listLogs,
  liveExceptions,
  runningOf,
  savedExceptions,
} from '../instances/instance-records.ts';
import { readLogTail } from '../instances/live-instance.ts';
import { ascending, pageOf, pageQuery } from '../http/paging.ts';
import { noSuchJob } from '../jobs/no-such-job.ts';
import { quoted } from '../http/parse-call.ts';
import { Problem } from '../http/problem.ts';
import { inTurns } from '../../concurrency/in-turns.ts';
import { ok, route, type Call, type Route } from '../http/route.ts';

const DEFAULT_TAIL = 64 * 1024;
const MOST_TAIL = 1024 * 1024;
const PLACES = 10;

const operation = OperationId.optional().describe(
  'Only for instances that this operation ended, or the running one if this operation started it',
);
const listQuery = z.strictObject({ ...pageQuery, operation });
const fileQuery = z.strictObject({
  operation,
  application: z.string().max(100).optional().describe('Only for this application'),
  container: z.string().max(200).optional().describe('Only for the TaskManager in this container'),
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
    summary: 'Log files of the running instance, then those that were saved from ended ones',
    query: listQuery,
    answers: { 200: { description: 'Log files, newest first', schema: LogList } },
    problems,
    async handle({ params: { job = '' }, query, may }) {
      const { items, live } = await listLogs(
        { records, instances },
        job,
        await running(dependencies, may, job),
        query.operation,
      );
      return ok({ ...pageInOrder(items, query), live });
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
      const current = await running(dependencies, may, job);
      const { items, failure } = await listLogs({ records, instances }, job, current, operation, {
        file,
        container,
      });
      // Compares the name with listed names only, so that no name from outside becomes a key.
      const fits = (item: LogItem): boolean =>
        (application === undefined || item.application === application) &&
        (container === undefined || item.container === container);
      const log = items.find((item) => item.file === file && fits(item));
      const maybeLive = failure !== null && (application === undefined || application === current?.applicationId);
      if (maybeLive && (operation === undefined || !log)) throw failure;
      if (!log) throw noSuchFile(job, file, items.filter(fits));
      const text = log.live
        ? current &&
          (await readLogTail(instances, current, { name: log.file, size: log.size, container: log.container }, tail))
        : await readSaved(records, job, log, tail);
      if (text === null) throw noSuchFile(job, file, items.filter(fits));
      return {
        status: 200,
        body: text,
        contentType: 'text/plain; charset=utf-8',
        headers: {
          'X-Sluice-Operation': log.operation,
          'X-Sluice-Application': log.application,
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
async function running(
  { jobs, records }: RouteDependencies,
  may: Call['may'],
  job: string,
): Promise<Deployment | null> {
  const view = await jobs.view(job);
  if (view || (await records.wasStarted(job))) return runningOf(view);
  throw await noSuchJob(() => jobs.index(), may, job, 'it was never deployed');
}

/** Reads the end of a file that was saved before its instance was ended. */
async function readSaved(
  { bucket }: RouteDependencies['records'],
  job: string,
  { operation, application, file, size }: LogItem,
  bytes: number,
): Promise<string | null> {
  const key = evidenceKey({ job, operation, application, file });
  const tail = await bucket.getBytes(key, { offset: Math.max(0, size - bytes), length: bytes });
  return tail === null ? null : Buffer.from(tail).toString('utf8');
}

/** Cuts a page out of a list, with the places of its items as keys. */
function pageInOrder<T>(items: readonly T[], query: z.output<typeof listQuery>) {
  const placed = items.map((item, place) => ({ item, place: String(place).padStart(PLACES, '0') }));
  const page = pageOf(placed, ({ place }) => place, ascending, query);
  return { ...page, items: page.items.map(({ item }) => item) };
}

function noSuchFile(job: string, file: string, items: readonly LogItem[]): Problem {
  const names = [...new Set(items.map((item) => item.file))].join(', ');
  return new Problem('NotFound', `${job} has no log ${quoted(file)}; it has ${names === '' ? 'none' : names}`);
}
