/** The orders of a list of jobs. The API sorts and pages by them, and the console puts what a stream tells at its place. */

interface Sorted {
  readonly name: string;
  readonly state: string;
  readonly health: string;
  readonly environment: string | null;
  readonly cluster: string | null;
  readonly owner: string | null;
  readonly release: string | null;
  readonly stateSince: string | null;
}

export const sortKeys = ['name', 'state', 'health', 'environment', 'cluster', 'owner', 'release', 'since'] as const;
type SortKey = (typeof sortKeys)[number];

const valuesOf: Readonly<Record<SortKey, (job: Sorted) => string | null>> = {
  name: () => null,
  state: ({ state }) => state,
  health: ({ health }) => health,
  environment: ({ environment }) => environment,
  cluster: ({ cluster }) => cluster,
  owner: ({ owner }) => owner,
  release: ({ release }) => release,
  since: ({ stateSince }) => stateSince,
};

/** The place of a job in an order. A cursor is made of the place of the last job of its page. */
export interface Place {
  readonly value: string;
  readonly name: string;
}

interface Order {
  readonly placeOf: (job: Sorted) => Place;
  /** Negative when the first place comes before the second. */
  readonly compare: (one: Place, other: Place) => number;
}

/**
 * Reads an order: a column, with `-` before it for descending, and jobs of one value by name. A missing value comes first, as
 * an empty text. A column that is unknown orders by name.
 */
export function orderOf(sort: string): Order {
  const isDown = sort.startsWith('-');
  const key = sortKeys.find((one) => one === sort.replace(/^-/, '')) ?? 'name';
  const valueOf = valuesOf[key];
  const sign = isDown ? -1 : 1;
  return {
    placeOf: (job) => ({ value: valueOf(job) ?? '', name: job.name }),
    compare: (one, other) =>
      one.value === other.value ? sign * compared(one.name, other.name) : sign * compared(one.value, other.value),
  };
}

const compared = (one: string, other: string): number => (one === other ? 0 : one < other ? -1 : 1);
