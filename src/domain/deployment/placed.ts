/** Decides on which cluster a start runs: where the deployment file says, unless a person has moved the job. */
import { z } from 'zod';
import { choicesFrom } from './placed-words.ts';

/** The move that keeps a job away from its own cluster. */
export const Moved = z.strictObject({
  from: z.string().describe('The cluster that the job left'),
  by: z.string().describe('The operation that moved it'),
  at: z.string(),
});
export type Moved = z.infer<typeof Moved>;

/** The clusters that the deployment file names, and the move away from the first of them. */
export const Placed = z.strictObject({
  cluster: z.string().describe("The job's own cluster, as its deployment file says"),
  backups: z.array(z.string()).describe('Clusters for a failover, in this order'),
  moved: Moved.nullable().describe('Null: the job runs where its file says'),
});
export type Placed = z.infer<typeof Placed>;

/** A person's wish to have the job elsewhere. */
export type Move = { readonly by: string; readonly at: string } & (
  { readonly kind: 'failover'; readonly to: string | null; readonly isDrill?: boolean } | { readonly kind: 'failback' }
);

interface Asked {
  readonly job: string;
  /** As the deployment file of the start says. */
  readonly placement: Pick<Placed, 'cluster' | 'backups'>;
  /** The deployment that runs or ran last; null for a first start. */
  readonly last: { readonly cluster: string; readonly placed: Placed | null } | null;
  /** Null for an operation that moves nothing. */
  readonly move: Move | null;
  /** Clusters that a move without a target passes by, because they take no starts. */
  readonly passedBy?: ReadonlySet<string>;
}

export type Place =
  | { readonly kind: 'placed'; readonly cluster: string; readonly placed: Placed; readonly warnings: readonly string[] }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Decides the cluster of a start. The job stays where a person moved it until somebody moves it back, or its file no longer
 * names that cluster.
 */
export function placeOf({ job, placement, last, move, passedBy = new Set() }: Asked): Place {
  const { cluster: own, backups } = placement;
  const at = (cluster: string, moved: Moved | null = null, warnings: readonly string[] = []): Place => ({
    kind: 'placed',
    cluster,
    placed: { cluster: own, backups, moved: cluster === own ? null : moved },
    warnings,
  });
  if (move !== null && last !== null) {
    const target = targetOf({ job, placement, from: last.cluster, move, passedBy });
    if ('reason' in target) return { kind: 'refused', reason: target.reason };
    return at(target.cluster, { from: last.cluster, by: move.by, at: move.at });
  }
  const moved = last?.placed?.moved ?? null;
  if (last === null || moved === null || last.cluster === own) return at(own);
  if (backups.includes(last.cluster)) return at(last.cluster, moved);
  const left = `the deployment file no longer names cluster ${last.cluster}, to which operation ${moved.by} moved ${job}: it starts on ${own}`;
  return at(own, null, [left]);
}

interface Target {
  readonly job: string;
  readonly placement: Asked['placement'];
  readonly from: string;
  readonly move: Move;
  readonly passedBy: ReadonlySet<string>;
}

/**
 * Chooses the target of a move among the clusters that the file names, in their order. Where all of them are passed by, the
 * checks of the start refuse the first with the reason.
 */
function targetOf({
  job,
  placement,
  from,
  move,
  passedBy,
}: Target): { readonly cluster: string } | { readonly reason: string } {
  const { cluster: own } = placement;
  if (move.kind === 'failback')
    return from === own ? { reason: `${job} is on ${own} already, its own cluster` } : { cluster: own };
  const choices = choicesFrom(placement, from);
  const [first] = choices;
  if (first === undefined)
    return { reason: `${job} has no cluster to move to from ${from}: its deployment file names no other one` };
  const asked = move.to ?? choices.find((name) => !passedBy.has(name)) ?? first;
  if (choices.includes(asked)) return { cluster: asked };
  const why =
    asked === from ? `${job} is on ${asked} already` : `the deployment file of ${job} does not name cluster ${asked}`;
  return { reason: `${why}; it can move to ${choices.join(', ')}` };
}
