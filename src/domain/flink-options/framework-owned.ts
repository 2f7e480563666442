/** Owned options: Flink options that only Sluice, or only the platform, may set, each with the reason for people. */
import { isSecretKey } from '../secrets/secret-keys.ts';
import type { InputError } from '../errors/errors.ts';
import type { FlinkConfig } from './flink-config.ts';
import { UNSUPPORTED_MEMORY_KEYS } from './job-manager-memory.ts';
import { isJvmOptionsKey, joinLines, problemOfJvmOptions } from './jvm-options.ts';
import { preferredKey, spellingsOf } from './key-spellings.ts';

/** Layers of configuration, weakest first. */
export const configOrigins = ['platform', 'cluster', 'deployment file', 'hotfix', 'framework'] as const;
export type ConfigOrigin = (typeof configOrigins)[number];

/** The least number of retained checkpoints: the newest may be broken, and a rollback may use the one before. */
export const MIN_RETAINED_CHECKPOINTS = 3;

/** Options that Sluice owns, by reason. A key stands for all its spellings, and `x.*` for all keys that begin with `x.`. */
const FRAMEWORK_OWNED: readonly (readonly [reason: string, keys: readonly string[]])[] = [
  ['it is internal to Flink, and Sluice sets it for each start', ['$internal.*', 'internal.*']],
  [
    'Sluice keeps the state of each job below a prefix of its own',
    [
      'execution.checkpointing.dir',
      'execution.checkpointing.savepoint-dir',
      'execution.checkpointing.create-subdir',
      'execution.checkpointing.storage',
    ],
  ],
  [
    'the value is always RETAIN_ON_CANCELLATION, so that checkpoints outlive the application',
    ['execution.checkpointing.externalized-checkpoint-retention'],
  ],
  ['each operation chooses its restore point: use `sluice deploy --from <path>`', ['execution.state-recovery.path']],
  [
    'the value is always NO_CLAIM, because with CLAIM Flink may delete a restore point that a rollback needs',
    ['execution.state-recovery.claim-mode'],
  ],
  [
    'each operation decides it: use `sluice deploy --allow-non-restored-state`',
    ['execution.state-recovery.ignore-unclaimed-state'],
  ],
  ['Sluice derives it from the YARN application, so that no two instances share one', ['high-availability.cluster-id']],
  [
    'Sluice recognizes an instance by its tags and name on YARN: put tags of your own into yarn.tags',
    ['yarn.tags', 'yarn.application.name', 'yarn.application.type', 'yarn.application.id'],
  ],
  [
    'a second attempt of YARN would start from an old restore point',
    ['yarn.application-attempts', 'yarn.application-attempt-failures-validity-interval'],
  ],
  [
    'JARs come with the release: name the one with main() in job.jar, and further ones in job.jars',
    ['pipeline.jars', 'pipeline.classpaths', 'yarn.classpath.include-user-jar'],
  ],
  [
    'files come with the release: name them in job.files, and JARs in job.jars',
    ['yarn.ship-files', 'yarn.ship-archives'],
  ],
  [
    'Sluice reads how the job ended before it ends the application',
    ['execution.shutdown-on-application-finish', 'execution.submit-failed-job-on-application-error'],
  ],
  [
    'upgrade.launcher chooses the way to YARN',
    ['execution.target', 'execution.attached', 'execution.shutdown-on-attached-exit'],
  ],
  [
    'the launcher puts together the files and the command of a container',
    ['yarn.staging-directory', 'yarn.container-start-command-template'],
  ],
  [
    'the addresses are those of the node that YARN chooses for the container',
    [
      'jobmanager.rpc.address',
      'jobmanager.bind-host',
      'rest.address',
      'rest.bind-address',
      'taskmanager.host',
      'taskmanager.bind-host',
    ],
  ],
  [
    'the part of Sluice in each JVM is a plugin, and reads it',
    ['metrics.reporter.sluice.*', 'plugin.classloader.parent-first-patterns.*'],
  ],
  ['Sluice sizes the JobManager by its process size: use jobManager.memory', UNSUPPORTED_MEMORY_KEYS],
];

/** Options that the platform owns, by reason; platform and cluster configuration may set them. */
const PLATFORM_OWNED: readonly (readonly [reason: string, keys: readonly string[]])[] = [
  [
    'the Flink distribution belongs to the platform: use flink.version',
    ['yarn.provided.lib.dirs', 'yarn.provided.usrlib.dir', 'yarn.flink-dist-jar'],
  ],
  ['the platform configures security', ['security.*', 'yarn.security.*', 'yarn.view.acls', 'yarn.modify.acls']],
  [
    'the platform chooses the ports of the JobManager',
    ['rest.port', 'rest.bind-port', 'jobmanager.rpc.port', 'jobmanager.rpc.bind-port'],
  ],
  ['Java needs these options to run Flink: put yours into env.java.opts.all', ['env.java.default-opts.*']],
];

