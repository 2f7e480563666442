/** The true story of a job, as YARN, Flink and S3 saw it: the promises are judged by nothing else. */
import { identityOfTags } from '../../src/domain/identity/yarn-tags.ts';
import { isTerminalJob } from '../../src/clients/flink/replies.ts';
import type { Fence } from '../../src/domain/lock/fence.ts';
import { parseRecord } from '../../src/records/record.ts';
import { Gates } from '../../src/domain/lock/gate.ts';
import type { OperationRecord } from '../../src/domain/operation/operation.ts';
import type { FakeApplication } from '../fakes/yarn.ts';
import { exits } from '../world/agent/gate.ts';
import type { Witness } from '../world/witness.ts';
import { InstanceIndex, type Instance, type Snapshot } from './instance.ts';

/** An audit record, and what lived the moment it was written. */
export interface Recorded {
  readonly record: OperationRecord;
  readonly at: number;
  readonly live: readonly Instance[];
}

export class Truth implements Witness {
  readonly #index = new InstanceIndex();
  readonly snapshots: Snapshot[] = [];
  readonly audit: Recorded[] = [];
  /** Told the moment an application becomes an instance, or is ended by Sluice. */
  readonly onInstance: ((instance: Instance) => void)[] = [];
  readonly onKill: ((instance: Instance) => void)[] = [];
  /** Told the moment the fence says that an operation has given an instance up. */
  readonly onGivenUp: ((instance: Instance, operation: string) => void)[] = [];
  readonly onRecord: ((recorded: Recorded) => void)[] = [];
  /** Told the moment Sluice has deleted a snapshot. */
  readonly onRemoved: ((snapshot: Snapshot) => void)[] = [];

  /** The events in their order, for the reader of a failure. */
  readonly journal: string[] = [];

  note(what: string): void {
    this.journal.push(`${new Date().toISOString().slice(11, 23)} ${what}`);
  }

  get instances(): readonly Instance[] {
    return this.#index.all;
  }

  /** All instances of a job, oldest first. */
  of(job: string): readonly Instance[] {
    return this.#index.ofJob(job);
  }

  /** The instances that can still act, or will: containers may outlive their application. */
  live(job: string): Instance[] {
    return this.of(job).filter(({ canRun, goneAt }) => canRun && goneAt === null);
  }

  /** The instances that others have started and Sluice has not adopted. */
  strangers(job: string): Instance[] {
    return this.of(job).filter(({ isStranger, canRun, goneAt }) => isStranger && !canRun && goneAt === null);
  }

