/** The values of a hotfix in words, path by path. */
import { textOf } from '../values/text-of.ts';

/** Stands for the value of a path that a hotfix takes away. */
export const UNSET = 'unset';

export const valueTexts = ({
  set,
  unset,
}: {
  readonly set: Readonly<Record<string, unknown>>;
  readonly unset: readonly string[];
}): ReadonlyMap<string, string> =>
  new Map([
    ...Object.entries(set).map(([path, value]) => [path, textOf(value)] as const),
    ...unset.map((path) => [path, UNSET] as const),
  ]);
