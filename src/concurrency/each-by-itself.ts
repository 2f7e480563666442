/** Acts on items that do not depend on each other, such as the jobs of a cluster: a failed item stops no other. */
import { SluiceError } from '../domain/errors/errors.ts';

export interface Failed<T> {
  readonly item: T;
  readonly error: SluiceError;
}

export interface Outcomes<T, R> {
  /** Results in the order of the items, without the failed ones. */
  readonly results: readonly R[];
  readonly failed: readonly Failed<T>[];
  /** Items that had no turn, because all before them failed in a row; else empty. */
  readonly left: readonly T[];
}

interface Options {
  readonly atOnce?: number;
  /** After so many failures in a row the service behind all items is taken to be away; by default every item has its turn. */
  readonly mostInARow?: number;
}

/**
 * Gives every item its turn, with a few under way at a time. The caller shows what failed and what was left.
 * @throws the first error that is no `SluiceError`, a defect, once every item had its turn.
 */
export async function eachByItself<T, R>(
  items: readonly T[],
  act: (item: T) => Promise<R>,
  { atOnce = 16, mostInARow = Infinity }: Options = {},
): Promise<Outcomes<T, R>> {
  const results: R[] = [];
  const failed: Failed<T>[] = [];
  const defects: unknown[] = [];
  const waiting = [...items.entries()];
  let inARow = 0;
  const turns = Array.from({ length: Math.min(atOnce, items.length) }, async () => {
    for (let next = waiting.shift(); next !== undefined; next = inARow < mostInARow ? waiting.shift() : undefined) {
      const [index, item] = next;
      try {
        results[index] = await act(item);
        inARow = 0;
      } catch (error) {
        if (error instanceof SluiceError) failed.push({ item, error });
        else defects.push(error);
        inARow += 1;
      }
    }
  });
  await Promise.all(turns);
  if (defects.length > 0) throw defects[0];
  return {
    results: results.filter((_result, index) => index in results),
    failed,
    left: waiting.map(([, item]) => item),
  };
}
