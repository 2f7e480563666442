/** The effective configuration of a start: five layers merged, with the layer that decided each key. */
import type { DeploymentFile } from '../deployment-file/deployment-file.ts';
import { hotfixedFile, type Hotfix } from '../hotfix/apply.ts';
import type { FlinkConfig } from '../flink-options/flink-config.ts';
import { isEnvironmentKey, type ConfigOrigin } from '../flink-options/framework-owned.ts';
import type { FrameworkSettings } from './framework-settings.ts';
import { isJvmOptionsKey, joinLines, renderJvmOptions } from '../flink-options/jvm-options.ts';
import { preferredKey, spellingsOf } from '../flink-options/key-spellings.ts';

/** An effective setting. `value` is the text for Flink and for people; a list also has its items. */
export interface ConfigEntry {
  readonly key: string;
  readonly value: string;
  readonly items?: readonly string[];
  readonly origin: ConfigOrigin;
}

/** The layers, weakest first. */
export interface ConfigLayers {
  readonly platform: FlinkConfig;
  readonly cluster: FlinkConfig;
  /** The deployment file as released, without the hotfix. */
  readonly file: DeploymentFile;
  readonly hotfix: Hotfix | null;
  readonly framework: FrameworkSettings;
}

/**
 * Makes Flink's ResourceManager request the TaskManagers of the declared parallelism as soon as it is up, while main() still
 * runs. Streaming jobs use all slots from the first moment on; others may need fewer.
 */
function earlyTaskManagers({ job, taskManager }: DeploymentFile): FlinkConfig {
  if (job.type !== 'streaming') return {};
  const taskManagers = Math.ceil(job.parallelism / taskManager.slots);
  return { 'slotmanager.number-of-slots.min': String(taskManagers * taskManager.slots) };
}

/** Lists the Flink options that a deployment file sets: those of its typed fields, and `flink.config`. */
export function configOfFile(file: DeploymentFile): FlinkConfig {
  const { yarn, job, jobManager, taskManager } = file;
  return {
    ...earlyTaskManagers(file),
    ...file.flink.config,
    'parallelism.default': String(job.parallelism),
    'jobmanager.memory.process.size': jobManager.memory,
    'yarn.appmaster.vcores': String(jobManager.vcores),
    'taskmanager.memory.process.size': taskManager.memory,
    'taskmanager.numberOfTaskSlots': String(taskManager.slots),
    'yarn.containers.vcores': String(taskManager.vcores),
    'yarn.application.queue': yarn.queue,
    ...(yarn.priority === null ? {} : { 'yarn.application.priority': String(yarn.priority) }),
    ...(yarn.nodeLabel === null ? {} : { 'yarn.application.node-label': yarn.nodeLabel }),
  };
}

function entryOf(key: string, value: string | readonly string[], origin: ConfigOrigin): ConfigEntry {
  if (typeof value !== 'string') return { key, value: JSON.stringify(value), items: value, origin };
  if (isJvmOptionsKey(key)) return { key, value: renderJvmOptions(value), origin };
  return { key, value: isEnvironmentKey(key) ? joinLines(value) : value, origin };
}

/**
 * Options that Flink's client turns into environment variables of all containers before it submits
 * (YarnClusterDescriptor.adaptEnvSetting, 1.20.1 and 2.1.0). Flink's log4j.properties reads the variables.
 */
const TURNED_INTO_VARIABLES = { 'env.log.level': 'ROOT_LOG_LEVEL', 'env.log.max': 'MAX_LOG_FILE_NUMBER' } as const;

function turnIntoVariables(entries: Map<string, ConfigEntry>): void {
  for (const [option, variable] of Object.entries(TURNED_INTO_VARIABLES)) {
    const entry = entries.get(option);
    if (entry === undefined) continue;
    for (const containers of ['master', 'taskmanager']) {
      const key = `containerized.${containers}.env.${variable}`;
      entries.set(key, { ...entry, key });
    }
  }
}

/** Keeps a higher number of retained checkpoints than Sluice needs. */
const isKept = (existing: ConfigEntry | undefined, key: string, value: string | readonly string[]): boolean =>
  existing !== undefined &&
  preferredKey(key) === 'execution.checkpointing.num-retained' &&
  Number(existing.value) > Number(value);

/** Lists to which Sluice adds a member of its own, by their separators. */
const JOINED: Readonly<Record<string, string>> = {
  'metrics.reporters': ',',
  'classloader.parent-first-patterns.additional': ';',
};

/** The list with the member of this layer; it counts as the list of the layer below, whose members differ from job to job. */
function joined(existing: ConfigEntry | undefined, key: string, own: string | readonly string[]): ConfigEntry | null {
  const separator = JOINED[key];
  if (!existing || separator === undefined || typeof own !== 'string') return null;
  return entryOf(key, `${existing.value}${separator}${own}`, existing.origin);
}

/** Without a list Flink makes every reporter that has a factory (ReporterSetupBuilder, 1.20.1 and 2.1.0). */
const isEnough = (existing: ConfigEntry | undefined, key: string): boolean =>
  key === 'metrics.reporters' && (existing === undefined || existing.value === '');

/**
 * Merges the layers, platform < cluster < deployment file < hotfix < framework, and sorts by key. A layer replaces an option
 * under every name that a weaker layer uses, because Flink would prefer the newer name.
 * @throws SluiceError `HotfixRefused` when the hotfix does not fit the file, `InvalidDeploymentFile` for JVM options
 * that cannot be quoted.
 */
export function effectiveConfig(layers: ConfigLayers): { readonly entries: readonly ConfigEntry[] } {
  const entries = new Map<string, ConfigEntry>();
  const find = (key: string) =>
    spellingsOf(key)
      .map((name) => entries.get(name))
      .find((entry) => entry !== undefined);
  const set = (config: FrameworkSettings, origin: ConfigOrigin) => {
    for (const [key, value] of Object.entries(config)) {
      const existing = find(key);
      if (origin === 'framework' && isEnough(existing, key)) continue;
      const kept = origin === 'framework' && isKept(existing, key, value) ? existing : null;
      if (existing) entries.delete(existing.key);
      entries.set(key, kept ? { ...kept, key } : (joined(existing, key, value) ?? entryOf(key, value, origin)));
    }
  };

  set(layers.platform, 'platform');
  set(layers.cluster, 'cluster');
  const declared = configOfFile(layers.file);
  if (layers.hotfix === null) {
    set(declared, 'deployment file');
  } else {
    const hotfixed = configOfFile(hotfixedFile(layers.file, layers.hotfix, 'accepted'));
    const isDeclared = ([key, value]: readonly [string, string]) => declared[key] === value;
    set(Object.fromEntries(Object.entries(hotfixed).filter(isDeclared)), 'deployment file');
    set(Object.fromEntries(Object.entries(hotfixed).filter((entry) => !isDeclared(entry))), 'hotfix');
  }
  set(layers.framework, 'framework');
  turnIntoVariables(entries);
  return { entries: [...entries.values()].sort((a, b) => (a.key < b.key ? -1 : 1)) };
}