  submitted(
    { id, tags, submission }: FakeApplication,
    { isStaged, isOpen }: Parameters<Witness['submitted']>[1],
  ): void {
    const { job, flinkJobId, epoch } = identityOfTags(tags);
    if (job === null || flinkJobId === null) return;
    const instance = this.#add({
      application: id,
      job,
      flinkJobId,
      epoch: epoch ?? 0,
      isStranger: false,
      byRunner: submission['config'] !== undefined,
    });
    const what = !isStaged ? ', of which no container can be made' : isOpen ? '' : ', whose gate is not open';
    this.note(`${id} submitted, epoch ${instance.epoch}, Flink job ${flinkJobId.slice(0, 6)}${what}`);
    if (isStaged && isOpen) this.#isInstance(instance);
  }

  appeared({ id }: FakeApplication, { job, flinkJobId }: { readonly job: string; readonly flinkJobId: string }): void {
    const instance = this.#add({ application: id, job, flinkJobId, epoch: 0, isStranger: true, byRunner: false });
    instance.startedAt = Date.now();
    this.note(`${id} was started by somebody else, Flink job ${flinkJobId.slice(0, 6)}`);
  }

  #add(who: Pick<Instance, 'application' | 'job' | 'flinkJobId' | 'epoch' | 'isStranger' | 'byRunner'>): Instance {
    const instance: Instance = {
      ...who,
      submittedAt: Date.now(),
      canRun: false,
      others: [],
      known: [...this.snapshots],
      snapshots: [],
      startedAt: null,
      release: null,
      marker: null,
      hotfix: null,
      restoredFrom: null,
      endedAt: null,
      goneAt: null,
      isFinished: false,
      givenUpAt: null,
      leasedUntil: null,
      ended: null,
    };
    this.#index.add(instance);
    return instance;
  }

  #isInstance(instance: Instance): void {
    // A lease must have ended what was given up with one.
    const others = this.live(instance.job).filter((one) => one.givenUpAt === null || one.leasedUntil !== null);
    instance.others = others.map(({ application }) => application);
    instance.canRun = true;
    for (const tell of this.onInstance) tell(instance);
  }

  started({ id }: FakeApplication, { config, restoredFrom }: { config: string; restoredFrom: string | null }): void {
    const instance = this.#index.ofApplication(id);
    if (!instance) return;
    instance.startedAt = Date.now();
    instance.release = /releases\/([^/]+\/[^/]+)\//.exec(config)?.[1] ?? null;
    instance.marker = /"metrics\.scope\.jm": "?([^"\n]+)"?/.exec(config)?.[1] ?? null;
    instance.hotfix = /"metrics\.scope\.tm": "?([^"\n]+)"?/.exec(config)?.[1] ?? null;
    instance.restoredFrom = restoredFrom;
    const hotfix = instance.hotfix === null ? '' : ` with ${instance.hotfix}`;
    this.note(`${id} started: ${instance.release ?? '?'}${hotfix} from ${restoredFrom ?? 'nothing'}`);
    if (!instance.canRun) this.#isInstance(instance);
  }

  ended(application: FakeApplication): void {
    const instance = this.#index.ofApplication(application.id);
    if (!instance) return;
    const state = application.flink?.jobs.get(instance.flinkJobId)?.state;
    const bySluice = application.diagnostics.includes('was killed by user sluice');
    instance.endedAt = Date.now();
    // A Flink job that has ended has no acting task, however long its containers take to go.
    if (state !== undefined && isTerminalJob(state)) instance.goneAt = instance.endedAt;
    instance.ended = {
      how: bySluice ? 'killed' : 'other',
      flinkJobRan: state !== undefined && !isTerminalJob(state),
      // A JobManager that died before anybody looked cannot tell that its job had been cancelled.
      byHand: bySluice ? state === 'CANCELED' : application.state === 'KILLED',
      byLease: application.diagnostics.includes(`exitCode: ${exits.leaseOver}`),
    };
    this.note(
      `${application.id} ended: ${application.state}, Flink job ${state ?? 'none'}: ${application.diagnostics}`,
    );
    if (bySluice) for (const tell of this.onKill) tell(instance);
  }

  gone({ id }: FakeApplication): void {
    const instance = this.#index.ofApplication(id);
    if (!instance || instance.goneAt !== null) return;
    instance.goneAt = Date.now();
    if (instance.goneAt !== instance.endedAt) this.note(`${id} has no containers any more`);
  }

  finished(flinkJobId: string): void {
    const instance = this.#index.ofFlinkJob(flinkJobId);
    if (instance) instance.isFinished = true;
  }

  snapshot({ jobId, checkpointId, path, isDrained = false }: Parameters<Witness['snapshot']>[0]): void {
    const instance = this.#index.ofFlinkJob(jobId);
    if (!instance) return;
    const snapshot: Snapshot = {
      path,
      get epoch() {
        return instance.epoch;
      },
      checkpointId,
      at: Date.now(),
      isDrained,
      goneAt: null,
    };
    this.snapshots.push(snapshot);
    this.note(`snapshot ${path}`);
    instance.snapshots.push(snapshot);
  }

  /** Hears of keys that Sluice deleted from S3; a snapshot is gone with its `_metadata`. */
  removed(keys: readonly string[]): void {
    for (const snapshot of this.snapshots) {
      if (
        snapshot.goneAt !== null ||
        !keys.some((key) => snapshot.path.endsWith(`/${key.replace(/\/_metadata$/, '')}`))
      )
        continue;
      snapshot.goneAt = Date.now();
      this.note(`deleted ${snapshot.path}`);
      for (const tell of this.onRemoved) tell(snapshot);
    }
  }

  discarded(path: string): void {
    const snapshot = this.snapshots.find((one) => one.path === path);
    if (!snapshot || snapshot.goneAt !== null) return;
    snapshot.goneAt = Date.now();
  }

  triggered(): void {
    // The name of a savepoint's folder says which operation began it.
  }

  /** Hears of every write to S3. */
  wrote(key: string, body: string): void {
    if (key.startsWith('fences/')) {
      const fence = parseRecord(key, body, 'fence');
      this.#adopted(fence);
      this.#givenUp(fence);
    }
    if (key.startsWith('gates/')) this.#opened(Gates.parse(JSON.parse(body)));
    // Evidence lies in folders beside the records.
    if (!/^audit\/[^/]+\/[^/]+\.json$/.test(key)) return;
    const record = JSON.parse(body) as OperationRecord; // Sluice wrote it; the promises look at what is in it
    const recorded = { record, at: Date.now(), live: this.live(record.job) };
    this.audit.push(recorded);
    const { kind, id, outcome, error, acceptedAt } = record;
    this.note(
      `recorded ${kind} ${id} of ${acceptedAt.slice(11, 23)}: ${outcome ?? ''} ${error ? `${error.code}: ${error.detail}` : ''}`,
    );
    for (const tell of this.onRecord) tell(recorded);
  }

  /**
   * A held application becomes an instance the moment its gate is open. Nothing acts any more of one whose job has FINISHED and
   * whose gate the same record revokes, however long YARN lists it.
   */
  #opened({ starts }: Gates): void {
    for (const { applicationId, gate } of starts) {
      const over = gate === 'revoked' && applicationId !== null ? this.#index.ofApplication(applicationId) : undefined;
      if (over?.isFinished === true) over.goneAt ??= Date.now();
    }
    for (const { applicationId, gate } of starts) {
      const instance = gate === 'open' && applicationId !== null ? this.#index.ofApplication(applicationId) : undefined;
      if (!instance || instance.canRun || instance.endedAt !== null) continue;
      this.note(`${instance.application} may run`);
      instance.known = [...this.snapshots]; // a standby goes on from the savepoint of a stop that came after its submission
      this.#isInstance(instance);
    }
  }

  #adopted({ starts }: Fence): void {
    for (const { adopted, applicationId, epoch } of starts) {
      const instance = adopted ? this.#index.ofApplication(applicationId) : undefined;
      if (!instance || instance.canRun) continue;
      instance.epoch = epoch;
      this.note(`${applicationId} is adopted, epoch ${epoch}`);
      this.#isInstance(instance);
    }
  }

  /** The one exception from promise 1: a person has given the instance up, and the fence says who and why. */
  #givenUp({ starts }: Fence): void {
    for (const { flinkJobId, closed } of starts) {
      const instance = this.#index.ofFlinkJob(flinkJobId);
      if (!closed?.givenUp || !instance || instance.givenUpAt !== null) continue;
      instance.givenUpAt = Date.now();
      instance.leasedUntil = closed.givenUp.deadAt === undefined ? null : Date.parse(closed.givenUp.deadAt);
      this.note(`${instance.application} was given up by ${closed.givenUp.by}: ${closed.givenUp.reason}`);
      for (const tell of this.onGivenUp) tell(instance, closed.givenUp.by);
    }
  }
}
