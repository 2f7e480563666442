/**
 * Reads what another release may have written. A reader ignores fields that it does not know, and takes an unknown word of
 * an open enum for its safest member. Both stay attached to their object, and `asWritten` writes them back.
 */
import type { z } from 'zod';
import { isMap } from '../values/is-map.ts';
import { enumAt, readsAsOf } from './open-enum.ts';
import { readerFor, refusalOf } from './reader.ts';

/** The part of an object that this Sluice does not understand. */
interface Unknown {
  readonly fields: Readonly<Record<string, unknown>>;
  /** Words of open enums, by field, each with the member that it was taken for. */
  readonly words: Readonly<Record<string, { readonly word: unknown; readonly readAs: string }>>;
}

/**
 * Holds what an object has and this Sluice does not understand. A spread copies the symbol, so that a changed copy keeps
 * it; JSON leaves the symbol out, so that unknown fields enter no workflow by accident.
 */
const UNKNOWN = Symbol('what this Sluice does not understand of an object');

interface Carrier {
  [UNKNOWN]?: Unknown;
}

export type Read<T> =
  | { readonly ok: true; readonly value: T }
  /** `tooNew`: a newer Sluice wrote it and says that this one would misread it. */
  | { readonly ok: false; readonly why: string; readonly tooNew: boolean; readonly cause?: unknown };

/** Mending one unknown word or field can reveal another, such as the members of a union's option. */
const MOST_PASSES = 4;

/** Reads a value of JSON tolerantly. */
export function readTolerantly<T extends z.ZodType>(schema: T, raw: unknown): Read<z.output<T>> {
  const refusal = isMap(raw) ? refusalOf(raw) : null;
  if (refusal !== null) return { ok: false, why: refusal, tooNew: true };
  const strict = schema.safeParse(raw);
  if (strict.success) return { ok: true, value: strict.data };
  const draft: unknown = JSON.parse(JSON.stringify(raw ?? null));
  const mended = new Map<string, Mended>();
  let parsed: z.ZodSafeParseResult<z.output<T>> = strict;
  for (let pass = 0; pass < MOST_PASSES && !parsed.success; pass += 1) {
    if (!mend(schema, draft, parsed.error.issues, mended)) break;
    parsed = schema.safeParse(draft);
  }
  if (!parsed.success) return { ok: false, why: wordsOf(parsed.error.issues), tooNew: false, cause: parsed.error };
  for (const { path, fields, words } of mended.values()) {
    const owner = at(parsed.data, path);
    if (isMap(owner))
      (owner as Carrier)[UNKNOWN] = { fields: path.length === 0 ? unexplained(fields, raw) : fields, words };
  }
  return { ok: true, value: parsed.data };
}

/**
 * The unknown fields of a whole value. A `minReader` that its known facts explain is no unknown field: it is counted again when
 * the value is written, and goes with the fact.
 */
function unexplained(fields: Unknown['fields'], raw: unknown): Unknown['fields'] {
  const { minReader, ...others } = fields;
  return typeof minReader === 'number' && minReader <= readerFor(raw) ? others : fields;
}

const wordsOf = (issues: readonly z.core.$ZodIssue[]): string =>
  issues
    .slice(0, 3)
    .map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`)
    .join('; ');

interface Mended extends Unknown {
  readonly path: readonly PropertyKey[];
  readonly fields: Record<string, unknown>;
  readonly words: Record<string, { readonly word: unknown; readonly readAs: string }>;
}

/** Takes unknown fields out of the draft, and replaces unknown words of open enums. @returns whether anything changed. */
function mend(
  schema: z.ZodType,
  draft: unknown,
  issues: readonly z.core.$ZodIssue[],
  mended: Map<string, Mended>,
): boolean {
  let isChanged = false;
  const noteOf = (path: readonly PropertyKey[]): Mended => {
    const name = JSON.stringify(path);
    const note = mended.get(name) ?? { path, fields: {}, words: {} };
    mended.set(name, note);
    return note;
  };
  for (const issue of issues) {
    const field = String(issue.path.at(-1) ?? '');
    const owner = at(draft, issue.code === 'unrecognized_keys' ? issue.path : issue.path.slice(0, -1));
    if (!isMap(owner)) continue;
    if (issue.code === 'unrecognized_keys') {
      const { fields } = noteOf(issue.path);
      for (const name of issue.keys) {
        fields[name] = owner[name];
        Reflect.deleteProperty(owner, name);
      }
      isChanged = true;
    } else if (issue.code === 'invalid_value' && typeof owner[field] === 'string') {
      const readAs = readAsAt(schema, issue.path);
      if (readAs === null) continue;
      noteOf(issue.path.slice(0, -1)).words[field] = { word: owner[field], readAs };
      owner[field] = readAs;
      isChanged = true;
    }
  }
  return isChanged;
}

function readAsAt(schema: z.ZodType, path: readonly PropertyKey[]): string | null {
  const found = enumAt(schema, path);
  return found && readsAsOf(found);
}

/** The value at a path; undefined where there is none. */
function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, name) =>
      Array.isArray(inner) ? (inner as unknown[])[Number(name)] : isMap(inner) ? inner[String(name)] : undefined,
    value,
  );
}

/** The value as it is to be written: with the fields and words that its objects carry from reading. */
export function asWritten(value: unknown, minReader = 1): unknown {
  const whole = withUnknown(value);
  return isMap(whole) && minReader > 1 ? { ...whole, minReader } : whole;
}

function withUnknown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withUnknown);
  if (!isMap(value)) return value;
  const own = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withUnknown(member)]));
  const { fields = {}, words = {} } = (value as Carrier)[UNKNOWN] ?? {};
  // A member that was changed since is no longer the unknown word.
  const unchanged = Object.entries(words).filter(([name, { readAs }]) => own[name] === readAs);
  return { ...own, ...fields, ...Object.fromEntries(unchanged.map(([name, { word }]) => [name, word])) };
}

/**
 * The value with what its earlier version carries, for a value that comes out of a workflow's memory. An entry of a list
 * inherits from the entry that was the same before.
 */
export function inheriting<T>(value: T, earlier: unknown): T {
  if (Array.isArray(value) && Array.isArray(earlier)) {
    const before = new Map(earlier.map((entry: unknown) => [JSON.stringify(entry), entry]));
    return value.map((entry: unknown) => inheriting(entry, before.get(JSON.stringify(entry)))) as T; // the same entries
  }
  if (!isMap(value) || !isMap(earlier)) return value;
  const members = Object.entries(value).map(([name, member]) => [name, inheriting(member, earlier[name])]);
  const unknown = (earlier as Carrier)[UNKNOWN] ?? (value as Carrier)[UNKNOWN];
  const inherited = { ...Object.fromEntries(members), ...(unknown && { [UNKNOWN]: unknown }) } as T; // the same members
  return inherited;
}
