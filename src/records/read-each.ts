/** Reads many records, each by itself: a record that cannot be read is named beside the others. */
import { eachByItself } from '../concurrency/each-by-itself.ts';
import { isCode } from '../domain/errors/errors.ts';

/** A record that cannot be read, and why. */
export interface Unreadable {
  readonly key: string;
  readonly problem: string;
}

export interface ReadEach<R> {
  readonly values: readonly R[];
  readonly unreadable: readonly Unreadable[];
}

/** @throws SluiceError other than `RecordInvalid`, such as `StorageUnavailable`, which tells nothing of the record. */
export async function readEach<T extends { readonly key: string }, R>(
  entries: readonly T[],
  read: (entry: T) => Promise<R | null>,
): Promise<ReadEach<R>> {
  const { results, failed } = await eachByItself(entries, read);
  const silent = failed.find(({ error }) => !isCode(error, 'RecordInvalid'));
  if (silent) throw silent.error;
  return {
    values: results.filter((value) => value !== null),
    unreadable: failed.map(({ item: { key }, error }) => ({ key, problem: error.message })),
  };
}
