/** The order of the jobs of a campaign: canaries, then by priority, then by name. */
import { priorityOf } from '../deployment/priority.ts';

interface Ordered {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

const inOrder = (one: Ordered, other: Ordered): number => {
  const [first, second] = [priorityOf(one.labels), priorityOf(other.labels)];
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
