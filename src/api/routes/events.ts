/** Routes of server-sent events: changes of jobs as they happen. */
import { z } from 'zod';
import { subjectOf } from '../access/subjects.ts';
import { ANY_JOB, subjectIn } from '../../domain/access/decide.ts';
import type { RouteDependencies } from '../dependencies.ts';
import type { EventStream } from '../http/event-stream.ts';
import { Problem } from '../http/problem.ts';
import { route, type Call, type Route } from '../http/route.ts';
import type { JobItem } from '../job-list-contract.ts';
import { forCaller } from '../jobs/actions.ts';
import type { Delta } from '../jobs/index/deltas.ts';
import { releaseItemOf, seenBy } from '../jobs/release-items.ts';
import type { ListedRelease } from '../../releases/catalogue.ts';
import type { StreamedJob } from '../jobs/job-streams.ts';
import { filterQuery, matcherOf, type JobFilter } from '../jobs/index/listing.ts';

const answersOf = (description: string) => ({ 200: { description, contentType: 'text/event-stream' } });
const headers = { 'Last-Event-ID': 'Resume after this event' };

const allQuery = z.strictObject({
  ...filterQuery,
  since: z.string().max(100).optional().describe('`since` of a list, or the id of an event: resume after it'),
});

export function eventRoutes(dependencies: RouteDependencies): Route[] {
  return [
    route({
      method: 'get',
      path: '/jobs/{job}/events',
      operationId: 'streamJobEvents',
      access: { permission: 'view', of: 'job' },
      tag: 'events',
      summary: 'Changes of one job, each with the whole job',
      headers,
      answers: answersOf('`job` with the whole job, at first and after each change; `gone`; `beat` every ten seconds'),
      problems: ['NotFound', 'InvalidJobName', 'TooManyStreams', 'TemporalUnavailable'],
      async handle(call) {
        const job = call.params['job'] ?? '';
        if (!(await dependencies.jobs.view(job))) throw new Problem('NotFound', `There is no job ${job}`);
        streamOne(dependencies, job, call);
        return null;
      },
    }),
    route({
      method: 'get',
      path: '/events',
      operationId: 'streamEvents',
      access: { permission: 'view', of: 'each' },
      tag: 'events',
      summary: 'Changes of all jobs that fit, each with its item of the list; list the jobs first',
      headers,
      query: allQuery,
      answers: answersOf(
        '`job` with the item of a job that changed; `gone` for a job that no longer fits or exists; `release` with the item of a release that has appeared, whatever the filters, at first also those of the last minute; `beat` at first and every ten seconds; `reset` where the list must be read again',
      ),
      problems: ['InvalidRequest', 'TooManyStreams', 'TemporalUnavailable'],
      async handle(call) {
        // A stream of an index that knows nothing yet would tell every job as a change.
        await dependencies.jobs.index();
        streamAll(dependencies, call);
        return null;
      },
    }),
  ];
}

function streamOne(dependencies: RouteDependencies, job: string, call: Call): void {
  const { streams, jobStreams, version, access } = dependencies;
  const stream = streams.begin(call, {
    beat: () => ({ data: { time: new Date().toISOString(), version } }),
    // Decided as at the gate, which knows the owner of a job that the index does not know yet.
    mayGoOn: async (may) => may('view', await subjectOf(dependencies, job)),
  });
  if (!stream) return;
  const lastId = call.request.get('last-event-id');
  const shown = (data: StreamedJob): object => {
    const { notAllowed } = data;
    return notAllowed
      ? forCaller(
          { environment: null, owner: null, ...data, notAllowed },
          { may: stream.may(), denial: call.denial },
          access.policy,
        )
      : data;
  };
  stream.onEnd(
    jobStreams.listen(job, lastId, ({ id, type, data }) => stream.send({ id, event: type, data: shown(data) })),
  );
}

function streamAll(
  { streams, jobs, version, releaseNews }: RouteDependencies,
  call: Call<JobFilter & { since?: string | undefined }>,
) {
  const { all } = jobs;
  const { since, ...filter } = call.query;
  const beat = () => ({ id: all.deltas.cursor, data: { time: new Date().toISOString(), version, asOf: all.asOf } });
  const stream = streams.begin(call, { beat, mayGoOn: () => true });
  if (!stream) return;
  const fits = matcherOf(filter);
  const tell = (delta: Delta): void => tellDelta(stream, delta, fits);
  const from = call.request.get('last-event-id') ?? since;
  const missed = from === undefined ? [] : all.deltas.since(from);
  if (missed === null) stream.send({ event: 'reset', data: { reason: 'it is not known what changed since' } });
  else missed.forEach(tell);
  stream.send({ event: 'beat', ...beat() });
  stream.onEnd(all.deltas.listen(tell));
  const appeared = (release: ListedRelease): void => {
    const may = stream.may();
    if (!may('viewPlatform', null)) return;
    stream.send({ event: 'release', data: releaseItemOf(release, seenBy(may, all.known())) });
  };
  stream.onEnd(releaseNews.listen(appeared));
}

/** Tells a change to a listener as far as it may see the job: before the change, after it, or both times. */
function tellDelta(stream: EventStream, { id, name, before, after }: Delta, fits: (item: JobItem) => boolean): void {
  const may = stream.may();
  const seesAll = may('view', ANY_JOB);
  const isShown = (item: JobItem | null): item is JobItem =>
    item !== null && (seesAll || may('view', subjectIn(item))) && fits(item);
  if (isShown(after)) stream.send({ id, event: 'job', data: after });
  else if (isShown(before)) stream.send({ id, event: 'gone', data: { name } });
}
