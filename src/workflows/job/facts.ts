/** What the watcher of the cluster told: kept while an operation runs, since that one looks for itself. */
import { setHandler } from '@temporalio/workflow';
import { betterOf, classify, type Cause } from '../../domain/errors/cause.ts';
import type { Deployment, Ending } from '../../domain/deployment/deployment.ts';
import { Fact } from '../../domain/watch/facts.ts';
import { endInstance } from '../operations/take-down.ts';
import { codeAndDetail } from '../failures.ts';
import { reject } from '../../domain/job/refusal.ts';
import { noteLength, noteRejection, type Desk } from '../desk/desk.ts';
import { endInProgress, endNotConfirmed, explained, fellSilent, foundAlive } from '../../domain/job/transitions.ts';
import { now } from '../desk/now.ts';
import { observedSignal } from '../messages.ts';

export function handleFacts(desk: Desk): void {
  setHandler(observedSignal, (payload) => {
    noteLength(desk);
    const fact = Fact.safeParse(payload);
    if (!fact.success)
      noteRejection(desk.memory, 'observed', payload, reject('InvalidRequest', 'observed: not a fact'));
    // What is told late of an older instance must not take the place of what is waiting about this one.
    else if (fact.data.epoch >= (desk.fact?.epoch ?? 0)) desk.fact = fact.data;
  });
}

/** Acts on the newest fact: it is believed where it is about the instance that this job calls its own. */
export async function heedFact(desk: Desk): Promise<void> {
  const { memory, fact } = desk;
  desk.fact = null;
  const { current } = memory;
  if (!fact || !current || current.ended) return;
  if (fact.epoch !== current.epoch || fact.applicationId !== current.applicationId) return;
  // A launcher's end is no instance's.
  if (fact.applicationId === current.runner) return;
  const { seen } = fact;
  // Of what could not be ended only its end is news: late edges of its life would call it running.
  if (memory.state === 'unreachable' && endInProgress(memory) && seen.kind !== 'ended') return;
  switch (seen.kind) {
    case 'healthy':
      foundAlive(memory, now());
      return;
    case 'degraded':
      foundAlive(memory, now(), { health: 'degraded', healthReasons: seen.reasons, cause: seen.cause });
      return;
    case 'silent':
      fellSilent(memory, now(), {
        reason: seen.detail,
        healthReasons: [seen.detail],
        cause: classify({ code: 'ClusterUnreachable', detail: seen.detail }),
      });
      return;
    case 'ended':
      // Perhaps by a stop whose outcome is awaited: that wait finds its savepoint.
      if (memory.pendingStop?.epoch === current.epoch) return;
      await settleEnd(desk, current, seen);
  }
}

/**
 * Ends what has come to its end: the application outlives its Flink job, so that the end can be read. What was being ended on
 * purpose ended as that was meant, however late its end is seen.
 */
export async function settleEnd(
  { memory }: Desk,
  current: Deployment,
  {
    how,
    detail,
    cause = null,
  }: {
    readonly how: Exclude<Ending, 'stopped' | 'replaced'>;
    readonly detail: string;
    readonly cause?: Cause | null;
  },
): Promise<void> {
  const meant = endInProgress(memory)?.how ?? null;
  try {
    const { why } = await endInstance(memory, current, { how: meant ?? how, evidenceOf: current.operationId });
    explained(memory, now(), { reason: detail, cause: memory.state === 'failed' ? betterOf(cause, why) : null });
  } catch (error) {
    const failure = codeAndDetail(error);
    if (failure === null) throw error;
    endNotConfirmed(memory, now(), {
      reason: `${detail}; ${failure.detail}`,
      cause: failure.why ?? classify({ code: failure.code, detail: failure.detail }),
    });
  }
}
