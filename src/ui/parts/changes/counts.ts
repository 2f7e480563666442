/** How much two starts differ, part by part. Pure. */
import type { DiffBody } from '../../../api/deployment-contract.ts';
import { valueTexts } from '../../../domain/hotfix/value-texts.ts';
import { diffCounts, diffLines } from '../data/diff-lines.ts';

/** The differences of two starts, as `GET …/diff` and the plan of an operation have them. */
export type Changed = Omit<DiffBody, 'job' | 'from' | 'to'>;

export interface Counts {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
}

export const countOf = ({ added, removed, changed }: Counts): number => added + removed + changed;

/** `2 changed · 1 added`; null for none. */
export function countsText({ added, removed, changed }: Counts): string | null {
  const parts = [
    [changed, 'changed'],
    [added, 'added'],
    [removed, 'removed'],
  ] as const;
  const told = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  return told.length === 0 ? null : told.join(' · ');
}

interface Sides {
  readonly before: unknown;
  readonly after: unknown;
}

const sideCounts = (pairs: readonly Sides[]): Counts => ({
  added: pairs.filter(({ before }) => before === null).length,
  removed: pairs.filter(({ after }) => after === null).length,
  changed: pairs.filter(({ before, after }) => before !== null && after !== null).length,
});

export const fileCounts = ({ file: { diff } }: Changed): Counts => ({
  ...(diff === null ? { added: 0, removed: 0 } : diffCounts(diffLines(diff))),
  changed: 0,
});

export const configurationCounts = ({ configuration, configurationLeftOut }: Changed): Counts => {
  const counts = sideCounts(configuration);
  return { ...counts, changed: counts.changed + configurationLeftOut };
};

export const jarCounts = ({ jar, shipped }: Changed): Counts => sideCounts([...(jar.changed ? [jar] : []), ...shipped]);

interface Override extends Sides {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** The paths that a hotfix overrides before and after, where that is not the same. */
export function overridesOf({ hotfix }: Changed): readonly Override[] {
  const [old, now] = [valuesOf(hotfix.before), valuesOf(hotfix.after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .sort()
    .map((path) => ({ path, before: old.get(path) ?? null, after: now.get(path) ?? null }))
    .filter(({ before, after }) => before !== after);
}

const valuesOf = (hotfix: Changed['hotfix']['before']): ReadonlyMap<string, string> =>
  hotfix === null ? new Map() : valueTexts(hotfix);

export const hotfixCounts = (changes: Changed): Counts => sideCounts(overridesOf(changes));

/** Fields of a start beside its texts, where they are not the same: name, before, after. */
export function fieldsOf(changes: Changed): readonly (readonly [name: string, before: string, after: string])[] {
  const { release, gitCommit, cluster, launcher, flinkVersion, parallelism } = changes;
  const all = [
    ['Release', release],
    ['Commit', gitCommit],
    ['Cluster', cluster],
    ['Flink', flinkVersion],
    ['Parallelism', parallelism],
    ['Launcher', launcher],
  ] as const;
  return all
    .filter(([, { before, after }]) => before !== after)
    .map(([name, { before, after }]) => [name, shown(name, before), shown(name, after)] as const);
}

const COMMIT_DIGITS = 12;

const shown = (name: string, value: string | number | null): string =>
  String(value ?? 'none').slice(0, name === 'Commit' ? COMMIT_DIGITS : undefined);

export const changeCount = (changes: Changed): number =>
  [fileCounts, configurationCounts, jarCounts, hotfixCounts].reduce(
    (sum, counts) => sum + countOf(counts(changes)),
    0,
  ) + fieldsOf(changes).length;
