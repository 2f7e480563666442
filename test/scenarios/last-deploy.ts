/** The last requests of a scenario, when the world has healed as far as it can. */
import type { OperationKind } from '../../src/domain/lifecycle.ts';
import type { Stage } from './stage.ts';

interface LastDeploy {
  /** A healthy release on a cluster that is there. */
  readonly release: string;
  /** Whether an instance may live on where nobody reaches it. */
  readonly isGone: boolean;
  readonly requests: readonly { readonly kind: OperationKind; readonly payload: Readonly<Record<string, unknown>> }[];
}

/**
 * Every deploy keeps a hotfix that cannot start, until somebody reverts it. A job that another project has taken over is
 * handed back before. A job whose node is lost is killed by force,
 * and one whose cluster is gone is given up; the first kill may only find that another Sluice has acted.
 */
export function lastDeploy({ world }: Stage): LastDeploy {
  const isGone = world.clusters.get('yarn-a')?.goneForGood === true;
  const release = isGone ? 'clicks/1.2.0-b' : 'clicks/1.1.0';
  const deploy = { kind: 'deploy', payload: { release } } as const;
  const decision = isGone ? { giveUp: true, reason: 'its cluster is gone' } : {};
  const kill = { kind: 'kill', payload: { force: true, ...decision } } as const;
  const revert = { kind: 'revertHotfix', payload: {} } as const;
  const handBack = { kind: 'transfer', payload: { project: 'clicks' } } as const;
  const requests = [deploy, handBack, deploy, revert, kill, handBack, deploy, kill, deploy, deploy];
  return { release, isGone, requests };
}

/** Tells whether only a person can decide what became of an instance: its node or cluster never comes back. */
export const isLeftToPeople = ({ world }: Stage): boolean =>
  [...world.clusters.values()].some(
    ({ goneForGood, nodes }) => goneForGood || nodes.some(({ state }) => state === 'LOST'),
  );
