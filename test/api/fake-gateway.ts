/** Jobs in memory: each takes one operation at a time, as the workflow's validator decides. Each failure has a switch. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobGateway, JobRow, PendingStep, Submission } from '../../src/temporal/jobs/job-gateway.ts';
import { fingerprintOfRequest } from '../../src/domain/operation/asked.ts';
import { SluiceError } from '../../src/domain/errors/errors.ts';
import { admit, allowedNow } from '../../src/domain/job/admission.ts';
import { isRefusal, RequestRefused } from '../../src/domain/job/refusal.ts';
import { newMemory, viewOf, type JobMemory, type JobView } from '../../src/domain/job/job-memory.ts';
import type { Outcome } from '../../src/domain/lifecycle.ts';
import { jobRevision, planRevision } from '../../src/domain/plan/revision.ts';
import type { Plan, PlanBasis } from '../../src/domain/plan/plan.ts';
import { askerOf, type Claims, type Sender } from '../../src/domain/operation/asker.ts';
import { holderOf, type CancelRequest, type OperationRecord } from '../../src/domain/operation/operation.ts';
import type { WatchNotes } from '../../src/domain/watch/notes.ts';
import type { PlanInput } from '../../src/workflows/messages.ts';

import { FakeVisibility } from './fake-visibility.ts';

type Schedule = NonNullable<Awaited<ReturnType<JobGateway['schedule']>>>;

interface FakeJob {
  memory: JobMemory;
  taken: OperationRecord | null;
  readonly runId: string;
}

export class FakeGateway implements JobGateway {
  readonly jobs = new Map<string, FakeJob>();
  readonly visibility = new FakeVisibility(this.jobs);
  /** Jobs that were asked, in order. */
  readonly viewed: string[] = [];
  #runs = 0;
  /** The last notes of each cluster's watcher. */
  readonly notes = new Map<string, WatchNotes>();
  /** When each cluster's watcher was last heard. */
  readonly heard = new Map<string, string>();
  readonly schedules = new Map<string, Schedule>();
  /** Why the tasks of a workflow fail, by job: its queries are not answered then. */
  readonly failing = new Map<string, string>();
  /** The activities that each job waits for. */
  readonly pending = new Map<string, readonly PendingStep[]>();
  workers = 1;
  readonly submitted: Submission[] = [];
  readonly cancelled: (CancelRequest & { readonly sender: Sender })[] = [];
  readonly planned: PlanInput[] = [];
  /** Everything beside the job that a plan depends on: another text changes every revision. */
  world = 'as it was';
  /** How many answers to requests are lost, although the job has taken them. */
  loseAnswers = 0;
  /** The parts of a plan that the workflow would find out. */
  plansSay: (input: PlanInput) => Partial<Plan> = () => ({});
  /** The most submissions that were under way at one time. */
  mostInFlight = 0;
  /** The time that every submission takes. */
  latencyMs = 5;
  #isDown = false;
  #inFlight = 0;

  get isDown(): boolean {
    return this.#isDown;
  }

  down(on = true): void {
    this.#isDown = on;
  }

  put(name: string, change: Partial<JobMemory> = {}): FakeJob {
    const job = {
      memory: { ...newMemory(name, '2026-01-01T00:00:00.000Z'), proven: true, ...change },
      taken: null,
      runId: `run-${(this.#runs += 1)}`,
    };
    this.jobs.set(name, job);
    this.visibility.observe(name);
    return job;
  }

  end(name: string, outcome: Outcome = 'succeeded'): OperationRecord {
    const job = this.jobs.get(name)!;
    const ended = { ...job.taken!, outcome, endedAt: new Date().toISOString(), phase: null };
    job.memory = { ...job.memory, operations: [ended, ...job.memory.operations] };
    job.taken = null;
    return ended;
  }

  async view(name: string): Promise<JobView | null> {
    this.viewed.push(name);
    const job = await this.#find(name);
    return job
      ? viewOf(job.memory, job.taken, allowedNow({ memory: job.memory, holder: job.taken, next: null }))
      : null;
  }

  async history(name: string): Promise<OperationRecord[] | null> {
    const job = await this.#find(name);
    return job ? operationsOf(job) : null;
  }

  async whyTasksFail(name: string): Promise<string | null> {
    await this.ping();
    return this.failing.get(name) ?? null;
  }

  async list(): Promise<JobRow[]> {
    await this.ping();
    return this.visibility.open().flat();
  }

  async *openJobs(): AsyncGenerator<readonly JobRow[]> {
    await this.ping();
    for (const page of this.visibility.open()) yield page;
  }

  async changedJobs(since: number): Promise<readonly JobRow[] | null> {
    await this.ping();
    return this.visibility.changed(since);
  }

  async isOpen(name: string): Promise<boolean> {
    await this.ping();
    return this.jobs.has(name);
  }

  async ping(): Promise<void> {
    await sleep(1);
    if (this.#isDown) throw new SluiceError('TemporalUnavailable', 'Temporal says "14 UNAVAILABLE"');
  }

  async pendingSteps(name: string): Promise<readonly PendingStep[]> {
    await this.ping();
    return this.pending.get(name) ?? [];
  }

  async pollers(): Promise<{ workflows: number; activities: number }> {
    await this.ping();
    return { workflows: this.workers, activities: this.workers };
  }

  async schedule(name: string): Promise<Schedule | null> {
    await this.ping();
    return this.schedules.get(name) ?? null;
  }

  async watchNotes(cluster: string): Promise<WatchNotes | null> {
    await this.ping();
    return this.notes.get(cluster) ?? null;
  }

  async watchHeardAt(cluster: string): Promise<string | null> {
    await this.ping();
    return this.heard.get(cluster) ?? null;
  }

  async submit(submission: Submission): Promise<OperationRecord> {
    this.submitted.push(submission);
    return await this.#underWay(async () => {
      const job = this.jobs.get(submission.job) ?? this.#started(submission);
      const repeated = operationsOf(job).find(({ id }) => id === submission.request.id);
      const operation = repeated ?? (await this.#take(job, submission));
      this.loseAnswers -= 1;
      if (this.loseAnswers >= 0) throw new SluiceError('TemporalUnavailable', 'the answer is lost');
      return operation;
    });
  }

  async planBasis(name: string): Promise<PlanBasis | null> {
    const job = await this.#find(name);
    if (!job) return null;
    const { proven, state, epoch, current, previous } = job.memory;
    return { revision: jobRevision(job.memory), proven, state, epoch, current, previous, refusal: null };
  }

  async plan(input: PlanInput): Promise<Plan> {
    this.planned.push(input);
    await this.ping();
    return { ...planFor(input, this.world), ...this.plansSay(input) };
  }

  async cancel(name: string, request: CancelRequest, sender: Sender): Promise<OperationRecord> {
    this.cancelled.push({ ...request, sender });
    return await this.#underWay(async () => {
      await sleep(this.latencyMs);
      const job = this.jobs.get(name);
      if (job?.taken?.id === request.operation) return job.taken;
      throw new RequestRefused('CommandNotAllowed', `${request.operation} does not run`);
    });
  }

  async #find(name: string): Promise<FakeJob | undefined> {
    await this.ping();
    const why = this.failing.get(name);
    if (why !== undefined) throw new SluiceError('WorkflowTasksFail', why);
    return this.jobs.get(name);
  }

  /** Counts a call as in flight until it is answered. */
  async #underWay<T>(answer: () => Promise<T>): Promise<T> {
    this.#inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.#inFlight);
    try {
      await this.ping();
      return await answer();
    } finally {
      this.#inFlight -= 1;
    }
  }

  #started({ job, start }: Submission): FakeJob {
    if (!start) throw new Error('no workflow, and none may be started');
    return this.put(job);
  }

  async #take(job: FakeJob, submission: Submission): Promise<OperationRecord> {
    const { job: name, kind, request } = submission;
    const { taken, memory } = job;
    if (taken && (kind !== 'kill' || !('force' in request))) {
      await sleep(this.latencyMs);
      throw new RequestRefused('OperationInProgress', `${name} is held`, { holder: holderOf(taken) });
    }
    const condition: unknown = Reflect.get(request, 'ifRevision');
    if (condition !== undefined && condition !== jobRevision(memory))
      throw new RequestRefused('PlanOutdated', `${name} has changed`);
    const letter = { transport: 'update', sender: submission.sender } as const;
    const decision = admit({ memory, holder: taken, next: null }, kind, request, letter);
    if (isRefusal(decision)) {
      await sleep(this.latencyMs);
      throw new RequestRefused(decision.code, decision.detail);
    }
    if (taken) this.end(name, 'superseded');
    const operation = recordOf(submission);
    job.taken = operation;
    await sleep(this.latencyMs);
    return operation;
  }
}

/** Newest first. */
const operationsOf = ({ memory, taken }: FakeJob): OperationRecord[] => [
  ...(taken ? [taken] : []),
  ...memory.operations,
];

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
    ownership: null,
    foreignState: null,
    stop: null,
    restorePoint: null,
    onFailedStart: null,
    checks: [],
    warnings: [],
    phases: [],
  };
};

export function recordOf({ job, kind, request, sender }: Submission): OperationRecord {
  const { id, actor, via, reason, ...asked } = request as Record<string, unknown> & Claims & { id: string };
  return {
    id,
    job,
    kind,
    ...askerOf('update', sender, { actor, via }),
    reason: reason ?? null,
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
