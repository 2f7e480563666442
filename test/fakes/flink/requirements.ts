/** Resource requirements of a fake JobManager, as Flink 1.20.1 and 2.1.0 answer (tried). */
import type { FakeRoute } from '../server.ts';
import type { FakeReply } from '../transport.ts';
import type { FakeFlinkOptions, FakeFlinkRoute, FakeJob, Slots } from './options.ts';
import { errors, jobNotFound, MAX_PARALLELISM } from './replies.ts';

type Requirements = Record<string, { parallelism: { lowerBound: number; upperBound: number } }>;

const PATH = /^\/jobs\/(\w+)\/resource-requirements$/;

export const requirementRoutes = (
  jobs: ReadonlyMap<string, FakeJob>,
  slots: Slots,
  options: FakeFlinkOptions,
): FakeRoute<FakeFlinkRoute>[] => [
  {
    name: 'requirements',
    method: 'GET',
    path: PATH,
    handle: ({ params }) => ofAdaptive(jobs, params[0], (job) => ({ status: 200, body: requirementsOf(job) })),
  },
  {
    name: 'changeRequirements',
    method: 'PUT',
    path: PATH,
    handle: ({ params, body }) =>
      ofAdaptive(jobs, params[0], (job) => changed(job, body as Requirements, slots, options)), // the client sends no other
  },
];

/** At the beginning each vertex may have any parallelism up to that with which it was submitted. */
function requirementsOf(job: FakeJob): Requirements {
  const { least, most } = (job.required ??= { least: 1, most: job.parallelism });
  const fixed = Object.entries(job.fixed).map(([id, parallelism]) => [id, bounds(1, parallelism)] as const);
  return { v1: bounds(least, most), ...Object.fromEntries(fixed) };
}

const bounds = (lowerBound: number, upperBound: number) => ({ parallelism: { lowerBound, upperBound } });

function changed(job: FakeJob, wanted: Requirements, slots: Slots, options: FakeFlinkOptions): FakeReply {
  const refused = (why: string) =>
    errors(400, `org.apache.flink.runtime.rest.handler.RestHandlerException: ${why}\n\tat x.Dispatcher`);
  if (slots.refusesRequirements) return refused('The requirements are refused.');
  for (const id of Object.keys(requirementsOf(job))) {
    const most = wanted[id]?.parallelism.upperBound;
    if (most === undefined)
      return refused(`The request is incomplete, missing job vertex [${id}] resource requirements.`);
    if (most > MAX_PARALLELISM)
      return refused(
        `The newly requested parallelism ${most} for the job vertex ${id} exceeds its maximum parallelism ${MAX_PARALLELISM}.`,
      );
  }
  const { lowerBound: least = 1, upperBound: most = job.parallelism } = wanted['v1']?.parallelism ?? {};
  job.required = { least, most };
  setTimeout(() => adapt(job, slots, options), slots.rescalingTakes).unref();
  return { status: 200, body: {} };
}

/** The tasks restart from the newest checkpoint, with as many slots as there are; it is no failure of the job. */
function adapt(job: FakeJob, { mostSlots }: Slots, options: FakeFlinkOptions): void {
  const parallelism = Math.min(job.required?.most ?? job.parallelism, mostSlots);
  if (job.state !== 'RUNNING' || parallelism === job.parallelism) return;
  job.parallelism = parallelism;
  job.restarts += 1;
  job.runningSince = Date.now();
  options.onRescaled?.(job);
}

const serverSide = (what: string): FakeReply =>
  errors(500, 'Internal server error.', `<Exception on server side:\n${what}\n\tat x.Y`);

function ofAdaptive(
  jobs: ReadonlyMap<string, FakeJob>,
  id: string | undefined,
  handle: (job: FakeJob) => FakeReply,
): FakeReply {
  const job = jobs.get(id ?? '');
  if (job === undefined) return serverSide(jobNotFound(id ?? ''));
  if (job.scheduler === 'adaptive') return handle(job);
  return serverSide(
    'java.lang.UnsupportedOperationException: The DefaultScheduler does not support changing the parallelism without a job restart. This feature is currently only expected to work with the AdaptiveScheduler.',
  );
}
