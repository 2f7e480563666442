/** Routes of the platform itself: doctor, health, metrics. */
import type { Request } from 'express';
import { z } from 'zod';
import { messageOf } from '../../../domain/errors/message-of.ts';
import { checkups, type Finding } from '../../checkups.ts';
import { HealthBody } from '../../access-contract.ts';
import { DoctorBody } from '../../contract.ts';
import type { RouteDependencies } from '../../dependencies.ts';
import { HEALTH_KEY } from '../../../domain/identity/storage-keys.ts';
import type { JobGateway } from '../../../temporal/jobs/job-gateway.ts';
import { FreshOnce } from '../../../concurrency/fresh-once.ts';
import { inTime } from '../../../concurrency/in-time.ts';
import { invalidInput } from '../../http/problem.ts';
import { ok, route, type Route } from '../../http/route.ts';

const CHECK_MS = 2_500;

export const platformRoutes = (dependencies: RouteDependencies): Route[] => [
  ...doctorRoutes(dependencies),
  healthRoute(dependencies),
  metricsRoute(dependencies),
];

const doctorRoutes = ({ doctor }: RouteDependencies): Route[] => [
  route({
    method: 'get',
    path: '/doctor',
    operationId: 'getDoctor',
    access: { permission: 'doctor', of: 'installation' },
    tag: 'platform',
    summary: 'Check what reading can show of the set-up, and that jobs, their records and YARN agree; changes nothing',
    answers: { 200: { description: 'The findings', schema: DoctorBody } },
    problems: [],
    handle: async () => ok(bodyOf(await doctor('read'))),
  }),
  route({
    method: 'post',
    path: '/doctor',
    operationId: 'runDoctor',
    access: { permission: 'doctor', of: 'installation' },
    tag: 'platform',
    summary:
      'Check everything: also that S3 enforces conditional writes, by an object that is removed again, and that YARN takes submissions, by an application id that stays unused',
    body: { schema: NoFields, optional: true },
    answers: { 200: { description: 'The findings', schema: DoctorBody } },
    problems: [],
    async handle({ body }) {
      const parsed = NoFields.safeParse(body ?? {});
      if (!parsed.success) throw invalidInput('InvalidRequest', 'The request is wrong', parsed.error.issues);
      return ok(bodyOf(await doctor('probe')));
    },
  }),
];

const NoFields = z.strictObject({});

function bodyOf(findings: readonly Finding[]): DoctorBody {
  const count = (level: Finding['level']): number => findings.filter((finding) => finding.level === level).length;
  const items = findings.map((finding) => {
    const { meaning, hint } = checkups[finding.check];
    return { ...finding, meaning, hint };
  });
  return { broken: count('broken'), warnings: count('warning'), items };
}

function healthRoute({ gateway, records, version, callers }: RouteDependencies): Route {
  // Each open page asks on and on, whether or not anybody is at it, so that asking is no use of a session.
  const isCaller = (request: Request): Promise<boolean> =>
    callers.by(request, { isUse: false }).then(
      ({ bindings }) => bindings.length > 0,
      () => false,
    );
  // Each open page of the console asks: whoever asks meanwhile shares the answer.
  const parts = new FreshOnce(() => Promise.all([check(gateway.ping()), check(records.bucket.get(HEALTH_KEY))]));
  const polling = new FreshOnce(() => checkWorkers(gateway));
  return route({
    method: 'get',
    path: '/healthz',
    operationId: 'getHealth',
    access: 'public',
    tag: 'platform',
    summary: 'Whether the API can do its work',
    alsoAtRoot: true,
    answers: {
      200: { description: 'Temporal and S3 answer', schema: HealthBody },
      503: { description: 'One of them does not', schema: HealthBody },
    },
    problems: [],
    async handle({ request }) {
      const [temporal, storage] = await parts.get('');
      const healthy = temporal.ok && storage.ok;
      const status = healthy ? 'ok' : 'unavailable';
      // A prober needs the status only, and a stranger shall learn nothing of what is behind.
      const isKnown = await isCaller(request);
      const workers = isKnown ? await polling.get('') : null;
      return {
        status: healthy ? 200 : 503,
        body: workers ? { status, version, checks: { temporal, s3: storage, workers } } : { status },
      };
    },
  });
}

/** Without a worker the API still answers, so that no prober ends it for that. */
async function checkWorkers(gateway: Pick<JobGateway, 'pollers'>): ReturnType<typeof check> {
  const asked = gateway.pollers().then(({ workflows, activities }) => {
    if (workflows > 0 && activities > 0) return;
    throw new Error(`no worker has asked for ${workflows > 0 ? 'activities' : 'workflows'} lately`);
  });
  return await check(asked);
}

const metricsRoute = ({ metrics }: RouteDependencies): Route =>
  route({
    method: 'get',
    path: '/metrics',
    operationId: 'getMetrics',
    access: { permission: 'viewPlatform', of: 'installation' },
    tag: 'platform',
    summary: 'Counters for Prometheus',
    alsoAtRoot: true,
    answers: { 200: { description: 'Prometheus text format', contentType: 'text/plain' } },
    problems: [],
    handle: () => ({ status: 200, body: metrics.render(), contentType: 'text/plain; version=0.0.4; charset=utf-8' }),
  });

async function check(asked: Promise<unknown>): Promise<{ ok: boolean; detail: string | null }> {
  try {
    const answered = await inTime(
      asked.then(() => true),
      CHECK_MS,
    );
    return answered === null ? { ok: false, detail: `no answer within ${CHECK_MS} ms` } : { ok: true, detail: null };
  } catch (failure) {
    return { ok: false, detail: messageOf(failure) };
  }
}
