/** The intention to end an instance, and the knowledge of its end: confirmed, or decided by a person. */
import { z } from 'zod';
import { openEnum } from '../../compatibility/open-enum.ts';
import { endings, type Deployment } from '../../deployment/deployment.ts';
import { OperationId } from '../../identity/ids.ts';
import type { OperationRecord } from '../../operation/operation.ts';
import type { SettledState } from './state.ts';

/** The intention to end an instance. Every path that ends the instance reads it, until the end is confirmed. */
export const EndInProgress = z.strictObject({
  epoch: z.number().int(),
  how: openEnum(endings, 'failed'),
  /**
   * Whether the instance must end even if its cluster could not be reached for a while. An instance that was only to be
   * replaced may live on.
   */
  forGood: z.boolean(),
  /** A person has decided that nodes which YARN calls lost are gone, with all that ran there. */
  believeLost: z.boolean().default(false),
  /** The operation by which a person decided that; null when nobody has. */
  by: OperationId.nullable().default(null),
});
export type EndInProgress = z.infer<typeof EndInProgress>;

/** The decisions that can stand in for a confirmed end: lost nodes are gone, or the instance is given up. */
const decisions = ['decided', 'givenUp'] as const;

export const Decision = z.strictObject({
  epoch: z.number().int(),
  operationId: OperationId,
  at: z.string(),
  kind: openEnum(decisions, 'decided').default('decided'),
});
export type Decision = z.infer<typeof Decision>;

/**
 * Sluice confirmed the end, or a person decided: by `kill --force` that lost nodes are gone, or that the instance is given
 * up.
 */
export const EndKnownBy = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('confirmed') }),
  z.object({ kind: z.enum(decisions), operation: z.string(), at: z.string() }),
]);
export type EndKnownBy = z.infer<typeof EndKnownBy>;

/** Tells what says that the current deployment has ended; null while it may run. */
export function endKnownBy({
  current,
  decision,
}: {
  readonly current: Pick<Deployment, 'epoch' | 'ended'> | null;
  readonly decision: Decision | null;
}): EndKnownBy | null {
  if (!current?.ended) return null;
  if (decision?.epoch !== current.epoch) return { kind: 'confirmed' };
  return { kind: decision.kind, operation: decision.operationId, at: decision.at };
}

/** Names the operation that gave the current instance up; null where its end is confirmed, decided otherwise, or not known. */
export function givenUpBy(job: Parameters<typeof endKnownBy>[0]): string | null {
  const known = endKnownBy(job);
  return known?.kind === 'givenUp' ? known.operation : null;
}

/**
 * The ways in which a job leaves its instance for another cluster. `replace`: as any replacement does, with a savepoint where
 * something runs. `awaitStop`: Flink is stopping the instance. `end`: the instance is coming up, and the operation that brought
 * it up made room. `leave`: nobody can ask its cluster.
 */
export type WayToLeave = 'replace' | 'awaitStop' | 'end' | 'leave';

interface Leaving {
  readonly state: SettledState;
  readonly current: Pick<
    Deployment,
    'epoch' | 'ended' | 'operationId' | 'verifiedAt' | 'applicationId' | 'runner'
  > | null;
  readonly pendingStop: { readonly epoch: number } | null;
}

/** @param before the operation that ended last. */
export function wayToLeave(
  { state, current, pendingStop }: Leaving,
  before: Pick<OperationRecord, 'id' | 'outcome'> | null,
): WayToLeave {
  if (!current || current.ended) return 'replace';
  const isItsStart = before?.outcome === 'superseded' && before.id === current.operationId;
  const isComingUp = isItsStart && current.verifiedAt === null;
  // A launcher that has submitted nothing yet can be stopped; that its application is unknown is no silence.
  if (isComingUp && current.applicationId === current.runner) return 'end';
  if (state === 'unreachable') return 'leave';
  if (pendingStop?.epoch === current.epoch) return 'awaitStop';
  return isComingUp ? 'end' : 'replace';
}
