/** docs/deployment-file.md: every field of a deployment file. */
import { deploymentJsonSchema, requiredAt, type JsonSchema } from '../../src/domain/deployment-file/json-schema.ts';
import { code, generatedFrom, page, table } from './markdown.ts';

interface Field {
  readonly path: string;
  readonly schema: JsonSchema;
}

function fieldsOf(schema: JsonSchema, prefix = ''): readonly Field[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const path = `${prefix}${name}`;
    return property.properties === undefined ? [{ path, schema: property }] : fieldsOf(property, `${path}.`);
  });
}

function valuesOf(schema: JsonSchema): string {
  const { const: only, enum: choices, type, anyOf } = schema;
  if (typeof only === 'string') return code(only);
  if (Array.isArray(choices)) return choices.map((choice) => code(String(choice))).join(', ');
  // The parts of `anyOf` are schemas too; here they only say "or null".
  if (Array.isArray(anyOf)) return [...new Set((anyOf as JsonSchema[]).map(valuesOf))].join(' or ');
  if (Array.isArray(type)) return type.join(' or ');
  return typeof type === 'string' ? (type === 'object' ? 'map' : type === 'array' ? 'list' : type) : '';
}

const defaultOf = ({ default: value }: JsonSchema): string =>
  value === undefined ? '' : code(typeof value === 'string' ? value : JSON.stringify(value));

export function deploymentFilePage(): string {
  const required = new Set(requiredAt([]).map((path) => path.join('.')));
  return page(
    generatedFrom('src/domain/deployment-file/deployment-file.ts'),
    '# The deployment file',
    'One YAML file describes one job in one environment. `sluice validate` checks files, `sluice render` shows one with ' +
      'its base merged in and every default filled in, `sluice schema --write` writes the JSON Schema for editors.',
    'Two fields are checked and kept, and have no effect in this version: `placement.backups` and `recovery`. A job whose ' +
      'application dies stays `failed` until somebody asks for a start. `sluice validate`, `sluice plan` and the API warn ' +
      'about a file that sets them. `labels`, `links`, `description` and `owner.contacts` are for people: Sluice keeps ' +
      'them and does not act on them. [auto-deploy.md](auto-deploy.md) describes `autoDeploy`.',
    '`extends` names a base file in the same folder: maps merge, lists replace, `null` removes. It is resolved when the ' +
      'release is published.',
    '## Writing one',
    '`sluice init` writes the first one: valid at once, with what a built JAR, the folder and the API tell, and it names ' +
      'what it guessed. It never writes over a file without `--force`. `sluice validate` takes files and folders, and says ' +
      'every mistake of all of them with line and column; a file that another one extends, or whose name ends in ' +
      '`base.yaml`, is checked as a base, which may lack any field. `sluice render -o json` says for each value whether ' +
      'the `file`, its `base` or a `default` decided.',
    'Editors with yaml-language-server read the schema that the first line of a file names, ' +
      '`# yaml-language-server: $schema=./.sluice/deployment.v1.schema.json`; `sluice init` and `sluice schema --write` ' +
      'write it, the API serves it at `/api/v1/schemas/deployment.json`, and a copy is ' +
      '[in this repository](schemas/deployment.v1.schema.json).',
    'A file has at most 256 KiB, 32 levels and some ten thousand values. Aliases, anchors, merge keys and tags are refused, ' +
      'and numbers are written in plain decimal digits.',
    '## Fields',
    table(
      ['field', 'value', 'default', 'for'],
      fieldsOf(deploymentJsonSchema()).map(({ path, schema }) => [
        code(path),
        valuesOf(schema),
        required.has(path) ? '**required**' : defaultOf(schema),
        schema.description ?? '',
      ]),
    ),
  );
}
