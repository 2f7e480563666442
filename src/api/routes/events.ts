/** Routes of server-sent events: changes of jobs as they happen. */
import type { Request, Response } from 'express';
import type { RouteDependencies } from '../dependencies.ts';
import { MOST_LISTENERS, type JobEvent } from '../jobs/job-events.ts';
import { Problem } from '../http/problem.ts';
import { route, type Route } from '../http/route.ts';

/** Shorter than the idle time-outs of common proxies (60 s). */
const HEARTBEAT_MS = 15_000;
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
      tag: 'events',
      summary: 'Changes of one job, each with the whole job',
      headers,
      answers,
      problems: ['NotFound', 'InvalidJobName', 'TemporalUnavailable'],
      async handle({ params, request, response }) {
        const job = params['job'] ?? '';
        if (!(await dependencies.jobs.view(job))) throw new Problem('NotFound', `There is no job ${job}`);
        stream(dependencies, job, request, response);
        return null;
      },
    }),
    route({
      method: 'get',
      path: '/events',
      tag: 'events',
      summary: 'Changes of all jobs, each with what a list shows',
      headers,
      answers,
      problems: ['TemporalUnavailable'],
      handle({ request, response }) {
        stream(dependencies, null, request, response);
        return null;
      },
    }),
  ];
}

function stream({ events }: RouteDependencies, job: string | null, request: Request, response: Response): void {
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
  const stop = events.listen(job, request.get('last-event-id'), ({ id, type, data }: JobEvent) =>
    write(`id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`),
  );
  const heartbeat = setInterval(() => write(': still here\n\n'), HEARTBEAT_MS);
  response.on('close', () => {
    clearInterval(heartbeat);
    stop();
  });
}
