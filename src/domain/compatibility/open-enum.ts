/** Open enums: lists of words to which a later release may add, together with what older readers take a new word for. */
import { z } from 'zod';

const openEnums = z.registry<{ readonly readsAs: string }>();

/**
 * Makes an enum that later releases may extend. A tolerant reader takes a word that it does not know for `readsAs`, which
 * must be the safest of all members, and writes the unknown word back as it was. Any other enum is closed: a release that
 * extends it raises `READER`.
 */
export function openEnum<const T extends readonly string[]>(members: T, readsAs: T[number]) {
  const schema = z.enum(members);
  openEnums.add(schema, { readsAs });
  return schema;
}

/** The member that an unknown word is taken for; null in a closed enum. */
export const readsAsOf = (schema: z.core.$ZodType): string | null => openEnums.get(schema)?.readsAs ?? null;

/** The enum at a path of a schema, or null. */
export function enumAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): z.core.$ZodEnum | null {
  if (schema instanceof z.core.$ZodEnum) return path.length === 0 ? schema : null;
  const [name, ...rest] = path;
  const from = (inner: z.core.$ZodType | undefined, left: readonly PropertyKey[]) =>
    inner === undefined ? null : enumAt(inner, left);
  if (schema instanceof z.core.$ZodObject) return from(schema._zod.def.shape[String(name)], rest);
  if (schema instanceof z.core.$ZodArray) return from(schema._zod.def.element, rest);
  if (schema instanceof z.core.$ZodRecord) return from(schema._zod.def.valueType, rest);
  if (schema instanceof z.core.$ZodUnion) {
    return schema._zod.def.options.map((option) => enumAt(option, path)).find((found) => found !== null) ?? null;
  }
  return 'innerType' in schema._zod.def ? enumAt(schema._zod.def.innerType as z.core.$ZodType, path) : null; // the wrapped type
}
