/**
 * Failover by Sluice itself: whether a job leaves a cluster that counts as gone, when, and why it is left to people. Only
 * jobs with a lease leave by themselves, because the lease ends what nobody can reach.
 */
import { choicesFrom } from '../../deployment/placed-words.ts';
import type { Deployment } from '../../deployment/deployment.ts';
import { failoverIdOf, isFailoverId, isOwnActId, nextActId } from '../../identity/ids.ts';
import { deadAfterRevoking } from '../../lock/lease.ts';
import { givenUpBy } from '../state/ending.ts';
import type { Judgement, Recoverable } from './judgement.ts';
import type { Recovery } from './recovery.ts';
import { judgeRestart } from './restart.ts';
import { idsOf, inVainSince, lastEvent, waitBefore } from './tries.ts';
import { usualPolicy } from './usual-restart.ts';

/** Judges whether and when Sluice moves the job to another cluster. */
export function judgeFailover(memory: Recoverable): Judgement {
  const { current, desired, proven } = memory;
  // Only `recovery.failover.mode: automatic` gives a lease.
  if (!current || current.lease === null || desired !== 'running' || !proven) return { kind: 'none' };
  const since = sinceGone(memory, current);
  if (since === null) return { kind: 'none' };
  const why = whyLeft(memory, current);
  return why === null ? planned(memory, current, since) : { kind: 'left', why };
}

/** When the job lost its cluster; null: it has not, or somebody ends the instance on purpose. */
function sinceGone(memory: Recoverable, current: Deployment): number | null {
  const { state, decision, ending, recovery } = memory;
  const { epoch, ended } = current;
  // An own failover closed the start and started nothing elsewhere, so it goes on.
  if (ended) {
    const by = givenUpBy({ current, decision });
    return state === 'failed' && ((by !== null && isFailoverId(by)) || foundSilence(memory, current))
      ? Date.parse(ended.at)
      : null;
  }
  if (state !== 'unreachable' || recovery.gone?.epoch !== epoch) return null;
  // A kill or a stop waits for its confirmation. A lost cluster confirms no end, whether an operation began it or the instance failed.
  if (ending?.epoch === epoch && ending.how !== 'replaced' && ending.how !== 'failed') return null;
  return Date.parse(recovery.gone.at);
}

/**
 * Tells whether the cluster gave no answer to a restart. Nothing of the job runs there, so it moves without further evidence; a
 * failover in vain lets the next act be a restart again.
 */
const foundSilence = (memory: Recoverable, current: Deployment): boolean =>
  isSilenceAfter(current.ended, memory.recovery.tries.at(-1)) &&
  judgeRestart(memory).kind === 'planned' &&
  whyLeft(memory, current) === null;

const isSilenceAfter = (ended: Deployment['ended'], last: Recovery['tries'][number] | undefined): boolean =>
  last?.foundSilence === true && ended !== null && Date.parse(last.at) >= Date.parse(ended.at);

/** The reason of a failover, in words. */
export function whyGone({
  recovery,
  current,
  stateReason,
}: Recoverable & { readonly stateReason: string | null }): string {
  const cluster = current?.cluster ?? 'of before';
  if (isSilenceAfter(current?.ended ?? null, recovery.tries.at(-1)))
    return `cluster ${cluster} gave a restart no answer`;
  return `cluster ${cluster} is gone: ${recovery.gone?.detail ?? stateReason ?? 'its instance ended'}`;
}

function whyLeft({ recovery, pendingStop }: Recoverable, current: Deployment): string | null {
  const { number, operationId, verifiedAt, placed, cluster } = current;
  if (recovery.left !== null) return recovery.left;
  if (pendingStop !== null) return `the stop of operation ${pendingStop.operationId} has no known outcome`;
  if (deadAfterRevoking(current) === null) return `deployment ${number} keeps no lease`;
  if (verifiedAt === null && !isOwnActId(operationId)) return `deployment ${number} never proved healthy`;
  if (placed === null || choicesFrom(placed, cluster).length === 0) return 'its deployment file names no other cluster';
  return null;
}

function planned({ job, recovery, knownOperations }: Recoverable, current: Deployment, since: number): Judgement {
  const { epoch, restart } = current;
  const inVain = inVainSince(recovery, since);
  const operationId = nextActId(failoverIdOf, epoch, idsOf(knownOperations));
  const wait = waitBefore(`${job}/${operationId}`, inVain, (restart ?? usualPolicy).backoff);
  return { kind: 'planned', at: lastEvent(recovery, since) + wait, attempt: inVain + 1, operationId };
}
