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
    '`recovery.failover.mode: automatic` gives a job a lease, and lets Sluice [move it](failover.md#by-itself). ' +
      '`description` and most `labels` and `links` are for people: Sluice keeps them and ' +
      'does not act on them. `owner.contacts` and `links.runbook` go into [notifications](notifications.md), and `labels.priority` ' +
      'or `labels.tier` orders jobs that are [brought up together](recovery.md#many-at-once). [recovery.md](recovery.md) describes `recovery.restart`, [failover.md](failover.md) ' +
      '`placement.backups`, and [auto-deploy.md](auto-deploy.md) `autoDeploy`.',
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
    '## Files and further JARs of the program',
    '`job.jars` and `job.files` name files of the release, which `sluice publish` takes together with the JAR. A name is a ' +
      'plain file name; names that Flink, YARN or Hadoop use in the folder of a container (`config.yaml`, `log4j.properties`, ' +
      '`core-site.xml`, `lib`) are refused. A job has at most 50 of each, and 2 GiB together, because each node fetches ' +
      'them before its first container starts. A hotfix cannot change them: publish another release.',
    'A *file* lies in the working directory of the JobManager, where `main()` runs, and of each TaskManager. A program opens ' +
      'it by its name alone: `new File("app.properties")`, `Path.of("rules.yaml")`. The directory is on the class path too, ' +
      'so that `getResource("/app.properties")` finds it, unless a JAR of the job has a resource of that name. Do not keep ' +
      'the absolute path: it differs from container to container. Open the file in `open()` of a function, not in its ' +
      'constructor, when the TaskManager shall read it. The file can only be read.',
    'A *JAR* of `job.jars` is loaded like `job.jar`: by the class loader of the user code, in the order of the list and ' +
      'behind `job.jar`, in JobManager and TaskManagers, on each Flink version and by both launchers. `entryClass` must be ' +
      'in `job.jar`. Like `job.jar`, these JARs are on the class path of the JVM as well, in the order of their names, so ' +
      'none of them should bring other versions of what Flink has in `lib`. Flink options of the same purpose ' +
      '(`yarn.ship-files`, `yarn.ship-archives`, `pipeline.jars`, `pipeline.classpaths`) are refused.',
    '## Proof of health',
    'A start succeeds when every task runs, `upgrade.verify.checkpoints` are complete, and no more than ' +
      '`upgrade.verify.maxRestarts` restarts were seen. A job that crashes each few minutes passes this. ' +
      '`upgrade.verify.stableFor` waits in addition until the instance has run that long without a restart. When the ' +
      'verification fails, `upgrade.onFailedStart: rollback` goes back to the deployment before, as long as the new instance ' +
      'completed no checkpoint. After a checkpoint its output is committed: the operation then ends as failed, nothing runs, ' +
      'and the history names both restore points, between which people choose.',
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
