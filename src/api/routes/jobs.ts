/** Routes of the list of jobs, and of one job. */
import { z } from 'zod';
import { scheduleIdOf } from '../../domain/identity/workflow-ids.ts';
import { projectOf } from '../../domain/identity/ownership.ts';
import { keysOf } from '../../domain/values/keys-of.ts';
import type { JobView } from '../../domain/job/job-memory.ts';
import { healths, jobStates } from '../../domain/lifecycle.ts';
import { JobBody, JobList, LostJobList, type JobItem, type Page } from '../contract.ts';
import type { RouteDependencies } from '../dependencies.ts';
import type { JobSummary } from '../../temporal/job-gateway.ts';
import { inTime } from '../../concurrency/in-time.ts';
import { lostJobs } from '../jobs/lost-jobs.ts';
import { ascending, DEFAULT_LIMIT, pageOf, pageQuery } from '../http/paging.ts';
import { subjectIn } from '../access/visible-jobs.ts';
import { noSuchJob } from '../jobs/no-such-job.ts';
import { Problem } from '../http/problem.ts';
import { inTurns } from '../../concurrency/in-turns.ts';
import { ok, route, type Call, type Route } from '../http/route.ts';

/** Time after which the list is answered, with visibility's knowledge of the jobs that have not answered. */
const ENRICH_BUDGET_MS = 1_500;

const stateNames = keysOf(jobStates);
const listQuery = z.strictObject({
  ...pageQuery,
  environment: z.string().max(100).optional(),
  cluster: z.string().max(100).optional(),
  state: z.enum(stateNames).optional(),
  health: z.enum(healths).optional(),
  owner: z.string().max(100).optional(),
});
type ListQuery = z.output<typeof listQuery>;

export function jobRoutes(dependencies: RouteDependencies): Route[] {
  return [
    route({
      method: 'get',
      path: '/jobs',
      operationId: 'listJobs',
      access: { permission: 'view', of: 'each' },
      tag: 'jobs',
      summary: 'Jobs by name',
      query: listQuery,
      answers: { 200: { description: 'Jobs', schema: JobList } },
      problems: ['InvalidRequest', 'TemporalUnavailable'],
      handle: async ({ query, may }) => ok(await listJobs(dependencies, query, may)),
    }),
    route({
      method: 'get',
      path: '/lost-jobs',
      operationId: 'listLostJobs',
      access: { permission: 'doctor', of: 'installation' },
      tag: 'jobs',
      summary: 'Jobs with records in S3 and no workflow; each can be recovered',
      answers: { 200: { description: 'All of them, by name', schema: LostJobList } },
      problems: ['TemporalUnavailable', 'StorageUnavailable'],
      async handle() {
        const names = await lostJobs(dependencies.jobs, dependencies.records);
        return ok({ items: names.map((name) => ({ name })), nextCursor: null });
      },
    }),
    route({
      method: 'get',
      path: '/jobs/{job}',
      operationId: 'getJob',
      access: { permission: 'view', of: 'job' },
      tag: 'jobs',
      summary: 'One job',
      answers: { 200: { description: 'The job', schema: JobBody } },
      problems: ['NotFound', 'InvalidJobName', 'TemporalUnavailable'],
      async handle({ params }) {
        const job = params['job'] ?? '';
        const view = await dependencies.jobs.view(job);
        if (!view) throw await notOpen(dependencies, job);
        const running = view.deployment?.ended === null ? view.deployment : null;
        const [observedAt, periodicSavepoints, autoDeploy] = await Promise.all([
          dependencies.watchers.observedAt(view),
          periodicOf(dependencies, view),
          dependencies.autoDeploys.of(view),
        ]);
        const links = dependencies.linksOf(job, running);
        return ok({ ...view, observedAt, periodicSavepoints, autoDeploy, links });
      },
    }),
  ];
}

/** Reads the schedule of the savepoints; a failure leaves out its next time, so that the job can still be read. */
async function periodicOf(
  { gateway }: RouteDependencies,
  { name, deployment }: JobView,
): Promise<JobBody['periodicSavepoints']> {
  const every = deployment?.ended === null ? (deployment.savepoints?.every ?? null) : null;
  if (every === null) return null;
  const schedule = await gateway.schedule(name).catch(() => null);
  return { every, schedule: scheduleIdOf(name), nextAt: schedule?.nextAt ?? null };
}

/** Says why no workflow of the job is open. Reading never acts, so only an operation opens a closed workflow again. */
async function notOpen({ records, jobs }: RouteDependencies, job: string): Promise<Problem> {
  const started = await records.wasStarted(job).catch(() => false);
  if (!started) return await noSuchJob(jobs, job, 'it was never deployed');
  return new Problem(
    'NotFound',
    `The workflow of ${job} is closed, but S3 has records of its starts: any operation opens the workflow again and finds what runs`,
  );
}

async function listJobs(dependencies: RouteDependencies, query: ListQuery, may: Call['may']): Promise<Page<JobItem>> {
  const { limit = DEFAULT_LIMIT, health } = query;
  const matching = (await dependencies.jobs.index()).filter(
    (job) => matches(job, query) && may('view', subjectIn(job)),
  );
  const until = Date.now() + ENRICH_BUDGET_MS;
  const nameOf = ({ name }: JobSummary): string => name;
  if (health === undefined) {
    const page = pageOf(matching, nameOf, ascending, query);
    return { ...page, items: await inTurns(page.items, (job) => enrich(dependencies, job, until)) };
  }
  // Only the job itself knows its health, so jobs are asked until the page is full.
  const items: JobItem[] = [];
  let { cursor } = query;
  for (;;) {
    const page = pageOf(matching, nameOf, ascending, { limit, cursor });
    for (const item of await inTurns(page.items, (job) => enrich(dependencies, job, until))) {
      if (item.health !== health) continue;
      if (items.length === limit) return { items, nextCursor: items.at(-1)?.name ?? '' };
      items.push(item);
    }
    if (page.nextCursor === null) return { items, nextCursor: null };
    cursor = page.nextCursor;
  }
}

const matches = (job: JobSummary, { environment, cluster, state, owner }: ListQuery): boolean =>
  (environment === undefined || job.environment === environment) &&
  (cluster === undefined || job.cluster === cluster) &&
  (state === undefined || job.state === state) &&
  (owner === undefined || job.owner === owner);

/** Asks the job itself; takes visibility's knowledge when the job does not answer in time. */
async function enrich(
  { jobs, watchers, linksOf }: RouteDependencies,
  job: JobSummary,
  until: number,
): Promise<JobItem> {
  const { name, environment, cluster, owner, release, state } = job;
  const left = until - Date.now();
  const view = left > 0 ? await inTime(jobs.view(name), left).catch(() => null) : null;
  const deployment = view?.deployment ?? null;
  return {
    name,
    state: view?.state ?? state,
    stateSince: view?.stateSince ?? null,
    health: view?.health ?? 'unknown',
    sync: view?.sync ?? null,
    observedAt: view && (await watchers.observedAt(view)),
    project: view?.project ?? (release === null ? null : projectOf(release)),
    environment: view?.environment ?? environment,
    cluster: deployment?.cluster ?? cluster,
    owner: view?.owner ?? owner,
    release: deployment?.release ?? release,
    operation: view?.operation ?? null,
    deployment,
    hotfix: view?.hotfix ?? null,
    links: linksOf(name, deployment?.ended === null ? deployment : null),
  };
}
