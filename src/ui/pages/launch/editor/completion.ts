/** Completion in a deployment file: its fields with their meanings, values of enums, options of Flink. By indentation alone, so
 * that it also works while the file cannot be read. */
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import type { FlinkOption } from '../../../../api/deployment-contract.ts';
import { deploymentJsonSchema, type JsonSchema } from '../../../../domain/deployment-file/json-schema.ts';

const KEY = /^(\s*)([\w.$-]+):/;

/** The keys above a line that is indented so far, from the root. */
export function parentsOf(before: readonly string[], indent: number): readonly string[] {
  const path: string[] = [];
  let within = indent;
  for (const line of before.toReversed()) {
    const [, space, key] = KEY.exec(line) ?? [];
    if (space === undefined || key === undefined || space.length >= within) continue;
    path.unshift(key);
    within = space.length;
  }
  return path;
}

let whole: JsonSchema | undefined;

const schemaAt = (path: readonly string[]): JsonSchema | undefined =>
  path.reduce<JsonSchema | undefined>((schema, key) => schema?.properties?.[key], (whole ??= deploymentJsonSchema()));

function fieldsAt(path: readonly string[]): Completion[] {
  return Object.entries(schemaAt(path)?.properties ?? {}).map(([label, schema]) => ({
    label,
    apply: schema.properties === undefined ? `${label}: ` : `${label}:`,
    type: 'property',
    ...(schema['default'] === undefined || schema.properties ? {} : { detail: JSON.stringify(schema['default']) }),
    ...(schema.description === undefined ? {} : { info: schema.description }),
  }));
}

/** Options below a key of `flink.config`, which may be nested or dotted. */
function optionsAt(path: readonly string[], options: readonly FlinkOption[]): Completion[] {
  const prefix = path.length === 0 ? '' : `${path.join('.')}.`;
  return options.flatMap(({ key, type, default: usual, description, deprecated, notAllowed }) => {
    if (!key.startsWith(prefix) || notAllowed !== undefined) return [];
    const label = key.slice(prefix.length);
    return [
      {
        label,
        apply: `${label}: `,
        type: 'property',
        detail: usual === null ? type : `${type}, ${usual}`,
        info: `${deprecated === true ? 'Deprecated. ' : ''}${description}`,
        boost: deprecated === true ? -1 : 0,
      },
    ];
  });
}

function valuesAt(path: readonly string[], options: readonly FlinkOption[]): Completion[] {
  const [first, second, ...rest] = path;
  const option =
    first === 'flink' && second === 'config' ? options.find(({ key }) => key === rest.join('.')) : undefined;
  const schema = schemaAt(path);
  const ofOption = option?.values ?? (option?.type === 'Boolean' ? ['true', 'false'] : []);
  const ofField =
    schema?.['type'] === 'boolean' ? ['true', 'false'] : ((schema?.['enum'] as string[] | undefined) ?? []);
  const ofConst = typeof schema?.['const'] === 'string' ? [schema['const']] : [];
  return [...ofOption, ...ofField, ...ofConst].map((label) => ({ label, type: 'enum' }));
}

/** @param options the options of Flink's version; empty where the API tells none. */
export const completionsOf =
  (options: () => readonly FlinkOption[]) =>
  ({ state, pos, explicit }: CompletionContext): CompletionResult | null => {
    const line = state.doc.lineAt(pos);
    const text = line.text.slice(0, pos - line.from);
    const before = state.sliceDoc(0, line.from).split('\n');
    const [, space = '', key, value] = /^(\s*)([\w.$-]+):\s+(\S*)$/.exec(text) ?? [];
    if (key !== undefined && value !== undefined) {
      const found = valuesAt([...parentsOf(before, space.length), key], options());
      return found.length === 0 ? null : { from: pos - value.length, options: found };
    }
    const [, indent, word] = /^(\s*)([\w.$-]*)$/.exec(text) ?? [];
    if (indent === undefined || word === undefined || (word === '' && !explicit)) return null;
    const path = parentsOf(before, indent.length);
    const isConfig = path[0] === 'flink' && path[1] === 'config';
    const found = isConfig ? optionsAt(path.slice(2), options()) : fieldsAt(path);
    return found.length === 0 ? null : { from: pos - word.length, options: found, validFor: /^[\w.$-]*$/ };
  };
