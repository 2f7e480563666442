/** The restart by which Sluice takes a degraded instance over from Flink. */
import type { Request } from '../../operation/operation.ts';

type Restart = Extract<Request, { readonly kind: 'restart' }>;

/** A job that crashes again and again can take no savepoint. */
export const TAKE_OVER = { stopWith: 'none', from: 'latest-checkpoint', discardNewerState: true } as const;

/**
 * The restart of an instance that has ended before it could be taken over. The newest state is taken then: the newest checkpoint of
 * the lineage may be far older, because Flink deletes those of an instance that a stop has ended.
 */
export function withoutTakeOver(request: Restart): Restart {
  const { stopWith: _stopWith, from: _from, discardNewerState: _discard, ...rest } = request;
  return rest;
}
