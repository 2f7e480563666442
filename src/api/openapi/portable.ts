/**
 * Makes JSON Schemas of zod's schemas that generators of clients in any language read well: answers that may gain fields,
 * times that say so, and variants that name the property that tells them apart.
 */
import { z } from 'zod';
import { isMap } from '../../domain/values/is-map.ts';
import { names } from './names.ts';

export type Json = Record<string, unknown>;

/** Times are texts in records, which must stay readable whatever is in them; by these names they are times in ISO 8601. */
const TIME = /^(at|since|until)$|(At|Since|Until)$/;

interface Made {
  /** The schema, which refers to definitions of the document. */
  readonly schema: Json;
  readonly definitions: Json;
}

export function portable(schema: z.ZodType, io: 'input' | 'output'): Made {
  const json = z.toJSONSchema(schema, { metadata: names, io, unrepresentable: 'any', override: withMeta }) as Json;
  const { $defs, $schema: _dialect, ...own } = json;
  const definitions = isMap($defs) ? $defs : {};
  const made = (value: unknown): Json => shaped(value, io, null) as Json; // an object stays an object
  return {
    schema: made(own),
    definitions: Object.fromEntries(Object.entries(definitions).map(([name, one]) => [name, made(one)])),
  };
}

/** Adds what `describe` and `meta` say, because names come from a registry of their own. */
function withMeta({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodType; jsonSchema: object }): void {
  const { description, inOpenApi } = z.globalRegistry.get(zodSchema) ?? {};
  if (isMap(inOpenApi)) {
    // The text of a query is parsed into another type, which generated clients take.
    for (const key of Object.keys(jsonSchema)) Reflect.deleteProperty(jsonSchema, key);
    Object.assign(jsonSchema, inOpenApi);
  }
  if (description !== undefined) Object.assign(jsonSchema, { description });
}

/** @param name of the property that the schema describes; null elsewhere. */
function shaped(value: unknown, io: 'input' | 'output', name: string | null): unknown {
  if (Array.isArray(value)) return value.map((one) => shaped(one, io, name));
  if (!isMap(value)) return value;
  const inside = (key: string, member: unknown): unknown => {
    if (key === '$ref' && typeof member === 'string') return member.replace('#/$defs/', '#/components/schemas/');
    if (key === 'properties' && isMap(member))
      return Object.fromEntries(Object.entries(member).map(([property, one]) => [property, shaped(one, io, property)]));
    return typeof member === 'object' ? shaped(member, io, ['anyOf', 'oneOf'].includes(key) ? name : null) : member;
  };
  const entries = Object.entries(value)
    // An answer may gain fields, and a client that was generated before must read it still.
    .filter(([key, member]) => !(key === 'additionalProperties' && member === false && io === 'output'))
    // The name of a schema, which is its key among the definitions.
    .filter(([key, member]) => !(key === 'id' && typeof member === 'string'))
    .map(([key, member]): [string, unknown] => [key, inside(key, member)]);
  // A text with a pattern of its own has another form: `since` of a list is no time.
  const isTime =
    io === 'output' && name !== null && TIME.test(name) && value['type'] === 'string' && !('pattern' in value);
  const result = Object.fromEntries(entries);
  return { ...result, ...(isTime ? { format: 'date-time' } : {}) };
}

/** Names the property that tells the variants of a union apart, where each variant is a definition with its own constant. */
export function discriminated(schema: Json, definitions: Json): Json {
  const { oneOf } = schema;
  if (!Array.isArray(oneOf)) return schema;
  const variants = oneOf.map((one: unknown) => {
    const reference = isMap(one) && typeof one['$ref'] === 'string' ? one['$ref'] : '';
    const definition = definitions[reference.split('/').at(-1) ?? ''];
    return {
      reference,
      properties: isMap(definition) && isMap(definition['properties']) ? definition['properties'] : {},
    };
  });
  const constantOf = (properties: Json, name: string): unknown => {
    const property = properties[name];
    return isMap(property) ? property['const'] : undefined;
  };
  const propertyName = Object.keys(variants[0]?.properties ?? {}).find((name) =>
    variants.every(({ properties }) => typeof constantOf(properties, name) === 'string'),
  );
  if (propertyName === undefined) return schema;
  const mapping = variants.map(({ reference, properties }) => [constantOf(properties, propertyName), reference]);
  return { ...schema, discriminator: { propertyName, mapping: Object.fromEntries(mapping) as Json } };
}
