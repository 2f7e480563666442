/** The filters of the page, from its address to the query of the API. Pure. */
import type { Query } from '../../api/reads.ts';
import { momentText } from '../../parts/data/format.ts';
import type { Zone } from '../../state/zone.ts';

/** Names in the address, beside those of the API. */
export const filters = {
  kind: 'kind',
  outcome: 'outcome',
  actor: 'actor',
  via: 'via',
  env: 'environment',
  cluster: 'cluster',
  owner: 'owner',
  release: 'release',
  since: 'since',
  until: 'until',
} as const;
export type FilterName = keyof typeof filters;
export const filterNames = Object.keys(filters) as FilterName[];

/** Spans up to now, by their names in the address. */
export const spans = [
  { name: '1h', title: 'Last hour', ms: 3_600_000 },
  { name: '24h', title: 'Last 24 hours', ms: 86_400_000 },
  { name: '7d', title: 'Last 7 days', ms: 7 * 86_400_000 },
  { name: '30d', title: 'Last 30 days', ms: 30 * 86_400_000 },
] as const;

/** @param openedAt the time from which a span counts back: that of the opening, so that pages of a list fit together. */
export function queryOf(get: (name: string) => string, openedAt: number): Query {
  const entries = filterNames.map((name) => [filters[name], get(name)] as const);
  const span = spans.find(({ name }) => name === get('since'));
  const since = span ? new Date(openedAt - span.ms).toISOString() : get('since');
  return { ...Object.fromEntries(entries), since };
}

/** A moment as the browser's field for date and time has it, in the zone that the person has chosen. */
export const fieldOf = (iso: string, zone: Zone): string =>
  iso === '' || Number.isNaN(Date.parse(iso)) ? '' : momentText(iso, zone).slice(0, 16).replace(' ', 'T');

/** The inverse; null for an empty field. */
export const momentOf = (field: string, zone: Zone): string | null => {
  const date = new Date(zone === 'utc' ? `${field}Z` : field);
  return field === '' || Number.isNaN(date.getTime()) ? null : date.toISOString();
};

/** The begin of the day of a moment, in the zone that the person has chosen. */
export function startOfDay(at: number, zone: Zone): string {
  const date = new Date(at);
  if (zone === 'utc') date.setUTCHours(0, 0, 0, 0);
  else date.setHours(0, 0, 0, 0);
  return date.toISOString();
}
