/** Flink options that nobody but Sluice may set, or nobody but the platform, each with the reason that people get. */
import { isSecretKey } from '../secrets/secret-keys.ts';
import type { InputError } from '../errors/errors.ts';
import type { FlinkConfig } from './flink-config.ts';
import { UNSUPPORTED_MEMORY_KEYS } from './job-manager-memory.ts';
import { isJvmOptionsKey, problemOfJvmOptions } from './jvm-options.ts';
import { preferredKey, spellingsOf } from './key-spellings.ts';

/** The layer of configuration that a value came from, weakest first. */
export const configOrigins = ['platform', 'cluster', 'deployment file', 'hotfix', 'framework'] as const;
export type ConfigOrigin = (typeof configOrigins)[number];

/** Retained checkpoints that Sluice needs at least: the newest may be broken, the one before in use by a rollback. */
export const MIN_RETAINED_CHECKPOINTS = 3;

/** Keys by the reason why Sluice owns them; each stands for all its spellings, `x.*` for all keys below. */
const FRAMEWORK_OWNED: readonly (readonly [reason: string, keys: readonly string[]])[] = [
  ['it is internal to Flink and set for each start', ['$internal.*', 'internal.*']],
  [
    'where the job keeps its state belongs to Sluice, below the prefix of the job',
    [
      'execution.checkpointing.dir',
      'execution.checkpointing.savepoint-dir',
      'execution.checkpointing.create-subdir',
      'execution.checkpointing.storage',
    ],
  ],
  [
    'it is always RETAIN_ON_CANCELLATION, so that checkpoints outlive the application',
    ['execution.checkpointing.externalized-checkpoint-retention'],
  ],
  ['restore points are chosen by the operation: `sluice deploy --from <path>`', ['execution.state-recovery.path']],
  [
    'it is always NO_CLAIM: with CLAIM Flink may delete a restore point that a rollback needs',
    ['execution.state-recovery.claim-mode'],
  ],
  [
    'it is decided for one operation: `sluice deploy --allow-non-restored-state`',
    ['execution.state-recovery.ignore-unclaimed-state'],
  ],
  ['it is derived from the YARN application, so that two instances never share one', ['high-availability.cluster-id']],
  [
    'an instance is known by its tags and its name on YARN: use yarn.tags for tags of your own',
    ['yarn.tags', 'yarn.application.name', 'yarn.application.type', 'yarn.application.id'],
  ],
  [
    'a second attempt would start from an old restore point: Sluice restarts the job itself',
    ['yarn.application-attempts', 'yarn.application-attempt-failures-validity-interval'],
  ],
  ['the JAR comes from the release: use job.jar', ['pipeline.jars', 'yarn.classpath.include-user-jar']],
  [
    'Sluice reads how the job ended before it ends the application',
    ['execution.shutdown-on-application-finish', 'execution.submit-failed-job-on-application-error'],
  ],
  [
    'the way to YARN is chosen by upgrade.launcher',
    ['execution.target', 'execution.attached', 'execution.shutdown-on-attached-exit'],
  ],
  [
    'the files and the command of a container are put together by the launcher',
    ['yarn.ship-files', 'yarn.ship-archives', 'yarn.staging-directory', 'yarn.container-start-command-template'],
  ],
  [
    'the addresses are those of the node that YARN chooses',
    [
      'jobmanager.rpc.address',
      'jobmanager.bind-host',
      'rest.address',
      'rest.bind-address',
      'taskmanager.host',
      'taskmanager.bind-host',
    ],
  ],
  ['only sizing by process size is supported: use jobManager.memory', UNSUPPORTED_MEMORY_KEYS],
];

const PLATFORM_OWNED: readonly (readonly [reason: string, keys: readonly string[]])[] = [
  [
    'the Flink distribution belongs to the platform: use flink.version',
    ['yarn.provided.lib.dirs', 'yarn.provided.usrlib.dir', 'yarn.flink-dist-jar'],
  ],
  ['security belongs to the platform', ['security.*', 'yarn.security.*', 'yarn.view.acls', 'yarn.modify.acls']],
  [
    'the ports of the JobManager belong to the platform',
    ['rest.port', 'rest.bind-port', 'jobmanager.rpc.port', 'jobmanager.rpc.bind-port'],
  ],
  ['these options are what Java needs to run Flink: put yours into env.java.opts.all', ['env.java.default-opts.*']],
];

/** Fields of the deployment file and the Flink options they stand for. */
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

const ENVIRONMENT_KEY = /^containerized\.(master|taskmanager)\.env\.(.*)$/;

function problemOfEnvironment(name: string, value: string): string | null {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return 'does not name an environment variable';
  if (/^(_|SLUICE_|CONTAINER_ID$|HADOOP_USER_NAME$|CLASSPATH$|FLINK_LIB_DIR$|FLINK_OPT_DIR$|NM_)/.test(name)) {
    return `is owned by Sluice: ${name} is set for each start`;
  }
  if (/[`"\\\n\r]|\$\(|\{\{|\}\}/.test(value)) {
    return 'must not contain ` " \\ $( {{ }} or line breaks: YARN puts it into a shell script';
  }
  return null;
}

function problemOfKey(key: string, value: string, origin: ConfigOrigin): string | null {
  const reason = reasonIn(FRAMEWORK_OWNED, key);
  if (reason !== undefined) return `is owned by Sluice: ${reason}`;
  const ofJob = origin === 'deployment file' || origin === 'hotfix';
  if (ofJob) {
    const platformReason = reasonIn(PLATFORM_OWNED, key);
    if (platformReason !== undefined) return `is owned by the platform: ${platformReason}`;
    if (isSecretKey(key)) {
      return 'would be a secret in plain text: secrets belong to the platform (credential providers, mounted files), not into files';
    }
    const typed = TYPED_KEYS.find(([, flinkKey]) => flinkKey === key);
    if (typed) return `is said by ${typed[0]}: set that field instead`;
  }
  if (preferredKey(key) === 'execution.checkpointing.num-retained' && !(Number(value) >= MIN_RETAINED_CHECKPOINTS)) {
    return `must be a whole number of at least ${MIN_RETAINED_CHECKPOINTS}: a rollback may need an older checkpoint`;
  }
  if (isJvmOptionsKey(key)) return problemOfJvmOptions(value);
  const environment = ENVIRONMENT_KEY.exec(key);
  return environment === null ? null : problemOfEnvironment(environment[2] ?? '', value);
}

/** Every key that this origin may not set, or not to this value; `path` is the key. Values of secrets are not repeated. */
export function refuseFrameworkKeys(config: FlinkConfig, origin: Exclude<ConfigOrigin, 'framework'>): InputError[] {
  const errors: InputError[] = [];
  for (const [key, value] of Object.entries(config)) {
    const problem = problemOfKey(key, value, origin);
    const twin = spellingsOf(key).find((spelling) => spelling !== key && Object.hasOwn(config, spelling));
    if (problem !== null) errors.push({ path: key, message: `${key} ${problem}` });
    else if (twin !== undefined && preferredKey(key) !== key) {
      errors.push({ path: key, message: `${key} is an old name of ${twin}, which is given too: keep one of them` });
    }
  }
  return errors;
}
