/** The turns of the clusters on a simulated Temporal: one a minute, so that a job that fails twice waits. */
import { turnsIdOf } from '../../src/domain/identity/workflow-ids.ts';
import { CLUSTER_TURNS_WORKFLOW } from '../../src/workflows/messages.ts';
import type { SimulatedTemporal } from './simulation/server.ts';
import type { World } from '../world/world.ts';

const limits = { maxParallel: 1, perMinute: 1 };

interface Clusters {
  readonly sluices: ReadonlyMap<string, SimulatedTemporal>;
  readonly world: Pick<World, 'clusters'>;
}

const each = ({ sluices, world }: Clusters, act: (temporal: SimulatedTemporal, cluster: string) => void): void => {
  for (const temporal of sluices.values()) for (const cluster of world.clusters.keys()) act(temporal, cluster);
};

/** Gives turns on every cluster, by every Sluice. */
export const giveTurns = (stage: Clusters): void =>
  each(stage, (temporal, cluster) =>
    temporal.startIfAbsent(turnsIdOf(cluster), CLUSTER_TURNS_WORKFLOW, { cluster, limits }),
  );

/** Somebody terminates the workflows that give turns: who waits has no answer any more. */
export const loseTurns = (stage: Clusters): void =>
  each(stage, (temporal, cluster) => {
    if (temporal.runs(turnsIdOf(cluster)).at(-1)?.isOpen === true) temporal.terminate(turnsIdOf(cluster));
  });

/** A worker starts them again where they were. */
export const giveTurnsAgain = (stage: Clusters): void =>
  each(stage, (temporal, cluster) => {
    if (temporal.runs(turnsIdOf(cluster)).length > 0)
      temporal.startIfAbsent(turnsIdOf(cluster), CLUSTER_TURNS_WORKFLOW, { cluster, limits });
  });
