/** Filters, searches, counts and sorts the items of the index. Pure, so that the bench and the tests need no server. */
import { z } from 'zod';
import { attentionNames } from '../../../domain/job/list/attention.ts';
import { hasLabel } from '../../../domain/job/list/labels.ts';
import { orderOf, sortKeys, type Place } from '../../../domain/job/list/order.ts';
import { healths, jobStates, syncs } from '../../../domain/lifecycle.ts';
import { keysOf } from '../../../domain/values/keys-of.ts';
import { Problem } from '../../http/problem.ts';
import { DEFAULT_LIMIT, type PageRequest } from '../../http/paging.ts';
import { several, word } from '../../http/several.ts';
import type { JobItem } from '../../job-list-contract.ts';

const label = word.regex(/^[^=]+(=.*)?$/, 'must be key=value, or a key');

const facetNames = ['state', 'health', 'environment', 'cluster', 'owner', 'sync', 'attention'] as const;
type FacetName = (typeof facetNames)[number];

/** Query parameters that choose jobs; the streams take them too. */
export const filterQuery = {
  environment: several(word, 'Only jobs of these environments'),
  cluster: several(word, 'Only jobs on these clusters'),
  state: several(z.enum(keysOf(jobStates)), 'Only jobs in these states'),
  health: several(z.enum(healths), 'Only jobs of these healths'),
  sync: several(z.enum(syncs), 'Only jobs of these'),
  owner: several(word, 'Only jobs of these teams'),
  release: several(word, 'Only jobs of these releases, or of these projects'),
  label: several(label, 'Only jobs with all of these labels, as key=value, or a key alone'),
  attention: several(z.enum(['true', ...attentionNames]), 'Only jobs that a person must look at: `true`, or reasons'),
  operation: z.enum(['any', 'none']).optional().describe('Only jobs with an operation in progress, or without'),
  hotfix: z.enum(['any', 'none']).optional().describe('Only jobs with a hotfix, or without'),
  jobs: several(word, 'Only jobs of these names'),
  q: word.optional().describe('Words that the names, owner, labels or description must contain, in any order'),
};
export type JobFilter = z.output<z.ZodObject<typeof filterQuery>>;

const sortNames = sortKeys.flatMap((key) => [key, `-${key}`] as const);

export const listingQuery = {
  ...filterQuery,
  sort: z.enum(sortNames).optional().describe('Order, `-` for descending; default by name'),
  facets: several(z.enum(facetNames), 'Count the values of these'),
};
export type ListingQuery = z.output<z.ZodObject<typeof listingQuery>> & PageRequest;

type Test = (item: JobItem) => boolean;
/** A filter with the facet that it restricts, if there is one. */
type NamedTest = readonly [facet: FacetName | null, test: Test];

