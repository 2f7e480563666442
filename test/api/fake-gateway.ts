/** The jobs in memory: one operation at a time, as the workflow's validator decides; one switch for each failure. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobGateway, Submission } from '../../src/temporal/job-gateway.ts';
import { fingerprintOfRequest } from '../../src/domain/operation/asked.ts';
import { SluiceError } from '../../src/domain/errors/errors.ts';
import { newMemory, viewOf, type JobMemory } from '../../src/domain/job/job-memory.ts';
import { admit, allowedNow } from '../../src/domain/job/admission.ts';
import { isRefusal, RequestRefused } from '../../src/domain/job/refusal.ts';
import type { Outcome } from '../../src/domain/lifecycle.ts';
import { jobRevision, planRevision } from '../../src/domain/plan/revision.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import { holderOf, type CancelRequest, type OperationRecord } from '../../src/domain/operation/operation.ts';
import type { WatchNotes } from '../../src/domain/watch/notes.ts';
import type { PlanInput } from '../../src/workflows/messages.ts';

interface FakeJob {
  memory: JobMemory;
  taken: OperationRecord | null;
}

export interface FakeGateway extends JobGateway {
  readonly jobs: Map<string, FakeJob>;
  /** What the watchers of clusters wrote down last. */
  readonly notes: Map<string, WatchNotes>;
  readonly schedules: Map<string, NonNullable<Awaited<ReturnType<JobGateway['schedule']>>>>;
  readonly submitted: Submission[];
  readonly cancelled: CancelRequest[];
  readonly planned: PlanInput[];
  /** What plans depend on beside the job: another text is another world. */
  world: string;
  /** Most submissions that were under way at one time. */
  mostInFlight: number;
  /** Every submission takes so long. */
  latencyMs: number;
  down(on?: boolean): void;
  put(name: string, change?: Partial<JobMemory>): FakeJob;
  end(name: string, outcome?: Outcome): OperationRecord;
}

export function createFakeGateway(): FakeGateway {
  const jobs = new Map<string, FakeJob>();
  let off = false;
  let inFlight = 0;

  const enter = async (): Promise<void> => {
    await sleep(1);
    if (off) throw new SluiceError('TemporalUnavailable', 'Temporal says "14 UNAVAILABLE"');
  };

  const fake: FakeGateway = {
    jobs,
    notes: new Map(),
    schedules: new Map(),
    submitted: [],
    cancelled: [],
    planned: [],
    world: 'as it was',
    mostInFlight: 0,
    latencyMs: 5,
    down: (on = true) => void (off = on),
    put(name, change = {}) {
      const job = { memory: { ...newMemory(name, '2026-01-01T00:00:00.000Z'), proven: true, ...change }, taken: null };
      jobs.set(name, job);
      return job;
    },
    end(name, outcome = 'succeeded') {
      const job = jobs.get(name)!;
      const ended = { ...job.taken!, outcome, endedAt: new Date().toISOString(), phase: null };
      job.memory = { ...job.memory, operations: [ended, ...job.memory.operations] };
      job.taken = null;
      return ended;
    },
    async view(name) {
      await enter();
      const job = jobs.get(name);
      return job ? viewOf(job.memory, job.taken, allowedNow({ memory: job.memory, holder: job.taken })) : null;
    },
    async history(name) {
      await enter();
      const job = jobs.get(name);
      return job ? [...(job.taken ? [job.taken] : []), ...job.memory.operations] : null;
    },
    async list() {
      await enter();
      return [...jobs].map(([name, { memory, taken }]) => ({
        name,
        state: memory.state,
        environment: name.split('-').at(-1) ?? null,
        cluster: 'yarn-a',
        owner: 'ads',
        release: memory.current?.release ?? null,
        operation: taken?.kind ?? null,
      }));
    },
    ping: enter,
    async schedule(name) {
      await enter();
      return fake.schedules.get(name) ?? null;
    },
    async watchNotes(cluster) {
      await enter();
      return fake.notes.get(cluster) ?? null;
    },
    async submit(submission) {
      const { job: name, kind, request } = submission;
      fake.submitted.push(submission);
      inFlight += 1;
      fake.mostInFlight = Math.max(fake.mostInFlight, inFlight);
      try {
        await enter();
        const known = jobs.get(name);
        if (!known && !submission.start) throw new Error('no workflow, and none may be started');
        const job = known ?? fake.put(name);
        const repeated = [job.taken, ...job.memory.operations].find((operation) => operation?.id === request.id);
        if (repeated) return repeated;
        const { taken } = job;
        if (taken && (kind !== 'kill' || !('force' in request))) {
          await sleep(fake.latencyMs);
          throw new RequestRefused('OperationInProgress', `${name} is held`, { holder: holderOf(taken) });
        }
        const condition: unknown = Reflect.get(request, 'ifRevision');
        if (condition !== undefined && condition !== jobRevision(job.memory))
          throw new RequestRefused('PlanOutdated', `${name} has changed`);
        const decision = admit({ memory: job.memory, holder: taken, next: null }, kind, request);
        if (isRefusal(decision)) {
          await sleep(fake.latencyMs);
          throw new RequestRefused(decision.code, decision.detail);
        }
        if (taken) fake.end(name, 'superseded');
        const operation = recordOf(submission);
        job.taken = operation;
        await sleep(fake.latencyMs);
        return operation;
      } finally {
        inFlight -= 1;
      }
    },
    async planBasis(name) {
      await enter();
      const job = jobs.get(name);
      if (!job) return null;
      const { proven, state, epoch, current, previous } = job.memory;
      return { revision: jobRevision(job.memory), proven, state, epoch, current, previous, refusal: null };
    },
    async plan(input) {
      fake.planned.push(input);
      await enter();
      return planFor(input, fake.world);
    },
    async cancel(name, request) {
      fake.cancelled.push(request);
      inFlight += 1;
      fake.mostInFlight = Math.max(fake.mostInFlight, inFlight);
      try {
        await enter();
        await sleep(fake.latencyMs);
        const job = jobs.get(name);
        if (job?.taken?.id === request.operation) return job.taken;
        throw new RequestRefused('CommandNotAllowed', `${request.operation} does not run`);
      } finally {
        inFlight -= 1;
      }
    },
  };
  return fake;
}

const planFor = ({ job, request, basis }: PlanInput, world: string): Plan => {
  const { id: _id, actor: _actor, via: _via, reason: _reason, ...asked } = request;
  return {
    job,
    kind: request.kind,
    ok: true,
    revision: planRevision(basis.revision, [asked, world]),
    plannedAt: '2026-01-01T00:00:00.000Z',
    summary: `${request.kind} of ${job}`,
    state: basis.state,
    changes: null,
    stop: null,
    restorePoint: null,
    onFailedStart: null,
    checks: [],
    warnings: [],
    phases: [],
  };
};

export function recordOf({ job, kind, request }: Submission): OperationRecord {
  const { id, actor, via, reason, ...asked } = request as Record<string, unknown> & { id: string };
  return {
    id,
    job,
    kind,
    actor: String(actor),
    via: String(via),
    reason: (reason as string | undefined) ?? null,
    acceptedAt: new Date().toISOString(),
    endedAt: null,
    phase: 'checking',
    phases: [],
    outcome: null,
    error: null,
    deployment: null,
    request: asked,
    fingerprint: fingerprintOfRequest(kind, asked),
    savepoint: null,
    warnings: [],
    deleted: null,
    interruption: null,
  };
}
