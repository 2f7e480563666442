/** The JSON Schema of deployment files: editors read it, and messages take field names and descriptions from it. */
import { z } from 'zod';
import { DeploymentFile } from './deployment-file.ts';

/** The part of JSON Schema that describes a deployment file. */
export interface JsonSchema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly [keyword: string]: unknown;
}

/** The name of a base file, which is in the same folder. */
export const BASE_NAME = /^[A-Za-z0-9_][-A-Za-z0-9_.]*\.ya?ml$/;

let inputSchema: JsonSchema | undefined;

// The schema is made when first needed, so that a workflow that only parses files never makes it.
const ofInput = (): JsonSchema =>
  // zod's type leaves the properties open; our objects use this subset.
  (inputSchema ??= z.toJSONSchema(DeploymentFile, { io: 'input', target: 'draft-2020-12' }) as JsonSchema);

const withoutRequired = (schema: JsonSchema): JsonSchema =>
  Object.fromEntries(
    Object.entries(schema)
      .filter(([keyword]) => keyword !== 'required')
      .map(([keyword, value]) => [keyword, keyword === 'properties' ? propertiesWithoutRequired(schema) : value]),
  );

const propertiesWithoutRequired = ({ properties = {} }: JsonSchema) =>
  Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, withoutRequired(property)]));

const onlyRequired = (schema: JsonSchema): JsonSchema => ({
  required: schema.required ?? [],
  properties: Object.fromEntries(
    Object.entries(schema.properties ?? {})
      .filter(([name, property]) => schema.required?.includes(name) === true && property.properties !== undefined)
      .map(([name, property]) => [name, onlyRequired(property)]),
  ),
});

/** The JSON Schema (draft 2020-12) of a deployment file as people write it. With `extends`, no field is required. */
export function deploymentJsonSchema(): JsonSchema {
  const schema = ofInput();
  const { $schema, ...rest } = withoutRequired(schema);
  return {
    $schema,
    title: 'Sluice deployment file',
    ...rest,
    properties: {
      ...rest.properties,
      extends: {
        type: 'string',
        pattern: BASE_NAME.source,
        description:
          'Base file in the same folder, merged in when the release is published: maps merge, lists replace, null removes',
      },
    },
    if: { required: ['extends'] },
    else: onlyRequired(schema),
  };
}

const schemaAt = (path: readonly (string | number)[]): JsonSchema | undefined =>
  path.reduce<JsonSchema | undefined>((schema, name) => schema?.properties?.[String(name)], ofInput());

/** Reads the description of a field from the schema. */
export const descriptionOf = (path: readonly (string | number)[]): string | undefined => schemaAt(path)?.description;

/** Tells whether a field may hold text. */
export function isTextAt(path: readonly string[]): boolean {
  const schema = schemaAt(path);
  const { anyOf = [schema] } = (schema ?? {}) as { anyOf?: readonly (JsonSchema | undefined)[] }; // as z.toJSONSchema writes it
  return anyOf.some((one) => one?.['type'] === 'string');
}

/** Lists the fields that a map of the deployment file may have. */
export const fieldsAt = (path: readonly (string | number)[]): readonly string[] =>
  Object.keys(schemaAt(path)?.properties ?? {});

/** Lists the required fields at or below a path. */
export function requiredAt(path: readonly string[]): readonly (readonly string[])[] {
  const schema = schemaAt(path);
  if (schema?.properties === undefined) return [path];
  return (schema.required ?? []).flatMap((name) => requiredAt([...path, name]));
}

/** Lists all fields that hold a value, as dotted paths. */
export function leafPaths(): readonly string[] {
  const visit = (schema: JsonSchema, path: string): readonly string[] =>
    schema.properties === undefined
      ? [path]
      : Object.entries(schema.properties).flatMap(([name, property]) =>
          visit(property, path === '' ? name : `${path}.${name}`),
        );
  return visit(ofInput(), '');
}

/** Lists the names of all fields that hold a value. */
export const fieldNames = (): readonly string[] => leafPaths().map((path) => path.slice(path.lastIndexOf('.') + 1));

/** Finds the path of the first field with this name anywhere in the file, or null. */
export function pathOfField(field: string): string | null {
  const visit = (schema: JsonSchema, path: string): string | null => {
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      const here = path === '' ? name : `${path}.${name}`;
      const match = name === field ? here : visit(property, here);
      if (match !== null) return match;
    }
    return null;
  };
  return visit(ofInput(), '');
}
