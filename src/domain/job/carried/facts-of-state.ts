/** Carried state of old releases, which assigned the state of a job: the facts are derived back from the state. */
import { z } from 'zod';
import { Deployment } from '../../deployment/deployment.ts';

const Ending = z.object({ how: z.string(), forGood: z.boolean() });

/** Tells whether a run handed over the facts behind the state; runs of 0.1.0 and earlier did not. */
export const keepsFacts = (carried: unknown): boolean =>
  typeof carried === 'object' && carried !== null && 'desired' in carried;

/**
 * Derives the facts from the state that runs of 0.1.0 and earlier assigned without keeping its facts. The field `sync`,
 * which never varied, is dropped.
 */
export function withFactsOfState(carried: unknown): unknown {
  if (typeof carried !== 'object' || carried === null || keepsFacts(carried)) return carried;
  const { sync: _sync, ...rest } = carried as Record<string, unknown>;
  const { state, ending, current, stateSince } = rest;
  const isMeantToEnd = Ending.safeParse(ending).data;
  const isStopping =
    isMeantToEnd?.forGood === true && (isMeantToEnd.how === 'stopped' || isMeantToEnd.how === 'killed');
  const isOver = state === 'stopped' || state === 'finished' || state === 'failed';
  const deployment = Deployment.safeParse(current).data;
  return {
    ...rest,
    desired: state === 'new' || state === 'stopped' || isStopping ? 'stopped' : 'running',
    contact: state === 'running' ? 'lives' : state === 'unreachable' ? 'silent' : 'none',
    current:
      isOver && deployment?.ended === null
        ? {
            ...deployment,
            ended: { at: stateSince, how: state === 'finished' ? 'finished' : 'failed', savepoint: null },
          }
        : current,
  };
}
