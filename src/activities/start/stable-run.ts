/** Measures how long a new instance has run without a restart. */
import type { FlinkJob, JobException } from '../../clients/flink/replies.ts';
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { formatDuration } from '../../domain/input/durations.ts';

/** A deployment; the time is absent in what a worker of an earlier release scheduled. */
type Timed = Pick<Deployment, 'runningAt'> & { readonly verify: { readonly stableFor?: number } };

/**
 * The run counts from the moment at which every task ran, by Sluice's clock, and from the last restart, by Flink's clock: the
 * clocks of two machines are never compared.
 * @returns what is missing to `verify.stableFor`, for people; null when the run is long enough.
 */
export function missingRun(
  { runningAt, verify: { stableFor = 0 } }: Timed,
  { enteredAt, now }: Pick<FlinkJob, 'enteredAt' | 'now'>,
  exceptions: readonly Pick<JobException, 'at'>[],
): string | null {
  if (stableFor === 0) return null;
  const flinksNow = now ?? Date.now();
  const lastRestart = Math.max(enteredAt.RUNNING ?? flinksNow, ...exceptions.map(({ at }) => at));
  const byUs = runningAt === null ? Infinity : Date.now() - Date.parse(runningAt);
  const ran = Math.min(byUs, flinksNow - lastRestart);
  if (ran >= stableFor) return null;
  return `without a restart for ${Math.max(0, Math.floor(ran / 1000))} s of ${formatDuration(stableFor)}`;
}
