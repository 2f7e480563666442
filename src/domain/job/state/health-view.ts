/** The health that people see: what the watcher tells, and a rescaling that Flink refuses to take back. */
import type { Deployment } from '../../deployment/deployment.ts';
import { isLeftAsIs } from '../../deployment/revision.ts';
import type { healths } from '../../lifecycle.ts';

interface Known {
  readonly health: (typeof healths)[number];
  readonly healthReasons: readonly string[];
  readonly healthSince: string | null;
  readonly observedAt: string;
  readonly current: Pick<Deployment, 'ended' | 'parallelism' | 'rescaling'> | null;
}

export function healthViewOf({ health, healthReasons, healthSince, observedAt, current }: Known) {
  const told = { health, healthReasons, healthSince };
  if (!current || current.ended || health === 'unknown' || !isLeftAsIs(current.rescaling)) return told;
  const { refused, to, operation } = current.rescaling ?? {};
  const why = `Flink refuses to go back from parallelism ${to ?? '?'} to ${current.parallelism} after operation ${operation ?? '?'}, which the next start does: ${refused?.why ?? ''}`;
  return {
    health: 'degraded' as const,
    healthReasons: [...healthReasons, why],
    healthSince: healthSince ?? observedAt,
  };
}
