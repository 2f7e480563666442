/** The recovery of a job for people. */
import { z } from 'zod';
import { formatDuration } from '../../input/durations.ts';
import { Drill } from './drill.ts';
import { judgeFailover } from './failover.ts';
import type { Judgement, Recoverable } from './judgement.ts';
import { judgeRestart } from './restart.ts';
import { attemptsBy, lastEvent } from './tries.ts';

/** The acts of Sluice by itself. */
const ownActs = ['restart', 'failover'] as const;
export type OwnAct = (typeof ownActs)[number];

/** Judges both acts: a job whose cluster counts as gone is moved, and a failed one is restarted. */
export function judgeRecovery(memory: Recoverable): Judgement & { readonly act: OwnAct } {
  const failover = judgeFailover(memory);
  return failover.kind === 'none' ? { ...judgeRestart(memory), act: 'restart' } : { ...failover, act: 'failover' };
}

/** Null where the deployment file wants neither restarts nor failovers by Sluice. */
export const RecoveryView = z.object({
  attempts: z.int().describe('Restarts within the window of `recovery.restart` that count'),
  budget: z.int().describe('The most of them; then people must look. 0 where the file wants no restarts'),
  window: z.int().describe('Milliseconds'),
  nextAt: z.string().nullable().describe('When Sluice acts by itself; null while nothing is due'),
  act: z.enum(ownActs).nullable().describe('What it does then: start the job again, or move it to another cluster'),
  turn: z
    .object({
      cluster: z.string(),
      since: z.string().describe('When the job asked for it'),
      before: z.int().nullable().describe('How many jobs came before it when the cluster answered last'),
    })
    .nullable()
    .optional()
    .describe('The turn for which the act waits, because the cluster brings up only so many jobs at one time'),
  left: z.string().nullable().describe('Why the job is left to people; null where it is not'),
  gone: z.string().nullable().describe('Why the cluster of the job counts as gone; null while it does not'),
  lastDrill: Drill.nullable().describe(
    'The newest drill: `downMs` without an instance at most, `repeatedMs` of work done again at least',
  ),
});
export type RecoveryView = z.infer<typeof RecoveryView>;

/** @param isHeld whether an operation holds the job: then no act is planned beside it. */
export function recoveryViewOf(
  memory: Recoverable & { readonly observedAt: string },
  isHeld = false,
): RecoveryView | null {
  const { current, recovery, observedAt } = memory;
  if (!current || (current.restart === null && current.lease === null)) return null;
  const { maxAttempts: budget, window } = current.restart ?? { maxAttempts: 0, window: 0 };
  const judged = judgeRecovery(memory);
  const isPlanned = judged.kind === 'planned' && !isHeld;
  const from = lastEvent(recovery, Date.parse(current.ended?.at ?? observedAt));
  const { gone } = recovery;
  return {
    attempts: attemptsBy(recovery, from - window),
    budget,
    window,
    nextAt: isPlanned ? new Date(judged.at).toISOString() : null,
    act: isPlanned ? judged.act : null,
    turn: turnOf(memory, isHeld ? recovery.trying?.operationId : isPlanned ? judged.operationId : undefined),
    left: judged.kind === 'left' ? judged.why : null,
    gone: gone?.epoch === current.epoch && !current.ended ? gone.detail : null,
    lastDrill: recovery.drill,
  };
}

/** The turn that the job waits for. @param act the act of Sluice that runs or is planned; a turn of an earlier one is given back. */
function turnOf({ recovery: { turn } }: Recoverable, act: string | undefined): RecoveryView['turn'] {
  if (turn === null || turn.isGranted || act !== turn.operationId) return null;
  const { cluster, since, before } = turn;
  return { cluster, since, before };
}

/** The wait for a turn in words. */
export const waitInWords = (
  { cluster, since, before }: NonNullable<RecoveryView['turn']>,
  time = (at: string): string => at,
): string => `waits for its turn on ${cluster} since ${time(since)}${before === null ? '' : `, ${before} before it`}`;

/** The meaning of `failed` while Sluice is about to start the job. */
export const STARTED_SOON = 'Nothing runs at the moment, and Sluice starts the job again by itself.';

/** A planned act in words. */
export function plannedInWords({ nextAt, act, turn, attempts, budget, window }: RecoveryView): string | null {
  if (nextAt === null) return null;
  if (turn != null)
    return `Sluice starts the job again when its turn comes: the job ${waitInWords(turn)}. Any operation of a person comes first.`;
  return act === 'failover'
    ? `Sluice moves the job to another cluster at ${nextAt}. Any operation of a person comes first.`
    : `Sluice starts the job again at ${nextAt}, as attempt ${attempts + 1} of ${budget} within ${formatDuration(window)}. Any operation of a person comes first; kill keeps the job down.`;
}
