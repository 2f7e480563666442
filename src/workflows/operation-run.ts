/** The running operation: its phases, warnings and facts, written into the one record that people see. */
import { workflowInfo } from '@temporalio/workflow';
import type { HolderId } from '../domain/fence.ts';
import type { JobMemory } from '../domain/job-memory.ts';
import type { JobState, Outcome, Phase } from '../domain/lifecycle.ts';
import { clip, recordLimits, type OperationRecord } from '../domain/operation.ts';
import type { Desk } from './front-desk.ts';
import { show } from './show.ts';

const now = (): string => new Date().toISOString();

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

  /** The installation's name is added by the worker, which knows it. */
  get runId(): HolderId['runId'] {
    return workflowInfo().runId;
  }

  /** Ends the phase before and begins the next; the first sentence of every wait. */
  phase(name: Phase): void {
    this.#endPhase();
    this.operation.phase = name;
    this.operation.phases.push({ name, startedAt: now(), endedAt: null });
    show(this.#desk);
  }

  warn(...warnings: readonly string[]): void {
    const { warnings: kept } = this.operation;
    for (const warning of warnings)
      if (kept.length < recordLimits.warnings) kept.push(clip(warning, recordLimits.warning));
  }

  /** The job is in this state from now on. */
  become(state: JobState, reason: string | null = null): void {
    if (this.memory.state !== state) this.memory.stateSince = now();
    this.memory.state = state;
    this.memory.stateReason = reason && clip(reason, recordLimits.detail);
    this.memory.observedAt = now();
    this.memory.health = state === 'running' ? 'healthy' : 'unknown';
  }

  /** The outcome stands; the lock is held until it is recorded, and until then nobody is told that it ended. */
  end(outcome: Outcome, error: OperationRecord['error'] = null): void {
    this.#endPhase();
    this.#ending = {
      outcome,
      error: error && { ...error, detail: clip(error.detail, recordLimits.detail) },
      endedAt: now(),
    };
    this.operation.phase = 'recording';
    show(this.#desk);
  }

  get isEnding(): boolean {
    return this.#ending !== null;
  }

  /** The record as it is kept. */
  get ended(): OperationRecord {
    return { ...this.operation, phase: null, ...this.#ending };
  }

  #endPhase(): void {
    const last = this.operation.phases.at(-1);
    if (last?.endedAt === null) last.endedAt = now();
  }
}
