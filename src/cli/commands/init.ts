/** `sluice init`: writes the first deployment file of a job, valid at once, and the schema for editors beside it. */
import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Command } from '@commander-js/extra-typings';
import type { ClusterItem } from '../../api/contract.ts';
import { draftDeploymentFile, type Draft } from '../../domain/deployment-file/draft.ts';
import { formatInputErrors, parseDeploymentFile } from '../../domain/deployment-file/parse.ts';
import { deploymentJsonSchema } from '../../domain/deployment-file/json-schema.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { findBuiltJar, lookIntoJar, type BuiltJar } from '../releases/built-jar.ts';
import type { CliContext } from '../context.ts';
import { UsageError } from '../failures.ts';
import { writeNewFile } from '../releases/new-files.ts';

const SCHEMA = '.sluice/deployment.v1.schema.json';
/** Clusters are asked for as a favour: whoever works offline does not wait for them. */
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

/** Where a value came from, for those that a person has to look at. */
type Sources = Partial<Record<keyof Draft, string>>;

export function registerInit(program: Command, context: CliContext): void {
  const { out } = context;
  program
    .command('init')
    .description('write a first deployment file, and the JSON Schema for editors beside it')
    .argument('[file]', 'file to write (default: <name>.yaml)')
    .option('--name <job>', 'name of the job (default: this folder and the environment)')
    .option('--environment <name>', 'environment', 'dev')
    .option('--team <name>', 'team that answers for the job')
    .option('--cluster <name>', 'YARN cluster (default: the first that the API knows)')
    .option('--flink-version <version>', 'Flink version', FLINK_VERSION)
    .option('--jar <file>', 'JAR of the job (default: what was built in target, build/libs or bazel-bin)')
    .option('--entry-class <class>', 'class with main() (default: what the JAR says)')
    .option('--force', 'write over files that exist')
    .action(async (given, { force = false, ...options }) => {
      const { draft, guessed } = await complete(context, options);
      const file = given ?? `${draft.name}.yaml`;
      const text = draftDeploymentFile(draft, `./${SCHEMA}`);
      const parsed = parseDeploymentFile(text, { fileName: file });
      if (!parsed.ok) {
        throw new SluiceError('InvalidDeploymentFile', formatInputErrors(parsed.errors), { errors: parsed.errors });
      }
      const schema = join(dirname(file), SCHEMA);
      await writeNewFile(file, text, force);
      // Printed from this version of Sluice, as `sluice schema --write` does: nobody writes into it.
      await writeNewFile(schema, `${JSON.stringify(deploymentJsonSchema(), null, 2)}\n`, true);
      out.result({ file, schema, draft, guessed }, () => {
        out.line(`${file} written: ${draft.name} in ${draft.environment}`);
        out.line(`${schema} written, for editors`);
        for (const [field, why] of Object.entries(guessed)) out.line(`  look at ${field}: ${why}`);
        out.line(`Next: sluice validate ${file}, then sluice publish with the JAR`);
      });
    });
}

async function complete(
  context: CliContext,
  options: InitOptions,
): Promise<{ readonly draft: Draft; readonly guessed: Sources }> {
  const guessed: Sources = {};
  const or = (field: keyof Draft, known: string | null | undefined, guess: string, why: string): string => {
    if (known !== null && known !== undefined && known !== '') return known;
    guessed[field] = why;
    return guess;
  };
  const jar = options.jar === undefined ? await findBuiltJar('.') : await jarAt(options.jar);
  const name = options.name ?? nameFrom(basename(resolve('.')), options.environment);
  const team = options.team ?? (await context.ask?.('Team that answers for the job: '))?.trim();
  const cluster = options.cluster ?? (await firstCluster(context));
  const draft: Draft = {
    name,
    environment: options.environment,
    team: or('team', team, 'my-team', 'nobody said which team answers for the job'),
    cluster: or('cluster', cluster, 'yarn-a', 'the API did not say which clusters there are'),
    flinkVersion: options.flinkVersion,
    jar: or('jar', jar?.name, 'job.jar', 'there is no JAR in target, build/libs or bazel-bin'),
    entryClass: or(
      'entryClass',
      options.entryClass ?? jar?.mainClass,
      'com.example.Main',
      'no JAR says which class has main()',
    ),
  };
  return { draft, guessed };
}

/** A JAR that is named may still have to be built. */
async function jarAt(path: string): Promise<BuiltJar> {
  const name = basename(path);
  const isThere = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  return isThere ? await lookIntoJar(path, name) : { path, name, mainClass: null };
}

function nameFrom(folder: string, environment: string): string {
  const words = `${folder}-${environment}`.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const name = words.replace(/^-/, '').slice(0, 63);
  if (name === environment) throw new UsageError(`the folder ${folder} does not make a name: give --name`);
  return name;
}

async function firstCluster({ api }: CliContext): Promise<string | null> {
  try {
    const { items } = await api().within(CLUSTERS_MS).page<ClusterItem>('/clusters');
    return (items.find(({ reachable }) => reachable) ?? items[0])?.name ?? null;
  } catch {
    return null; // it is then among what a person has to look at
  }
}
