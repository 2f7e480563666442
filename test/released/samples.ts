/**
 * Samples of everything that a release writes, made from the schemas: one with every field, and one for each null, absence,
 * option and longest text that a schema allows. A field that somebody adds is in them by itself.
 */
import { z } from 'zod';
import { readsAsOf } from '../../src/domain/compatibility/open-enum.ts';
import { minReaderOf as minReaderOfValue, minReaders } from '../../src/domain/compatibility/reader.ts';
import { CampaignMemory } from '../../src/domain/campaign/memory.ts';
import { JobMemory } from '../../src/domain/job/job-memory.ts';
import { ReleaseNotesSchema } from '../../src/domain/auto-deploy/watch-notes.ts';
import { Fact } from '../../src/domain/watch/facts.ts';
import { NotesSchema } from '../../src/domain/watch/notes.ts';
import { recordKinds } from '../../src/records/kinds.ts';
import type { Kind } from './readers.ts';

const schemas: Readonly<Record<Kind, z.ZodType>> = {
  ...recordKinds,
  memory: JobMemory,
  campaign: CampaignMemory,
  notes: NotesSchema,
  releaseNotes: ReleaseNotesSchema,
  fact: Fact,
};

/** The oldest readers that understand a value of a kind as this release writes it. */
export const minReaderOf = (kind: Kind, value: unknown): number =>
  kind in minReaders ? minReaderOfValue(kind as keyof typeof minReaders, value) : 1;

/** A value of a kind as this release writes it. */
export function written(kind: Kind, value: unknown): unknown {
  const minReader = minReaderOf(kind, value);
  return minReader > 1 ? { ...(value as object), minReader } : value;
}

type Path = readonly string[];

/** A place in a schema, with a value that has every field on the way. */
interface Place {
  readonly path: Path;
  readonly schema: z.core.$ZodType;
}

/** A sample as it differs from the one with every field. */
export interface Change {
  /** The difference in words. */
  readonly what: string;
  readonly path: Path;
  /** Absent: the field is absent. */
  readonly value?: unknown;
}

export interface Samples {
  /** The sample with every field. */
  readonly whole: unknown;
  readonly changes: readonly Change[];
}

/** The samples of a kind. */
export function samplesOf(kind: Kind): Samples {
  return { whole: wholeOf(schemas[kind]), changes: [...changesOf(schemas[kind], [])] };
}

/** The value with a change made to it. */
export function changed(whole: unknown, { path, ...change }: Omit<Change, 'what'>): unknown {
  const copy: Record<string, unknown> = { whole: structuredClone(whole) };
  const names = ['whole', ...path];
  const owner = names.slice(0, -1).reduce((inner, name) => inner[name] as Record<string, unknown>, copy); // the path of a schema of this value
  const name = names.at(-1) ?? 'whole';
  if ('value' in change) owner[name] = change.value;
  else Reflect.deleteProperty(owner, name);
  return copy['whole'];
}

/** The objects of a kind to which a newer release may add fields, and its enums, each with the member read instead. */
export function placesOf(kind: Kind): { objects: Path[]; enums: { path: Path; readsAs: string | null }[] } {
  const objects: Path[] = [];
  const enums: { path: Path; readsAs: string | null }[] = [];
  for (const { path, schema } of within(schemas[kind], [])) {
    if (schema instanceof z.core.$ZodObject) objects.push(path);
    if (schema instanceof z.core.$ZodEnum) enums.push({ path, readsAs: readsAsOf(schema) });
  }
  return { objects, enums };
}

function* within(schema: z.core.$ZodType, path: Path): Iterable<Place> {
  yield { path, schema };
  if (schema instanceof z.core.$ZodObject) {
    for (const [name, inner] of Object.entries(schema._zod.def.shape)) yield* within(inner, [...path, name]);
  } else if (schema instanceof z.core.$ZodArray) yield* within(schema._zod.def.element, [...path, '0']);
  else if (schema instanceof z.core.$ZodUnion) {
    const [first] = schema._zod.def.options;
    if (first) yield* within(first, path);
  } else if ('innerType' in schema._zod.def) yield* within(schema._zod.def.innerType as z.core.$ZodType, path); // the wrapped type
}

