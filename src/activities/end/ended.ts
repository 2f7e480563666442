/** The request to end an instance, and the answer: how it ended, and how far it had come. */
import type { Deployment, EndedBy, Ending as HowEnded } from '../../domain/deployment/deployment.ts';
import type { Cause } from '../../domain/errors/cause.ts';
import type { Mark } from '../../domain/restore-points/progress.ts';
import type { RestorePoint } from '../../domain/restore-points/restore-point.ts';

export interface EndInput {
  readonly deployment: Deployment;
  readonly how: HowEnded;
  /** The savepoint that stopping took; written into the deployment's record before anything is ended. */
  readonly savepoint: RestorePoint | null;
  /** Flink said that every task has ended, so that processes which linger hold no job any more. */
  readonly tasksEnded: boolean;
  /** Operation that keeps its exceptions and logs as evidence before the kill; null: it ended in peace. */
  readonly evidenceOf: string | null;
  /** A person has decided that nodes which YARN calls lost are gone. */
  readonly believeLost: boolean;
  readonly deadlineMs: number;
  /** The wait for its tasks saw its end a moment after it had not begun: it completed nothing. */
  readonly neverRan?: boolean;
  /** The one who ended the instance before; absent where Sluice ends it. */
  readonly by?: EndedBy;
}

export interface Ended {
  readonly ended: NonNullable<Deployment['ended']>;
  /** Older workflow code reads it; the traces have the nodes. */
  readonly nodes: readonly string[];
  /** Nodes that count as gone only because a person has decided so; absent in answers of older releases. */
  readonly believedLost?: readonly string[];
  readonly warnings: readonly string[];
  /** How far the job had come; absent in answers of older releases. */
  readonly progress?: Mark;
  /** The newest checkpoint that the application left; only where it did not end in peace. */
  readonly left?: RestorePoint | null;
  /** The cause of the end, when the evidence shows it. */
  readonly cause?: Cause | null;
  /** The application that Flink's client had submitted, if that was found only now; absent in answers of older releases. */
  readonly applicationId?: string;
}

/**
 * Leaves an end that is known already as it is, and notes that a person asked for the end of the job after it: other Sluices, and
 * runs without memory, learn that from the record alone. @returns null where the instance is to be ended now.
 */
export const askedAfter = ({ deployment: { ended }, how }: EndInput): Ended['ended'] | null =>
  ended && (how === 'killed' || how === 'stopped') && ended.how !== how ? { ...ended, staysDown: true } : ended;
