/** Reading, writing and changing of records, the same for every kind: tolerantly, because another release may have written them. */
import { z } from 'zod';
import type { S3Client } from '../clients/s3/s3.ts';
import { minReaderOf } from '../domain/compatibility/reader.ts';
import { asWritten, readTolerantly } from '../domain/compatibility/tolerant.ts';
import { SluiceError } from '../domain/errors/errors.ts';
import { clip } from '../domain/values/clip.ts';
import { recordKinds, type RecordKind, type RecordOf } from './kinds.ts';

/** The part of the bucket's client that only reads. */
export type ReadableBucket = Pick<S3Client, 'bucket' | 'get' | 'getBytes' | 'list'>;

export interface StoredRecord<T> {
  readonly value: T;
  readonly etag: string;
}

/** @throws SluiceError `RecordInvalid` that names the key and what is wrong. */
export async function getRecord<K extends RecordKind>(
  s3: Pick<S3Client, 'get'>,
  key: string,
  kind: K,
): Promise<StoredRecord<RecordOf<K>> | null> {
  const object = await s3.get(key);
  return object === null ? null : { value: parseRecord(key, object.body, kind), etag: object.etag };
}

/** @throws SluiceError `RecordInvalid`, also for a record that says that readers such as these would misread it. */
export function parseRecord<K extends RecordKind>(key: string, body: string, kind: K): RecordOf<K> {
  const schema: z.ZodType = recordKinds[kind];
  const read = readTolerantly(schema, jsonOf(key, body));
  if (read.ok) return read.value as RecordOf<K>; // the schema of this kind has read it
  throw read.tooNew
    ? new SluiceError('RecordInvalid', `${key} is not read: ${read.why}`)
    : notOurs(key, read.why, read.cause);
}

function jsonOf(key: string, body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw notOurs(key, `it is not JSON (${cause instanceof Error ? cause.message : String(cause)})`, cause);
  }
}

const notOurs = (key: string, why: string, cause: unknown): SluiceError =>
  new SluiceError('RecordInvalid', `${key} is not what Sluice writes: ${clip(why, 300)}`, { cause });

/**
 * The body of a record. Its own fields are checked strictly; what its objects carry from reading follows them.
 * @throws SluiceError `Internal` when Sluice itself would write what no reader understands.
 */
export function bodyOf<K extends Exclude<RecordKind, 'configuration' | 'exceptions' | 'shipped'>>(
  key: string,
  kind: K,
  record: z.input<(typeof recordKinds)[K]>,
  { isForPeople = false }: { readonly isForPeople?: boolean } = {},
): string {
  const { error } = recordKinds[kind].safeParse(record);
  if (error) {
    throw new SluiceError('Internal', `record ${key} is not written: ${clip(z.prettifyError(error), 300)}`, {
      cause: error,
    });
  }
  const whole = asWritten(record, minReaderOf(kind, record));
  return isForPeople ? `${JSON.stringify(whole, null, 2)}\n` : JSON.stringify(whole);
}

/** Records that several runs may want to change: by conditional PUT only. */
type Changed = 'cluster' | 'fence' | 'gates';

const TRIES = 5;

interface Change<K extends Changed> {
  readonly key: string;
  readonly kind: K;
  /** The content before the record is written for the first time. */
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
