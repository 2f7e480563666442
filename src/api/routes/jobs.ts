/** Routes of the list of jobs, and of one job. */
import { z } from 'zod';
import { JobBody, LostJobList } from '../contract.ts';
import { JobList, type JobItem } from '../job-list-contract.ts';
import type { RouteDependencies } from '../dependencies.ts';
import { forCaller, refusedByItem } from '../jobs/actions.ts';
import { jobBodyOf } from '../jobs/job-body.ts';
import { listingOf, listingQuery, type ListingQuery } from '../jobs/index/listing.ts';
import { lostJobs } from '../jobs/lost-jobs.ts';
import { pageQuery } from '../http/paging.ts';
import { ANY_JOB, subjectIn } from '../../domain/access/decide.ts';
import { noSuchJob } from '../jobs/no-such-job.ts';
import { Problem } from '../http/problem.ts';
import { inTurns } from '../../concurrency/in-turns.ts';
import { conditional, ok, route, type Call, type Route } from '../http/route.ts';

/** Time after which the list is answered, with visibility's knowledge of the jobs that have not answered. */
const COMPLETE_BUDGET_MS = 1_500;

const listQuery = z.strictObject({ ...pageQuery, ...listingQuery });

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
      answers: {
        200: { description: 'Jobs', schema: JobList },
        304: { description: 'Nothing has changed since the answer with this `ETag`' },
      },
      problems: ['InvalidRequest', 'TemporalUnavailable'],
      headers: { 'If-None-Match': 'The `ETag` of an earlier answer to the same request' },
      handle: async (call) => conditional(await listJobs(dependencies, call)),
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
      async handle(call) {
        const job = call.params['job'] ?? '';
        const view = await dependencies.jobs.view(job);
        if (!view) throw await notOpen(dependencies, call.may, job);
        return ok(forCaller(await jobBodyOf(dependencies, view), call, dependencies.access.policy));
      },
    }),
  ];
}

/** Says why no workflow of the job is open. Reading never acts, so only an operation opens a closed workflow again. */
async function notOpen({ records, jobs }: RouteDependencies, may: Call['may'], job: string): Promise<Problem> {
  const started = await records.wasStarted(job).catch(() => false);
  if (!started) return await noSuchJob(() => jobs.index(), may, job, 'it was never deployed');
  return new Problem(
    'NotFound',
    `The workflow of ${job} is closed, but S3 has records of its starts: any operation opens the workflow again and finds what runs`,
  );
}

async function listJobs(
  { jobs, watchers, access }: RouteDependencies,
  { query, may, denial }: Call<ListingQuery>,
): Promise<JobList> {
  const items = await jobs.index();
  const seesAll = may('view', ANY_JOB);
  const isVisible = (item: JobItem): boolean => seesAll || may('view', subjectIn(item));
  const first = listingOf(items, query, isVisible);
  await jobs.all.complete(
    first.items.map(({ name }) => name),
    COMPLETE_BUDGET_MS,
  );
  // A job that has answered meanwhile may no longer fit, and the one after it comes up.
  const since = jobs.all.deltas.cursor;
  const { asOf } = jobs.all;
  const { items: page, ...rest } = listingOf(jobs.all.known(), query, isVisible);
  const shown = await inTurns(page, async (item) => {
    const [observedAt, checkpointAt] = await Promise.all([watchers.observedAt(item), watchers.checkpointAt(item)]);
    const seen = { ...item, observedAt, checkpointAt, notAllowed: refusedByItem(item) };
    return forCaller(seen, { may, denial }, access.policy);
  });
  return { items: shown, ...rest, asOf, since };
}
