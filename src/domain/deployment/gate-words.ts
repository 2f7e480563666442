/** Says for people whether an instance has a gate and a lease, and what that means. */
import { formatDuration } from '../input/durations.ts';
import type { Deployment } from './deployment.ts';

/** Null for an instance that has ended. */
export function gateInWords({ gated, lease, ended }: Pick<Deployment, 'gated' | 'lease' | 'ended'>): string | null {
  if (ended !== null) return null;
  if (!gated)
    return 'none, because it was adopted or started without one: only YARN can keep its processes from running; its next start gets one';
  const kept = lease ?? null; // an API of an earlier release tells of none
  return kept === null
    ? 'its processes read it when they start, and keep no lease'
    : `its processes read it while they run: they end when it is revoked, or when S3 does not answer for ${formatDuration(kept)} (the lease)`;
}

/** Warns of a file that asks for automatic failover where its instances would keep no lease; null where nothing is wrong. */
export const withoutLease = (
  { recovery }: { readonly recovery: { readonly failover: { readonly mode: 'manual' | 'automatic' } } },
  lease: number | null,
): string | null =>
  recovery.failover.mode === 'manual' || lease !== null
    ? null
    : 'recovery.failover.mode is automatic, but this installation gives jobs no lease, so Sluice cannot know when an instance that it cannot reach is dead: name the JARs in `agent` of the configuration';