/** The filters of a query, each a test of an item. */
function testsOf(filter: JobFilter): readonly NamedTest[] {
  const tests: NamedTest[] = [];
  const oneOf = (
    facet: FacetName | null,
    wanted: readonly string[] | undefined,
    of: (item: JobItem) => string | null,
  ) => {
    if (wanted === undefined) return;
    const set = new Set(wanted);
    tests.push([facet, (item) => set.has(of(item) ?? '')]);
  };
  oneOf('environment', filter.environment, ({ environment }) => environment);
  oneOf('cluster', filter.cluster, ({ cluster }) => cluster);
  oneOf('state', filter.state, ({ state }) => state);
  oneOf('health', filter.health, ({ health }) => health);
  oneOf('sync', filter.sync, ({ sync }) => sync);
  oneOf('owner', filter.owner, ({ owner }) => owner);
  oneOf(null, filter.jobs, ({ name }) => name);
  const { release, label: labels, attention, operation, hotfix, q } = filter;
  if (release) tests.push([null, (item) => release.some((one) => isOf(item.release, one))]);
  for (const wanted of labels ?? []) tests.push([null, (item) => hasLabel(item.labels, wanted)]);
  if (attention) tests.push(['attention', (item) => needs(item, attention)]);
  if (operation) tests.push([null, (item) => (item.operationKind !== null) === (operation === 'any')]);
  if (hotfix) tests.push([null, (item) => (item.hotfix !== null) === (hotfix === 'any')]);
  const words = (q ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter((one) => one !== '');
  if (words.length > 0) tests.push([null, (item) => hasWords(item, words)]);
  return tests;
}

/** Tells whether a release is this one, or of this project. */
export const isOf = (release: string | null, wanted: string): boolean =>
  release !== null && (release === wanted || release.startsWith(`${wanted}/`));

const needs = ({ attention }: JobItem, wanted: readonly string[]): boolean =>
  attention.some((reason) => wanted.includes(reason) || wanted.includes('true'));

/** Texts of items, for search; an item is replaced when it changes, and its text goes with it. */
const texts = new WeakMap<JobItem, string>();

function hasWords(item: JobItem, words: readonly string[]): boolean {
  let text = texts.get(item);
  if (text === undefined) {
    const { name, owner, environment, cluster, release, description, deployment, project } = item;
    const labels = Object.entries(item.labels).map(([key, value]) => `${key}=${value}`);
    const parts = [
      name,
      owner,
      environment,
      cluster,
      release,
      project,
      description,
      deployment?.applicationId,
      ...labels,
    ];
    text = parts
      .filter((part) => part != null)
      .join('\n')
      .toLowerCase();
    texts.set(item, text);
  }
  const found = text;
  return words.every((one) => found.includes(one));
}

/** Whether an item fits a filter. */
export function matcherOf(filter: JobFilter): Test {
  const tests = testsOf(filter);
  return (item) => tests.every(([, test]) => test(item));
}

export interface Listed {
  readonly items: readonly JobItem[];
  readonly nextCursor: string | null;
  readonly total: number;
  readonly facets?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/**
 * Lists a page of the items that a caller may see. A value of a facet counts the jobs that fit all other filters, so that
 * people see what another choice would give.
 * @param items by name.
 * @throws Problem for a cursor of another order.
 */
export function listingOf(items: readonly JobItem[], query: ListingQuery, isVisible: Test): Listed {
  const tests = testsOf(query);
  const facets = new Map((query.facets ?? []).map((name) => [name, new Map<string, number>()]));
  const fitting: JobItem[] = [];
  for (const item of items) {
    const failed = failedOf(tests, item);
    if (failed === 'several' || !isVisible(item)) continue;
    if (failed === null) fitting.push(item);
    for (const [name, counts] of facets)
      if (failed === null || failed === name)
        for (const value of valuesOf(item, name)) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const page = pageOf(fitting, query);
  const counted = Object.fromEntries([...facets].map(([name, counts]) => [name, Object.fromEntries(counts)]));
  return { ...page, total: fitting.length, ...(query.facets ? { facets: counted } : {}) };
}

/** Null when all tests pass, the facet of the one that fails, or `several`. */
function failedOf(tests: readonly NamedTest[], item: JobItem): FacetName | 'several' | null {
  let failed: FacetName | null = null;
  for (const [facet, test] of tests) {
    if (test(item)) continue;
    if (facet === null || failed !== null) return 'several';
    failed = facet;
  }
  return failed;
}

function valuesOf(item: JobItem, name: FacetName): readonly string[] {
  if (name === 'attention') return item.attention;
  const value = item[name];
  return value === null ? [] : [value];
}

const SEPARATOR = '\u0001';

/** Pages a list in any order. The cursor has the order and the place of the last item in it. */
function pageOf(fitting: readonly JobItem[], query: ListingQuery): Pick<Listed, 'items' | 'nextCursor'> {
  const { sort = 'name', cursor, limit = DEFAULT_LIMIT } = query;
  const { placeOf, compare } = orderOf(sort);
  const [order, ...rest] = (cursor ?? '').split(SEPARATOR);
  if (cursor !== undefined && order !== sort)
    throw new Problem('InvalidRequest', 'cursor: must be the nextCursor of an answer in the same order');
  const after: Place = { value: rest.slice(0, -1).join(SEPARATOR), name: rest.at(-1) ?? '' };
  // Each place is read once, because a comparison that makes anything is slow at thousands of items.
  const placed = fitting.map((item) => ({ item, place: placeOf(item) }));
  const left = cursor === undefined ? placed : placed.filter(({ place }) => compare(place, after) > 0);
  // The items come by name.
  if (sort !== 'name') left.sort((one, other) => compare(one.place, other.place));
  const last = left[limit - 1];
  const nextCursor = last && left.length > limit ? [sort, last.place.value, last.place.name].join(SEPARATOR) : null;
  return { items: left.slice(0, limit).map(({ item }) => item), nextCursor };
}
