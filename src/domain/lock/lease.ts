/**
 * The lease of an instance: its JVMs ask for their gate again and again (java/sluice-agent), and end when the gate is revoked, or
 * when nobody has said for as long as the lease lasts that it is open. So an instance whose gate is revoked is dead once its lease is
 * over, although nobody can reach it. A gate alone says nothing about a JVM that has passed it.
 */
import { timeLimits } from '../time-limits.ts';
import { gateOf, neverOpened, type Gates } from './gate.ts';

/**
 * The time, in epoch milliseconds, from which nothing runs any more of an instance whose gate was revoked.
 *
 * An answer that says `open` counts from its question on, and was given before the gate was revoked, so the JVMs are over by
 * `revokedAt + lease` on their own clocks, which only measure how long that is. The margin covers the rest: the time is written
 * down before the PUT that revokes, which may arrive late; the worker that wrote it and the worker that judges read different
 * clocks; and a JVM needs a moment to end.
 */
export const leaseOverAt = (revokedAt: string, lease: number): number =>
  Date.parse(revokedAt) + lease + timeLimits.leaseMargin;

/** Facts of a deployment that tell how its instance can be known to be dead. */
interface Leased {
  readonly startKey: string;
  readonly gated: boolean;
  readonly lease: number | null;
}

/**
 * Milliseconds until nothing runs any more of an instance whose gate is revoked; 0 when it is dead. Null: nobody can say, because its gate
 * is not revoked, or its JVMs keep no lease and only YARN can tell.
 *
 * The answer leaves one thing out: a JVM that was frozen meanwhile writes what it has in its hands when it wakes, for some hundredths
 * of a second until it ends. Only a sink that fences keeps that out.
 */
export function untilDead(gates: Gates, { startKey, gated, lease }: Leased, now: number): number | null {
  const own = gateOf(gates, startKey);
  if (own?.gate !== 'revoked' || !gated) return null;
  if (neverOpened(gates, startKey)) return 0;
  return lease === null ? null : Math.max(0, leaseOverAt(own.at, lease) - now);
}
