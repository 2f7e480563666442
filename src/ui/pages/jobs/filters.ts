/** The filters of the list: their names in the address, and what each asks the API for. Pure. */
import type { Query } from '../../api/reads.ts';

/** Filters that have a menu with counts: the name in the address, and that of the API. */
export const facets = [
  { name: 'state', facet: 'state', title: 'State' },
  { name: 'health', facet: 'health', title: 'Health' },
  { name: 'env', facet: 'environment', title: 'Environment' },
  { name: 'cluster', facet: 'cluster', title: 'Cluster' },
  { name: 'owner', facet: 'owner', title: 'Owner' },
  { name: 'sync', facet: 'sync', title: 'Release' },
] as const;

/** Filters with one value or a list of values, which chips show. */
export const others = [
  { name: 'label', query: 'label', title: 'Label' },
  { name: 'release', query: 'release', title: 'Release' },
  { name: 'op', query: 'operation', title: 'Operation in progress' },
  { name: 'hotfix', query: 'hotfix', title: 'Hotfix' },
] as const;

export const filterNames: readonly string[] = [
  'q',
  ...facets.map(({ name }) => name),
  ...others.map(({ name }) => name),
];

/** The query that the filters of an address stand for. */
export function filterQuery(get: (name: string) => string): Query {
  const entries = [
    ['q', get('q')],
    ...facets.map(({ name, facet }) => [facet, get(name)]),
    ...others.map(({ name, query }) => [query, get(name)]),
  ] as const;
  return Object.fromEntries(entries.filter(([, value]) => value !== '')) as Query; // all are texts
}
