/**
 * Everything that reached YARN for one application, read behind everybody's back: the submission as the ResourceManager
 * keeps it on its disk, and the containers as the NodeManager was told to launch them. Flat, so that two can be compared.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { z } from 'zod';
import { flattenConfig } from '../../../src/domain/flink-options/flink-config.ts';
import { isSecretKey } from '../../../src/domain/secrets/secret-keys.ts';
import { prepareCache } from '../../../stack/cache/cached-tools.ts';
import { readSettings } from '../../../stack/settings.ts';
import { stackFiles } from '../../../stack/layout/stack-files.ts';
import { until } from '../api.ts';

/** Facts by their names, such as `environment CLASSPATH`. */
export type Facts = Readonly<Record<string, string>>;

const printer = fileURLToPath(new URL('hadoop/PrintApplication.java', import.meta.url));

const Keyed = <Value extends z.ZodType>(value: Value) => z.array(z.object({ key: z.string(), value })).default([]);

/** As the protocol buffers call it; fields that are not named here are kept. */
const Stored = z.object({
  user: z.string(),
  application_submission_context: z.looseObject({
    am_container_spec: z.looseObject({
      localResources: Keyed(z.record(z.string(), z.unknown())),
      environment: Keyed(z.string()),
      command: z.array(z.string()).default([]),
    }),
  }),
});

const dataOf = (cluster: string): string => stackFiles(readSettings().stackDirectory).data(cluster);

/** The submission as the ResourceManager keeps it (FileSystemRMStateStore), every field of it. */
export async function submissionOf(cluster: string, applicationId: string): Promise<Facts> {
  const { hadoop } = await prepareCache();
  const file = join(dataOf(cluster), 'rm-state/FSRMStateRoot/RMAppRoot', applicationId, applicationId);
  const classpath = `${hadoop.common}/*:${hadoop.daemons}/*`;
  const { stdout } = await promisify(execFile)('java', ['-XX:TieredStopAtLevel=1', '-cp', classpath, printer, file]);
  const { application_submission_context: submission, user } = Stored.parse(JSON.parse(stdout));
  const { am_container_spec: container, application_id: _, ...rest } = submission;
  const { localResources, environment, command, ...more } = container;
  return {
    'context user': user,
    ...named('context', rest),
    ...named('container', more),
    command: command.join('\n'),
    ...Object.fromEntries(environment.map(({ key, value }) => [`environment ${key}`, value])),
    ...Object.fromEntries(localResources.map(({ key, value }) => [`resource ${key}`, JSON.stringify(value)])),
  };
}

/** Lists without an order: tags come as they please. */
const named = (prefix: string, fields: Readonly<Record<string, unknown>>): Facts =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      const sorted: unknown = Array.isArray(value) ? value.map((item) => JSON.stringify(item)).sort() : value;
      return [`${prefix} ${name}`, typeof sorted === 'string' ? sorted : JSON.stringify(sorted)];
    }),
  );

/** A container as the NodeManager launched it: variables, files by their names in its folder, command, and `config.yaml`. */
export async function launchOf(cluster: string, applicationId: string, containerId: string): Promise<Facts> {
  const local = join(dataOf(cluster), 'nm-local');
  const folder = join(local, 'usercache', USER, 'appcache', applicationId, containerId);
  // A container is known to YARN before its node has fetched its files and written its script.
  const script = await until(`the launch of ${containerId}`, LAUNCHED_WITHIN_MS, async () => {
    const text = await readFile(join(folder, 'launch_container.sh'), 'utf8').catch(() => '');
    return COMMAND.test(text) ? text : null;
  });
  const exports = [...script.matchAll(/^export (\w+)=(.*)$/gm)].filter(([, name]) => !isSecretKey(name ?? ''));
  const links = script.matchAll(/^ln -sf -- "(.*)" "(.*)"$/gm);
  const command = COMMAND.exec(script)?.[1] ?? '';
  return {
    command,
    ...Object.fromEntries(exports.map(([, name, value]) => [`environment ${name ?? ''}`, value ?? ''])),
    ...Object.fromEntries(
      [...links].map(([, target = '', name]) => [
        `file ${name ?? ''}`,
        `${visibilityOf(target, local)} ${basename(target)}`,
      ]),
    ),
    ...(await configurationIn(folder)),
  };
}

const USER = 'sluice';
const COMMAND = /^exec \/bin\/bash -c "(.*)"$/m;
const LAUNCHED_WITHIN_MS = 120_000;

/** By the folder into which a NodeManager localizes each kind (LocalResourcesTrackerImpl). */
function visibilityOf(target: string, local: string): string {
  const [first, , third] = target.slice(local.length + 1).split('/');
  if (first === 'filecache') return 'PUBLIC';
  return third === 'filecache' ? 'PRIVATE' : 'APPLICATION';
}

/** The effective configuration as Flink reads it: one text for each key. */
async function configurationIn(folder: string): Promise<Facts> {
  const text = await until(`config.yaml in ${folder}`, LAUNCHED_WITHIN_MS, () =>
    readFile(join(folder, 'config.yaml'), 'utf8').catch(() => null),
  );
  const raw = parse(text) as Readonly<Record<string, unknown>>;
  const { config, problems } = flattenConfig(raw);
  if (problems.length > 0) throw new Error(`config.yaml in ${folder}: ${JSON.stringify(problems)}`);
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [`configuration ${key}`, value]));
}
