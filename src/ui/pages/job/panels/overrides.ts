/** The values of a hotfix beside those of the file. Pure. */
import type { JobBody } from '../../../../api/contract.ts';

interface Override {
  readonly path: string;
  /** Null where the file has none. */
  readonly declared: string | null;
  /** Null where the hotfix takes the value away. */
  readonly now: string | null;
}

export function overridesOf({
  set,
  unset,
  declared,
}: Pick<NonNullable<JobBody['hotfix']>, 'set' | 'unset' | 'declared'>): readonly Override[] {
  const values = Object.entries(set).map(([path, value]) => ({
    path,
    declared: declared[path] ?? null,
    now: typeof value === 'string' ? value : JSON.stringify(value),
  }));
  return [...values, ...unset.map((path) => ({ path, declared: declared[path] ?? null, now: null }))];
}
