/** Routes of server-sent events: changes of jobs as they happen. */
import { isCode } from '../../domain/errors/errors.ts';
import { subjectIn } from '../access/visible-jobs.ts';
import type { RouteDependencies } from '../dependencies.ts';
import { MOST_LISTENERS, type JobEvent } from '../jobs/job-events.ts';
import { Problem } from '../http/problem.ts';
import { route, type Call, type Route } from '../http/route.ts';

/** Shorter than the idle time-outs of common proxies (60 s). */
const HEARTBEAT_MS = 15_000;
const LOOK_AT_RIGHT_MS = 2_000;
/** A listener is cut off when this many unread bytes pile up, and can resume by `Last-Event-ID`. */
const MOST_BUFFERED_BYTES = 1024 * 1024;

const answers = {
  200: { description: 'A stream of `job` and `gone` events with ids', contentType: 'text/event-stream' },
};
const headers = { 'Last-Event-ID': 'Resume after this event' };

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
      answers,
      problems: ['NotFound', 'InvalidJobName', 'TemporalUnavailable'],
      async handle(call) {
        const { params } = call;
        const job = params['job'] ?? '';
        if (!(await dependencies.jobs.view(job))) throw new Problem('NotFound', `There is no job ${job}`);
        stream(dependencies, job, call);
        return null;
      },
    }),
    route({
      method: 'get',
      path: '/events',
      operationId: 'streamEvents',
      access: { permission: 'view', of: 'each' },
      tag: 'events',
      summary: 'Changes of all jobs, each with what a list shows',
      headers,
      answers,
      problems: ['TemporalUnavailable'],
      handle(call) {
        stream(dependencies, null, call);
        return null;
      },
    }),
  ];
}

type Streamed = Pick<Call, 'request' | 'response' | 'may'>;

function stream(
  { events, callers }: RouteDependencies,
  job: string | null,
  { request, response, may }: Streamed,
): void {
  if (events.listeners >= MOST_LISTENERS) {
    throw new Problem('Conflict', `${MOST_LISTENERS} streams are open already; close some or ask again later`, {
      status: 503,
      headers: { 'Retry-After': '10' },
    });
  }
  response.writeHead(200, {
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-store',
    'X-Accel-Buffering': 'no',
  });
  if (request.method === 'HEAD') return void response.end();
  response.write('retry: 2000\n\n');
  const write = (text: string): void => {
    if (response.writableLength > MOST_BUFFERED_BYTES) response.destroy();
    else response.write(text);
  };
  const shown = new Set<string>();
  const stop = events.listen(job, request.get('last-event-id'), ({ id, type, data }: JobEvent) => {
    const isVisible =
      type === 'job' ? may('view', subjectIn({ environment: null, owner: null, ...data })) : shown.has(data.name);
    if (!isVisible) return;
    shown.add(data.name);
    write(`id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
  });
  // A stream ends with the right to it.
  const looks = setInterval(() => {
    callers.by(request, { isUse: false }).catch((failure: unknown) => {
      if (isCode(failure, 'Unauthenticated') || isCode(failure, 'TooManyRequests')) response.end();
    });
  }, LOOK_AT_RIGHT_MS);
  const heartbeat = setInterval(() => write(': still here\n\n'), HEARTBEAT_MS);
  response.on('close', () => {
    clearInterval(heartbeat);
    clearInterval(looks);
    stop();
  });
}
