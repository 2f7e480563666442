/** Restart: whether Sluice starts a failed instance again by itself, when, and why it leaves the job to people. */
import type { Deployment, RestartPolicy } from '../../deployment/deployment.ts';
import { isOwnActId, nextActId, restartIdOf } from '../../identity/ids.ts';
import { formatDuration } from '../../input/durations.ts';
import { endKnownBy } from '../state/ending.ts';
import type { Judgement, Recoverable } from './judgement.ts';
import { isLeftByDrill } from './drill.ts';
import { attemptsBy, idsOf, inVainSince, lastEvent, waitBefore } from './tries.ts';
import { usualPolicy } from './usual-restart.ts';

/** Judges whether and when Sluice restarts the job. */
export function judgeRestart(memory: Recoverable): Judgement {
  const { current, desired, proven, pendingStop } = memory;
  const policy = current?.restart ?? (isLeftByDrill(memory) ? usualPolicy : null);
  if (policy === null || !current || desired !== 'running' || !proven || pendingStop !== null) return { kind: 'none' };
  const since = current.ended ? sinceFailed(memory, current.ended) : sinceTooLongDegraded(memory, policy);
  if (since === null) return { kind: 'none' };
  const why = whyLeft(memory, current, since, policy);
  return why === null ? planned(memory, current, since, policy) : { kind: 'left', why };
}

const sinceFailed = (memory: Recoverable, { how, at }: NonNullable<Deployment['ended']>): number | null =>
  how === 'failed' || isTakenDown(memory) ? Date.parse(at) : null;

/** Tells whether Sluice itself has taken the instance down, in a drill or to restart it, and started nothing in its place. */
function isTakenDown(memory: Recoverable): boolean {
  const { current, recovery } = memory;
  return isLeftByDrill(memory) || (current?.ended?.how === 'replaced' && current.epoch === recovery.took);
}

/** When Sluice takes over from Flink, which restarts the tasks of a job that is degraded; null: it leaves that to Flink. */
function sinceTooLongDegraded(
  { state, health, healthSince }: Recoverable,
  { whenDegradedFor }: RestartPolicy,
): number | null {
  if (whenDegradedFor === null || state !== 'running' || health !== 'degraded' || healthSince === null) return null;
  return Date.parse(healthSince) + whenDegradedFor;
}

function whyLeft(
  memory: Recoverable,
  current: Deployment,
  since: number,
  { maxAttempts, window }: RestartPolicy,
): string | null {
  const { recovery, decision } = memory;
  const { ended, number, operationId, verifiedAt, adopted } = current;
  // The lease of what a drill left is waited for by the start itself.
  if (ended && endKnownBy({ current, decision })?.kind !== 'confirmed' && !isLeftByDrill(memory))
    return 'its end stands on the decision of a person';
  if (recovery.left !== null) return recovery.left;
  if (ended?.by === 'hand') return 'somebody ended it by other means than Sluice';
  if (adopted !== null) return 'it was adopted, and Sluice has never started it yet';
  if (verifiedAt === null && !isOwnActId(operationId)) return `deployment ${number} never proved healthy`;
  if (attemptsBy(recovery, lastEvent(recovery, since) - window) < maxAttempts) return null;
  return `it was restarted ${maxAttempts} times within ${formatDuration(window)}`;
}

function planned(
  { job, recovery, knownOperations }: Recoverable,
  { epoch }: Deployment,
  since: number,
  { window, backoff }: RestartPolicy,
): Judgement {
  const last = lastEvent(recovery, since);
  const attempts = attemptsBy(recovery, last - window);
  // An act of a person begins a new count of attempts, and none of ids.
  const operationId = nextActId(restartIdOf, epoch, idsOf(knownOperations));
  const at = last + waitBefore(`${job}/${operationId}`, attempts + inVainSince(recovery, since), backoff);
  return { kind: 'planned', at, attempt: attempts + 1, operationId };
}
