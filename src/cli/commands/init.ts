/** `sluice init`: writes the first deployment file of a job, valid at once, with the schema for editors beside it. */
import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Command } from '@commander-js/extra-typings';
import type { ClusterItem } from '../../api/cluster-contract.ts';
import { draftDeploymentFile, type Draft } from '../../domain/deployment-file/draft.ts';
import { formatInputErrors, parseDeploymentFile } from '../../domain/deployment-file/parse.ts';
import { deploymentJsonSchema } from '../../domain/deployment-file/json-schema.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { findBuiltJar, lookIntoJar, type BuiltJar } from '../releases/built-jar.ts';
import type { CliContext } from '../context.ts';
import { UsageError } from '../failures.ts';
import { writeNewFile } from '../releases/new-files.ts';

const SCHEMA = '.sluice/deployment.v1.schema.json';
/** Short, because `init` also works offline, without the list of clusters. */
const CLUSTERS_MS = 2_000;
const FLINK_VERSION = '1.20.1';

interface InitOptions {
  readonly name?: string | undefined;
  readonly environment: string;
  readonly team?: string | undefined;
  readonly cluster?: string | undefined;
  readonly flinkVersion: string;
  readonly jar?: string | undefined;
  readonly entryClass?: string | undefined;
}

/** Guessed fields of the draft, each with the reason why a person should check it. */
type Guesses = Partial<Record<keyof Draft, string>>;

export function registerInit(program: Command, context: CliContext): void {
  const { out } = context;
  program
    .command('init')
    .description('write a first deployment file, and the JSON Schema for editors beside it')
    .argument('[file]', 'file to write (default: <name>.yaml)')
    .option('--name <job>', 'name of the job (default: this folder and the environment)')
    .option('--environment <name>', 'environment', 'dev')
    .option('--team <name>', 'team that owns the job')
    .option('--cluster <name>', 'YARN cluster (default: the first that answers the API)')
    .option('--flink-version <version>', 'Flink version', FLINK_VERSION)
    .option('--jar <file>', 'JAR of the job (default: the newest in target, build/libs or bazel-bin)')
    .option('--entry-class <class>', 'class with main() (default: the one that the JAR names)')
    .option('--force', 'overwrite existing files')
    .action(async (target, { force = false, ...options }) => {
      const { draft, guessed } = await complete(context, options);
      const file = target ?? `${draft.name}.yaml`;
      const text = draftDeploymentFile(draft, `./${SCHEMA}`);
      const parsed = parseDeploymentFile(text, { fileName: file });
      if (!parsed.ok) {
        throw new SluiceError('InvalidDeploymentFile', formatInputErrors(parsed.errors), { errors: parsed.errors });
      }
      const schema = join(dirname(file), SCHEMA);
      await writeNewFile(file, text, force);
      // Overwrites the schema always, as `sluice schema --write` does, because this version of Sluice generates it.
      await writeNewFile(schema, `${JSON.stringify(deploymentJsonSchema(), null, 2)}\n`, true);
      out.result({ file, schema, draft, guessed }, () => {
        out.line(`${file} written: ${draft.name} in ${draft.environment}`);
        out.line(`${schema} written, for editors`);
        for (const [field, why] of Object.entries(guessed)) out.line(`  check ${field}: ${why}`);
        out.line(`Next: sluice validate ${file}, then sluice publish with the JAR`);
      });
    });
}

async function complete(
  context: CliContext,
  options: InitOptions,
): Promise<{ readonly draft: Draft; readonly guessed: Guesses }> {
  const guessed: Guesses = {};
  const or = (field: keyof Draft, value: string | null | undefined, guess: string, why: string): string => {
    if (value !== null && value !== undefined && value !== '') return value;
    guessed[field] = why;
    return guess;
  };
  const jar = options.jar === undefined ? await findBuiltJar('.') : await jarAt(options.jar);
  const name = options.name ?? nameFrom(basename(resolve('.')), options.environment);
  const team = options.team ?? (await context.ask?.('Team that owns the job: '))?.trim();
  const cluster = options.cluster ?? (await firstCluster(context));
  const draft: Draft = {
    name,
    environment: options.environment,
    team: or('team', team, 'my-team', 'no team was given'),
    cluster: or('cluster', cluster, 'yarn-a', 'the API did not list the clusters'),
    flinkVersion: options.flinkVersion,
    jar: or('jar', jar?.name, 'job.jar', 'there is no JAR in target, build/libs or bazel-bin'),
    entryClass: or(
      'entryClass',
      options.entryClass ?? jar?.mainClass,
      'com.example.Main',
      'no JAR names the class with main()',
    ),
  };
  return { draft, guessed };
}

/** A JAR that `--jar` names may not be built yet. */
async function jarAt(path: string): Promise<BuiltJar> {
  const name = basename(path);
  const isThere = await stat(path).then(
    (status) => status.isFile(),
    () => false,
  );
  return isThere ? await lookIntoJar(path, name) : { path, name, mainClass: null };
}

function nameFrom(folder: string, environment: string): string {
  const words = `${folder}-${environment}`.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const name = words.replace(/^-/, '').slice(0, 63);
  if (name === environment) throw new UsageError(`no job name can be made of the folder ${folder}: give --name`);
  return name;
}

async function firstCluster({ api }: CliContext): Promise<string | null> {
  try {
    const { items } = await api().within(CLUSTERS_MS).page<ClusterItem>('/clusters');
    return (items.find(({ reachable }) => reachable) ?? items[0])?.name ?? null;
  } catch {
    return null; // the draft then has a guess
  }
}