/** Fields of the deployment file, each with the Flink option that it sets. */
const TYPED_KEYS: readonly (readonly [field: string, key: string])[] = [
  ['job.parallelism', 'parallelism.default'],
  ['jobManager.memory', 'jobmanager.memory.process.size'],
  ['jobManager.vcores', 'yarn.appmaster.vcores'],
  ['taskManager.memory', 'taskmanager.memory.process.size'],
  ['taskManager.vcores', 'yarn.containers.vcores'],
  ['taskManager.slots', 'taskmanager.numberOfTaskSlots'],
  ['yarn.queue', 'yarn.application.queue'],
  ['yarn.priority', 'yarn.application.priority'],
  ['yarn.nodeLabel', 'yarn.application.node-label'],
];

const matches = (owned: string, key: string): boolean =>
  owned.endsWith('.*') ? key.startsWith(owned.slice(0, -1)) : spellingsOf(owned).includes(key);

const reasonIn = (table: typeof FRAMEWORK_OWNED, key: string): string | undefined =>
  table.find(([, keys]) => keys.some((owned) => matches(owned, key)))?.[0];

/** Tells whether an option sets an environment variable of a container. */
export const isEnvironmentKey = (key: string): boolean => ENVIRONMENT_KEY.test(key);

const ENVIRONMENT_KEY = /^containerized\.(master|taskmanager)\.env\.(.*)$/;

function problemOfEnvironment(name: string, value: string): string | null {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return 'does not name an environment variable';
  if (/^(_|SLUICE_|CONTAINER_ID$|HADOOP_USER_NAME$|CLASSPATH$|FLINK_LIB_DIR$|FLINK_OPT_DIR$|NM_)/.test(name)) {
    return `is owned by Sluice: it sets ${name} for each start`;
  }
  if (/[`"\\]|\$\(|\{\{|\}\}/.test(joinLines(value))) {
    return 'must not contain ` " \\ $( {{ or }}, because YARN puts it into a shell script';
  }
  return null;
}

/** Tells why a deployment file cannot set an option, whatever the value; null when it can. */
export function whyNotInFile(key: string): string | null {
  const reason = reasonIn(FRAMEWORK_OWNED, key);
  if (reason !== undefined) return `is owned by Sluice: ${reason}`;
  const platformReason = reasonIn(PLATFORM_OWNED, key);
  if (platformReason !== undefined) return `is owned by the platform: ${platformReason}`;
  if (isSecretKey(key)) {
    return 'would be a secret in plain text: keep secrets with the platform (credential providers, mounted files), not in files';
  }
  const typed = TYPED_KEYS.find(([, flinkKey]) => flinkKey === key);
  return typed ? `has a field of its own: set ${typed[0]} instead` : null;
}

function problemOfKey(key: string, value: string, origin: ConfigOrigin): string | null {
  const reason = reasonIn(FRAMEWORK_OWNED, key);
  if (reason !== undefined) return `is owned by Sluice: ${reason}`;
  const ofJob = origin === 'deployment file' || origin === 'hotfix';
  const why = ofJob ? whyNotInFile(key) : null;
  if (why !== null) return why;
  if (preferredKey(key) === 'execution.checkpointing.num-retained' && !(Number(value) >= MIN_RETAINED_CHECKPOINTS)) {
    return `must be a whole number of at least ${MIN_RETAINED_CHECKPOINTS}, because a rollback may need an older checkpoint`;
  }
  if (isJvmOptionsKey(key)) return problemOfJvmOptions(value);
  const environment = ENVIRONMENT_KEY.exec(key);
  return environment === null ? null : problemOfEnvironment(environment[2] ?? '', value);
}

/** Lists the keys that this layer must not set, or not to this value; `path` is the key. Messages never repeat a secret. */
export function refuseFrameworkKeys(config: FlinkConfig, origin: Exclude<ConfigOrigin, 'framework'>): InputError[] {
  const errors: InputError[] = [];
  for (const [key, value] of Object.entries(config)) {
    const problem = problemOfKey(key, value, origin);
    const twin = spellingsOf(key).find((spelling) => spelling !== key && Object.hasOwn(config, spelling));
    if (problem !== null) errors.push({ path: key, message: `${key} ${problem}` });
    else if (twin !== undefined && preferredKey(key) !== key) {
      errors.push({ path: key, message: `${key} is an old name of ${twin}, which is set too: keep one of them` });
    }
  }
  return errors;
}
