/** The story of one scenario: its requests, its interruptions, and the things that each kind of operation may do. */
import type { OperationKind, RecordedKind } from '../../../src/domain/lifecycle.ts';
import type { OperationRecord } from '../../../src/domain/operation/operation.ts';

/** A request and its answer. */
export interface Asked {
  readonly sluice: string;
  readonly door: 'signal' | 'update';
  readonly kind: OperationKind;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Null: left to Sluice. */
  readonly id: string | null;
  readonly at: number;
  readonly isRepeat: boolean;
  /** `none` yet, `accepted`, `lost`, or the code with which it was rejected. */
  answer: string;
  operation: OperationRecord | null;
}

export interface Interruption {
  readonly sluice: string;
  readonly how: 'terminate' | 'reset';
  readonly at: number;
}

export interface Story {
  readonly job: string;
  readonly asked: Asked[];
  readonly interruptions: readonly Interruption[];
  /** Whether everything that says what runs is compared, at each record and at rest: in the fault matrix. */
  readonly isCompared: boolean;
  /** How often somebody asked to cancel what runs. */
  cancels: number;
  stuck?: string;
  /** Whether a cluster has ever come back without its memory. */
  clustersForgot: boolean;
  /** Whether signs of life have failed to arrive at any time. */
  signsFailed: boolean;
  /** Until then a cluster may not have answered. */
  yarnTroubledUntil: number;
}

/** The things that a kind of operation may do; a new kind gets a line here. */
export const kinds: Record<RecordedKind, { readonly starts: boolean; readonly endsWithoutSavepoint: boolean }> = {
  deploy: { starts: true, endsWithoutSavepoint: false },
  savepoint: { starts: false, endsWithoutSavepoint: false },
  stop: { starts: false, endsWithoutSavepoint: false },
  kill: { starts: false, endsWithoutSavepoint: true },
  resume: { starts: true, endsWithoutSavepoint: false },
  restart: { starts: true, endsWithoutSavepoint: false },
  rollback: { starts: true, endsWithoutSavepoint: false },
  hotfix: { starts: true, endsWithoutSavepoint: false },
  revertHotfix: { starts: true, endsWithoutSavepoint: false },
  adopt: { starts: false, endsWithoutSavepoint: false },
  recover: { starts: false, endsWithoutSavepoint: false },
  retention: { starts: false, endsWithoutSavepoint: false },
  settled: { starts: false, endsWithoutSavepoint: false },
  transfer: { starts: false, endsWithoutSavepoint: false },
  failover: { starts: true, endsWithoutSavepoint: false },
  failback: { starts: true, endsWithoutSavepoint: false },
};

/** Values of `stopWith` that end a job without a savepoint. */
export const withoutSavepoint: ReadonlySet<unknown> = new Set(['none', 'checkpoint']);

export type Tell = (promise: number, what: string) => void;
