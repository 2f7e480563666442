/** Changes of a record that several runs may want to change: by conditional PUT only. */
import type { z } from 'zod';
import type { S3Client } from '../clients/s3/s3.ts';
import { SluiceError } from '../domain/errors/errors.ts';
import type { recordKinds, RecordOf } from './kinds.ts';
import { bodyOf, getRecord } from './record.ts';

type Changed = 'fence' | 'gates';

const TRIES = 5;

interface Change<K extends Changed> {
  readonly key: string;
  readonly kind: K;
  /** What the record holds before it is written for the first time. */
  readonly empty: RecordOf<K>;
  /** The record in words, for the error. */
  readonly what: string;
}

/**
 * Reads, changes and writes a record; begins again when somebody else wrote in between. A record that `alter` leaves as it is
 * is not written.
 * @throws SluiceError `Conflict` when others keep writing, `RecordInvalid`, or whatever `alter` throws.
 */
export async function changeRecord<K extends Changed>(
  s3: Pick<S3Client, 'get' | 'putIfAbsent' | 'putIfMatch'>,
  { key, kind, empty, what }: Change<K>,
  alter: (record: RecordOf<K>) => RecordOf<K>,
): Promise<RecordOf<K>> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const stored = await getRecord(s3, key, kind);
    const before = stored?.value ?? empty;
    const altered = alter(before);
    if (altered === before) return before;
    const body = bodyOf(key, kind, altered as z.input<(typeof recordKinds)[K]>); // a schema takes what it has put out
    const written = stored
      ? (await s3.putIfMatch(key, body, stored.etag)) === 'written'
      : (await s3.putIfAbsent(key, body)) === 'created';
    if (written) return altered;
  }
  throw new SluiceError('Conflict', `${what} keeps being changed by somebody else`);
}