/** The value of a schema with every field. */
function wholeOf(schema: z.core.$ZodType): unknown {
  const { def } = schema._zod;
  if (schema instanceof z.core.$ZodObject)
    return Object.fromEntries(Object.entries(schema._zod.def.shape).map(([name, inner]) => [name, wholeOf(inner)]));
  if (schema instanceof z.core.$ZodArray) return [wholeOf(schema._zod.def.element)];
  if (schema instanceof z.core.$ZodRecord)
    return { [String(wholeOf(schema._zod.def.keyType))]: wholeOf(schema._zod.def.valueType) };
  if (schema instanceof z.core.$ZodUnion) return schema._zod.def.options.map(wholeOf)[0];
  if (schema instanceof z.core.$ZodEnum) return Object.values(schema._zod.def.entries)[0];
  if (schema instanceof z.core.$ZodLiteral) return schema._zod.def.values[0];
  if (schema instanceof z.core.$ZodUnknown) return { deep: [1, 'two'] };
  if ('innerType' in def) return wholeOf(def.innerType as z.core.$ZodType); // the wrapped type
  return leafOf(schema);
}

/** Every single change of the whole value that the schema allows. */
function* changesOf(schema: z.core.$ZodType, path: Path): Iterable<Change> {
  const at = path.join('.') || 'it';
  const { def } = schema._zod;
  if (schema instanceof z.core.$ZodObject) {
    for (const [name, inner] of Object.entries(schema._zod.def.shape)) yield* changesOf(inner, [...path, name]);
  } else if (schema instanceof z.core.$ZodArray) {
    yield { what: `${at} is empty`, path, value: [] };
    yield* changesOf(schema._zod.def.element, [...path, '0']);
  } else if (schema instanceof z.core.$ZodRecord) {
    yield { what: `${at} is empty`, path, value: {} };
    yield* changesOf(schema._zod.def.valueType, [...path, String(wholeOf(schema._zod.def.keyType))]);
  } else if (schema instanceof z.core.$ZodUnion) {
    for (const option of schema._zod.def.options) yield { what: `${at} is another`, path, value: wholeOf(option) };
  } else if (schema instanceof z.core.$ZodEnum) {
    for (const value of Object.values(schema._zod.def.entries)) yield { what: `${at} is ${value}`, path, value };
  } else if ('innerType' in def) {
    if (schema instanceof z.core.$ZodNullable) yield { what: `${at} is null`, path, value: null };
    if (schema instanceof z.core.$ZodOptional) yield { what: `${at} is absent`, path };
    yield* changesOf(def.innerType as z.core.$ZodType, path); // the wrapped type
  } else {
    const { maxLength } = schema as { readonly maxLength?: number | null };
    const value = typeof maxLength === 'number' ? 'x'.repeat(maxLength) : null;
    if (value !== null && z.safeParse(schema, value).success) yield { what: `${at} is as long as may be`, path, value };
  }
}

const SHA256 = 'ab'.repeat(32);
/** Values that the checks of some leaf allow. */
const LEAVES: readonly unknown[] = [
  ...['2026-01-01T00:00:00.000Z', 'clicks', 'app.jar', '1.0.0', SHA256, `${SHA256}/app.jar`, 'clicks/1.0.0'],
  ...[7, true],
];

function leafOf(schema: z.core.$ZodType): unknown {
  const value = LEAVES.find((leaf) => z.safeParse(schema, leaf).success);
  if (value === undefined)
    throw new Error(`no sample of ${schema._zod.def.type}: give LEAVES a value that its checks allow`);
  return value;
}
