/** Cordons as starts meet them: a start on a cordoned cluster is refused, and a failover passes by such clusters. */
import { refuseCordoned } from '../../domain/cluster/cordon.ts';
import type { Move } from '../../domain/deployment/placed.ts';
import { isCode } from '../../domain/errors/errors.ts';
import { readCluster } from '../../records/clusters/cordons.ts';
import type { Dependencies } from '../dependencies/dependencies.ts';

/**
 * @param isLeft whether the operation has left the old instance already.
 * @returns warnings.
 * @throws SluiceError `ClusterCordoned`.
 */
export const checkCordon = async ({ s3 }: Dependencies, cluster: string, isLeft: boolean): Promise<readonly string[]> =>
  refuseCordoned(await readCluster(s3, cluster), isLeft);

/** The clusters that a move passes by: it chooses among the others only where a person names no target. */
export async function clustersToPassBy(
  { s3, clusters }: Pick<Dependencies, 's3' | 'clusters'>,
  move: Move | null,
): Promise<ReadonlySet<string>> {
  if (move?.kind !== 'failover' || move.to !== null) return new Set();
  const names = [...clusters.keys()];
  const areCordoned = await Promise.all(names.map((name) => isCordoned(s3, name)));
  return new Set(names.filter((_name, index) => areCordoned[index]));
}

/** A record that nobody can read makes its cluster no target, and holds up no move to another one. */
const isCordoned = async (s3: Dependencies['s3'], name: string): Promise<boolean> =>
  readCluster(s3, name).then(
    ({ cordoned }) => cordoned !== null,
    (error: unknown) => {
      if (isCode(error, 'RecordInvalid')) return true;
      throw error;
    },
  );
