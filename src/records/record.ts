/**
 * Reading and writing of records, the same for every kind. A reader ignores fields that it does not know, because a newer
 * Sluice may have written them. The fields stay attached to their object, and `bodyOf` writes them back.
 */
import { z } from 'zod';
import type { S3Client } from '../clients/s3/s3.ts';
import { SluiceError } from '../domain/errors/errors.ts';
import { clip } from '../domain/values/clip.ts';
import { isMap } from '../domain/input/maps.ts';

/** The part of the bucket's client that only reads. */
export type ReadableBucket = Pick<S3Client, 'bucket' | 'get' | 'getBytes' | 'list'>;

export interface StoredRecord<T> {
  readonly value: T;
  readonly etag: string;
}

/**
 * Holds the unknown fields of an object. A spread copies the symbol, so that a changed copy keeps the fields; JSON leaves
 * the symbol out, so that no workflow ever sees them.
 */
const UNKNOWN = Symbol('unknown fields of a record');

interface Carrier {
  [UNKNOWN]?: Record<string, unknown>;
}

/** @throws SluiceError `RecordInvalid` that names the key and what is wrong. */
export async function getRecord<T extends z.ZodType>(
  s3: Pick<S3Client, 'get'>,
  key: string,
  schema: T,
): Promise<StoredRecord<z.output<T>> | null> {
  const object = await s3.get(key);
  return object === null ? null : { value: parseRecord(key, object.body, schema), etag: object.etag };
}

/** @throws SluiceError `RecordInvalid`. */
export function parseRecord<T extends z.ZodType>(key: string, body: string, schema: T): z.output<T> {
  const raw = jsonOf(key, body);
  const first = schema.safeParse(raw);
  if (first.success) return first.data;
  const unknown = takeUnknown(raw, first.error.issues);
  const parsed = unknown.length === 0 ? first : schema.safeParse(raw);
  if (!parsed.success) {
    const issues = parsed.error.issues.slice(0, 3).map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`);
    throw invalid(key, issues.join('; '), parsed.error);
  }
  for (const { path, fields } of unknown) {
    const owner = at(parsed.data, path);
    if (isMap(owner)) (owner as Carrier)[UNKNOWN] = fields;
  }
  return parsed.data;
}

function jsonOf(key: string, body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw invalid(key, `it is not JSON (${cause instanceof Error ? cause.message : String(cause)})`, cause);
  }
}

const invalid = (key: string, why: string, cause: unknown): SluiceError =>
  new SluiceError('RecordInvalid', `${key} is not what Sluice writes: ${clip(why, 300)}`, { cause });

interface UnknownFields {
  readonly path: readonly PropertyKey[];
  readonly fields: Record<string, unknown>;
}

/** Takes the fields out of `raw` that a strict schema has refused. */
function takeUnknown(raw: unknown, issues: readonly z.core.$ZodIssue[]): UnknownFields[] {
  return issues.flatMap((issue) => {
    const owner = issue.code === 'unrecognized_keys' ? at(raw, issue.path) : undefined;
    if (issue.code !== 'unrecognized_keys' || !isMap(owner)) return [];
    const fields = Object.fromEntries(issue.keys.map((name) => [name, owner[name]]));
    for (const name of issue.keys) Reflect.deleteProperty(owner, name);
    return [{ path: issue.path, fields }];
  });
}

/** The value at a path; undefined where there is none. */
function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, name) =>
      Array.isArray(inner) ? (inner as unknown[])[Number(name)] : isMap(inner) ? inner[String(name)] : undefined,
    value,
  );
}

/**
 * The body of a record. Its own fields are checked strictly; fields that its objects carry from reading follow them.
 * @throws SluiceError `Internal` when Sluice itself would write what no reader understands.
 */
export function bodyOf<T extends z.ZodType>(
  key: string,
  schema: T,
  record: z.input<T>,
  { isForPeople = false }: { readonly isForPeople?: boolean } = {},
): string {
  const { error } = schema.safeParse(record);
  if (error) {
    throw new SluiceError('Internal', `record ${key} is not written: ${clip(z.prettifyError(error), 300)}`, {
      cause: error,
    });
  }
  const whole = withUnknown(record);
  return isForPeople ? `${JSON.stringify(whole, null, 2)}\n` : JSON.stringify(whole);
}

function withUnknown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withUnknown);
  if (!isMap(value)) return value;
  const own = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withUnknown(member)]));
  return { ...own, ...(value as Carrier)[UNKNOWN] };
}

/** The record with the unknown fields of its earlier version, for a record that comes out of a workflow's memory. */
export function inheriting<T>(record: T, earlier: unknown): T {
  if (!isMap(record) || !isMap(earlier)) return record;
  const members = Object.entries(record).map(([name, member]) => [name, inheriting(member, earlier[name])]);
  const unknown = (earlier as Carrier)[UNKNOWN];
  const inherited = { ...Object.fromEntries(members), ...(unknown && { [UNKNOWN]: unknown }) } as T; // the same members
  return inherited;
}
