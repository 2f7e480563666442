/** The running operation: its phases, warnings and facts, written into the one record that people see. */
import { CancellationScope, condition, isCancellation, workflowInfo } from '@temporalio/workflow';
import { accountOf } from '../../domain/job/account.ts';
import type { Deployment } from '../../domain/deployment/deployment.ts';
import type { HolderId } from '../../domain/lock/fence.ts';
import type { JobMemory } from '../../domain/job/job-memory.ts';
import type { Refusal } from '../../domain/job/refusal.ts';
import type { Outcome, Phase } from '../../domain/lifecycle.ts';
import type { PublicKeys, Signable } from '../../domain/operation/signature.ts';
import { recordLimits, type Interruption, type OperationRecord } from '../../domain/operation/operation.ts';
import { clip } from '../../domain/values/clip.ts';
import { noteRejection, type Desk } from '../desk/desk.ts';
import { factAbout } from '../desk/facts-told.ts';
import { heedKeys } from '../desk/signed.ts';
import { Interrupted } from '../desk/interrupted.ts';
import { show } from '../desk/show.ts';
import { now } from '../desk/now.ts';
import { awaitTurn } from '../desk/turn.ts';

export class OperationRun {
  readonly memory: JobMemory;
  readonly operation: OperationRecord;
  readonly #desk: Desk;
  #ending: Pick<OperationRecord, 'outcome' | 'error' | 'endedAt'> | null = null;

  constructor(desk: Desk, operation: OperationRecord) {
    this.#desk = desk;
    this.memory = desk.memory;
    this.operation = operation;
  }

  get job(): string {
    return this.memory.job;
  }

  /** The worker adds the installation's name, which only the worker knows. */
  get runId(): HolderId['runId'] {
    return workflowInfo().runId;
  }

  /** The message that asked for this operation; null when Sluice itself asks. */
  get asked(): Signable | null {
    return this.#desk.taken?.asked ?? null;
  }

  heedKeys(keys: PublicKeys | null): void {
    heedKeys(this.#desk, keys);
  }

  /** Leaves no operation: its id stays free for whoever signs. */
  leave(refusal: Refusal): void {
    noteRejection(this.memory, this.operation.kind, this.operation, refusal);
  }

  /**
   * Ends the phase before and begins the next one; `since` is earlier than now when the phase began before the run
   * heard of it.
   */
  phase(name: Phase, since = now()): void {
    this.#endPhase(since);
    this.operation.phase = name;
    this.operation.phases.push({ name, startedAt: since, endedAt: null });
    show(this.#desk);
  }

  /** Names the deployment that the operation acts on. */
  about(deployment: Pick<Deployment, 'number' | 'release'> | null): void {
    if (!deployment) return;
    this.operation.deployment = deployment.number;
    this.operation.release = deployment.release;
  }

  warn(...warnings: readonly string[]): void {
    const { warnings: kept } = this.operation;
    for (const warning of warnings)
      if (kept.length < recordLimits.warnings) kept.push(clip(warning, recordLimits.warning));
  }

  /**
   * Ends the operation early when somebody asked for that.
   * @throws Interrupted
   */
  safePoint(): void {
    const { interruption } = this.#desk;
    if (!interruption) return;
    this.#desk.interruption = null; // heard: a later interruption may still end what follows
    this.operation.interruption = interruption;
    throw new Interrupted(interruption);
  }

  /** Tells whether the watcher has told meanwhile that the cluster is not gone. A forged fact can only put a failover off. */
  get isClusterBack(): boolean {
    const told = factAbout(this.#desk, this.memory.current?.epoch);
    return told !== null && told.fact.seen.kind !== 'gone';
  }

  /**
   * Waits, and ends the wait at once when somebody interrupts. The activity is told, but not awaited: it changes
   * nothing, or the interrupter settles its change.
   * @throws Interrupted, or whatever `wait` throws.
   */
  async interruptible<T>(wait: () => Promise<T>, by: readonly Interruption['how'][]): Promise<T> {
    if (this.#desk.interruption && by.includes(this.#desk.interruption.how)) this.safePoint();
    const desk = this.#desk;
    try {
      return await CancellationScope.cancellable(async () => {
        const scope = CancellationScope.current();
        desk.interruptWait = (how) => {
          if (by.includes(how)) scope.cancel();
        };
        return wait();
      });
    } catch (error) {
      if (isCancellation(error)) this.safePoint();
      throw error;
    } finally {
      desk.interruptWait = null;
    }
  }

  /** Waits for a turn on a cluster. @throws Interrupted */
  async turnOn(cluster: string): Promise<void> {
    const wait = (holds: () => boolean, ms: number): Promise<unknown> =>
      this.interruptible(() => condition(holds, ms), ['cancelled', 'superseded']);
    await awaitTurn(this.#desk, { cluster, operationId: this.operation.id }, { wait, isOver: () => false });
  }

  /** Fixes the outcome. The job stays locked until the outcome is recorded, and people see the end only then. */
  end(outcome: Outcome, error: OperationRecord['error'] = null): void {
    this.#endPhase();
    const { interruption } = this.#desk;
    if (interruption) {
      this.#desk.interruption = null;
      this.operation.interruption = interruption;
      this.warn(`it was to be ${interruption.how} by ${interruption.by ?? interruption.actor}, but ended before`);
    }
    this.#ending = {
      outcome,
      error: error && {
        ...accountOf(this.memory, this.operation.id, error),
        detail: clip(error.detail, recordLimits.detail),
      },
      endedAt: now(),
    };
    this.operation.phase = 'recording';
    show(this.#desk);
  }

  get isEnding(): boolean {
    return this.#ending !== null;
  }

  /** The record as S3 keeps it. */
  get ended(): OperationRecord {
    return { ...this.operation, phase: null, ...this.#ending };
  }

  #endPhase(at = now()): void {
    const last = this.operation.phases.at(-1);
    if (last?.endedAt === null) last.endedAt = at;
  }
}
