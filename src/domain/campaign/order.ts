/** The order of the jobs of a campaign: canaries, then by the label `priority`, then by name. */

/** The label by which a deployment file says when its job has its turn: the least number first. */
const PRIORITY_LABEL = 'priority';

interface Ordered {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Jobs without a number come after all that have one. */
function priorityOf({ labels }: Ordered): number {
  const text = labels[PRIORITY_LABEL] ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : Infinity;
}

const inOrder = (one: Ordered, other: Ordered): number => {
  const [first, second] = [priorityOf(one), priorityOf(other)];
  return first === second ? (one.name < other.name ? -1 : 1) : first < second ? -1 : 1;
};

export interface Order<T> {
  readonly jobs: readonly T[];
  /** So many of them are canaries. */
  readonly canaries: number;
  /** Canaries that a person has named and that are none of the jobs. */
  readonly unknown: readonly string[];
}

/** @param canaries how many, or which ones in which order. */
export function ordered<T extends Ordered>(jobs: readonly T[], canaries: number | readonly string[]): Order<T> {
  const sorted = [...jobs].sort(inOrder);
  if (typeof canaries === 'number') return { jobs: sorted, canaries: Math.min(canaries, sorted.length), unknown: [] };
  const named = [...new Set(canaries)];
  const byName = new Map(sorted.map((job) => [job.name, job]));
  const first = named.flatMap((name) => byName.get(name) ?? []);
  const others = sorted.filter(({ name }) => !named.includes(name));
  return { jobs: [...first, ...others], canaries: first.length, unknown: named.filter((name) => !byName.has(name)) };
}
