/**
 * The lease of an instance: its JVMs ask for their gate again and again (java/sluice-agent), and end when the gate is revoked, or
 * when nobody has said for as long as the lease lasts that it is open. So an instance whose gate is revoked is dead once its lease is
 * over, although nobody can reach it. A gate alone says nothing about a JVM that has passed it.
 */
import { timeLimits } from '../time-limits.ts';

/** The part of a deployment that tells how its JVMs heed the gate while they run. */
interface Leased {
  readonly gated: boolean;
  /** Milliseconds; null: its JVMs do not read the gate again while they run. */
  readonly lease: number | null;
}

/**
 * Milliseconds after the revocation of its gate until nothing runs any more of an instance, wherever it is; null: nobody can say.
 *
 * An answer that says `open` counts from its question on, and was given before the gate was revoked, so the JVMs are over after
 * the lease on their own clocks, which only measure how long that is. The margin covers the rest: the PUT that revokes may arrive
 * late, the worker that revoked and the worker that judges read different clocks, and a JVM needs a moment to end.
 *
 * The answer leaves one thing out: a JVM that was frozen meanwhile writes what it has in its hands when it wakes, for some hundredths
 * of a second until it ends. Only a sink that fences keeps that out.
 */
export const deadAfterRevoking = ({ gated, lease }: Leased): number | null =>
  gated && lease !== null ? lease + timeLimits.leaseMargin : null;
