/** Flink options that nobody may set here, and fields that do not fit each other. */
import { smallFile } from '../examples.ts';
import { change, withConfig, withEnd, withJob, type BadFile } from './bad-file.ts';

const OPTIONS: readonly (readonly [key: string, value: string, says: string])[] = [
  ['parallelism.default', '4', 'has a field of its own: set job.parallelism instead'],
  ['taskmanager.memory.process.size', '4g', 'has a field of its own: set taskManager.memory instead'],
  ['taskmanager.numberOfTaskSlots', '2', 'has a field of its own: set taskManager.slots instead'],
  ['jobmanager.memory.process.size', '2g', 'has a field of its own: set jobManager.memory instead'],
  ['yarn.containers.vcores', '2', 'has a field of its own: set taskManager.vcores instead'],
  ['yarn.appmaster.vcores', '2', 'has a field of its own: set jobManager.vcores instead'],
  ['yarn.application.queue', 'x', 'has a field of its own: set yarn.queue instead'],
  ['yarn.application.priority', '1', 'has a field of its own: set yarn.priority instead'],
  ['yarn.application.node-label', 'x', 'has a field of its own: set yarn.nodeLabel instead'],
  ['jobmanager.memory.flink.size', '2g', 'Sluice sizes the JobManager by its process size'],
  ['jobmanager.heap.size', '2g', 'Sluice sizes the JobManager by its process size'],
  ['state.checkpoints.dir', '"s3://x"', 'is owned by Sluice: Sluice keeps the state of each job below'],
  ['state.savepoints.dir', '"s3://x"', 'is owned by Sluice'],
  ['execution.checkpointing.dir', '"s3://x"', 'is owned by Sluice'],
  ['execution.checkpointing.externalized-checkpoint-retention', 'x', 'always RETAIN_ON_CANCELLATION'],
  ['execution.savepoint.path', '"s3://x"', 'each operation chooses its restore point'],
  ['execution.savepoint-restore-mode', 'CLAIM', 'the value is always NO_CLAIM'],
  ['execution.savepoint.ignore-unclaimed-state', 'true', 'each operation decides it'],
  ['execution.checkpointing.num-retained', '1', 'must be a whole number of at least 3'],
  ['execution.checkpointing.timeout', '"long\\nago"', 'must be a duration such as 10s or 10min, got "long\\nago"'],
  ['execution.checkpointing.interval', 'often', 'must be a duration such as 10s or 10min, got "often"'],
  ['state.backend.type', 'rocksbd', 'did you mean "rocksdb"?, got "rocksbd"'],
  ['state.backend', 'rocksbd', 'did you mean "rocksdb"?'],
  ['restart-strategy.type', 'fixed_delay', 'did you mean "fixed-delay"?'],
  ['execution.checkpointing.mode', 'EXACTLY-ONCE', 'did you mean "EXACTLY_ONCE"?'],
  ['jobmanager.scheduler', 'adaptve', 'did you mean "Adaptive"?'],
  ['execution.checkpointing.incremental', 'on', 'must be true or false, got "on"'],
  ['state.backend.incremental', 'on', 'must be true or false'],
  ['taskmanager.memory.network.fraction', 'much', 'must be a number such as 0.1'],
  ['execution.checkpointing.tolerable-failed-checkpoints', 'some', 'must be a whole number'],
  ['taskmanager.memory.managed.size', '1.5g', 'must be a memory size such as 512m or 4g'],
  ['execution.target', 'local', 'upgrade.launcher chooses the way to YARN'],
  ['execution.shutdown-on-application-finish', 'true', 'is owned by Sluice'],
  ['yarn.tags', 'x', 'is owned by Sluice'],
  ['yarn.application.name', 'x', 'is owned by Sluice'],
  ['yarn.application-attempts', '2', 'a second attempt of YARN would start from an old restore point'],
  ['yarn.ship-files', '/etc', 'name them in job.files'],
  ['yarn.ship-archives', '/etc', 'name them in job.files'],
  ['pipeline.classpaths', 'file:///x.jar', 'further ones in job.jars'],
  ['yarn.staging-directory', '/x', 'the launcher puts together'],
  ['yarn.container-start-command-template', 'x', 'is owned by Sluice'],
  ['yarn.provided.lib.dirs', 'x', 'is owned by the platform'],
  ['high-availability.cluster-id', 'x', 'is owned by Sluice'],
  ['$internal.pipeline.job-id', 'x', 'it is internal to Flink'],
  ['pipeline.jars', 'x', 'name the one with main() in job.jar'],
  ['rest.port', '"80"', 'the platform chooses the ports of the JobManager'],
  ['rest.address', 'x', 'the addresses are those of the node'],
  ['security.kerberos.login.keytab', '/x', 'is owned by the platform'],
  ['s3.access-key', 'canary', 'would be a secret in plain text'],
  ['s3.secret-key', 'canary', 'would be a secret in plain text'],
  ['my.password', 'canary', 'would be a secret in plain text'],
  ['containerized.master.env.AWS_SECRET_ACCESS_KEY', 'canary', 'would be a secret in plain text'],
  ['containerized.master.env.SLUICE_JOB', 'x', 'it sets SLUICE_JOB for each start'],
  ['containerized.master.env.X', '"`id`"', 'YARN puts it into a shell script'],
  ['containerized.taskmanager.env.X', '"$(id)"', 'YARN puts it into a shell script'],
  ['containerized.master.env.A-B', 'x', 'does not name an environment variable'],
  ['env.java.opts.all', '"-Dx=`id`"', 'must not contain ` or $'],
  ['env.java.opts.jobmanager', '"-Dx=1; rm -rf /"', 'each beginning with "-"'],
  ['env.java.opts.taskmanager', '"-Dx=1\\nid"', 'each beginning with "-"'],
  ['env.log.level', 'VERBOSE', 'must be one of TRACE, DEBUG, INFO'],
  ['env.java.opts', "'-Dx=\"a'", 'must not contain a quote that is not closed'],
  ['env.java.opts.client', '"-Dx=\\\\"', 'must not contain a backslash'],
  ['env.java.opts.sql-gateway', '"-Dx={{PWD}}"', 'must not contain {{ or }}'],
];

export const ownedOptions: readonly BadFile[] = [
  ...OPTIONS.map(([key, value, says]): BadFile => [
    `the option ${key}: ${value}`,
    withConfig(`{»${key}: ${value}}`),
    [`flink.config.${key}`, says],
  ]),
  [
    'heap in JVM options',
    withConfig('{»env.java.opts.all: "-Xmx4g"}'),
    ['flink.config.env.java.opts.all', 'because jobManager.memory and taskManager.memory decide the sizes'],
  ],
  [
    'a class in JVM options',
    withConfig('{»env.java.opts.all: evil.Main}'),
    ['flink.config.env.java.opts.all', 'Java would take "evil.Main" for the main class'],
  ],
  [
    'an owned option, nested',
    withConfig('{state: {checkpoints: {»dir: "s3://x"}}}'),
    ['flink.config.state.checkpoints.dir', 'is owned by Sluice'],
  ],
  [
    'a field and its option together',
    withConfig('{»parallelism.default: 4}').replace('  jar:', '  parallelism: 4\n  jar:'),
    ['flink.config.parallelism.default', 'has a field of its own: set job.parallelism instead'],
  ],
  ['an option twice', withConfig('{a: {b: 1}, »a.b: 2}'), ['flink.config.a.b', 'is given twice, nested and dotted']],
  [
    'an option under two names',
    withConfig('{»state.backend: hashmap, state.backend.type: rocksdb}'),
    ['flink.config.state.backend', 'is an old name of state.backend.type'],
  ],
  ['an option with a space', withConfig('{»"a b": c}'), ['flink.config."a b"', 'is not a Flink configuration key']],
  [
    'an option with a line break',
    withConfig('{»"a\\nb": c}'),
    ['flink.config."a\\nb"', 'is not a Flink configuration key'],
  ],
  ['an option with a way out', withConfig('{»a..b: c}'), ['flink.config.a..b', 'is not a Flink configuration key']],
  [
    'a value with an escape',
    withConfig('{»a.b: "\\e[31m"}'),
    ['flink.config.a.b', 'must not contain control characters'],
  ],
  [
    'a value that is too long',
    withConfig(`{»a.b: ${'x'.repeat(17_000)}}`),
    ['flink.config.a.b', 'at most 16384 characters'],
  ],
];

export const brokenRules: readonly BadFile[] = [
  ['a password among arguments', withJob('args: ["--db-password", »x]'), ['job.args[1]', 'a secret in plain text']],
  ['none for a streaming job', withEnd('upgrade: {stopWith: »none}'), ['upgrade.stopWith', 'would lose the state']],
  [
    'a savepoint time-out below that of checkpoints',
    withEnd('upgrade: {timeouts: {savepoint: »5m}}'),
    ['upgrade.timeouts.savepoint', 'must be at least 11m'],
  ],
  [
    'a verification too short for the interval',
    withConfig('{execution.checkpointing.interval: 10min}') + 'upgrade: {verify: {timeout: »10m}}\n',
    ['upgrade.verify.timeout', 'must be at least 11m, because Flink begins one each 10m'],
  ],
  [
    'a verification too short for its checkpoints',
    withConfig('{execution.checkpointing: {interval: 1min, min-pause: 3min}}') +
      'upgrade: {verify: {checkpoints: 2, timeout: »5m}}\n',
    [
      'upgrade.verify.timeout',
      'must be at least 7m, because Flink begins one each 3m and the verification waits for 2',
    ],
  ],
  [
    'a checkpoint that is always too old',
    withConfig('{execution.checkpointing.interval: 30min}') +
      'upgrade: {stopWith: checkpoint, maxCheckpointAge: »5m}\n',
    ['upgrade.maxCheckpointAge', 'must be at least 31m, because Flink begins a checkpoint each 30m'],
  ],
  [
    'checkpoints that take longer than a savepoint may',
    withConfig('{execution.checkpointing.timeout: »30min}'),
    ['flink.config.execution.checkpointing.timeout', 'upgrade.timeouts.savepoint must be at least 31m'],
  ],
  [
    'heartbeats that come after their time-out',
    withConfig('{heartbeat.interval: »60s}'),
    ['flink.config.heartbeat.interval', 'heartbeat.interval is 1m and heartbeat.timeout 50s'],
  ],
  [
    'more parallelism than the maximum',
    withConfig('{pipeline.max-parallelism: »1}').replace('  jar:', '  parallelism: 2\n  jar:'),
    ['flink.config.pipeline.max-parallelism', 'must be at least job.parallelism, which is 2, got 1'],
  ],
  [
    'fewer slots than needed',
    withConfig('{slotmanager.number-of-slots.max: »3}').replace('  jar:', '  parallelism: 4\n  jar:'),
    ['flink.config.slotmanager.number-of-slots.max', 'must be at least 4'],
  ],
  ['a TaskManager without heap', withEnd('taskManager: {memory: »512m}'), ['taskManager.memory', 'has 64m for Flink']],
  [
    'managed memory beyond a TaskManager',
    withConfig('{taskmanager.memory.managed.size: 4g}') + 'taskManager: {memory: »2g}\n',
    ['taskManager.memory', 'managed and network memory'],
  ],
  ['a JobManager without heap', withEnd('jobManager: {memory: »600m}'), ['jobManager.memory', 'must be at least 672m']],
  [
    'itself as a backup',
    change('{cluster: yarn-a}', '{cluster: yarn-a, backups: [»yarn-a]}'),
    ['placement.backups[0]', 'must not be placement.cluster itself'],
  ],
  [
    'a backup twice',
    change('{cluster: yarn-a}', '{cluster: yarn-a, backups: [b, »b]}'),
    ['placement.backups[1]', 'must not be given twice'],
  ],
  [
    'automatic failover to nowhere',
    withEnd('recovery: {failover: {mode: »automatic}}'),
    ['recovery.failover.mode', 'must be manual'],
  ],
  [
    'a backoff that shrinks',
    withEnd('recovery: {restart: {backoff: {initial: »10m}}}'),
    ['recovery.restart.backoff.initial', 'must not be longer than max (5m)'],
  ],
  ['a base that is not resolved', withEnd('»extends: clicks.base.yaml'), ['extends', 'extends must be resolved first']],
  ...['apiVersion', 'kind', 'name', 'environment', 'owner', 'placement'].map((field): BadFile => {
    const lines = smallFile.split('\n').filter((line) => !line.startsWith(`${field}:`));
    const path = { owner: 'owner.team', placement: 'placement.cluster' }[field] ?? field;
    return [`no ${field}`, lines.join('\n'), [path, `${path} is required`]];
  }),
  ['no version of Flink', change('flink:\n  version: "1.20.1"\n', '»flink: {}\n'), ['flink.version', 'is required']],
  ['no JAR', change('job:\n  jar: clicks.jar\n', '»job:\n'), ['job.jar', 'job.jar is required: JAR of the job']],
];

/** Files with many mistakes, of which all are told at once. */
export const manyMistakes: readonly BadFile[] = [
  [
    'mistakes of every kind',
    `apiVersion: sluice/v1
kind: »FlinkJobs
name: »Clicks
environment: dev
»owner: {}
placement: {cluster: yarn-a, »clutser: yarn-b}
flink:
  version: »1.20
  config: {»state.checkpoints.dir: "s3://x", »yarn.tags: x}
job:
  »jarURI: x
  jar: »"../clicks.jar"
  entryClass: com.example.Clicks
  args: [a, »7]
  parallelism: »four
upgrade: {stopWith: »none}
`,
    ['kind', 'must be "FlinkJob"'],
    ['name', 'must be 1 to 63'],
    ['owner.team', 'is required'],
    ['placement.clutser', 'did you mean "cluster"?'],
    ['flink.version', 'write "1.20" in quotes'],
    ['flink.config.state.checkpoints.dir', 'is owned by Sluice'],
    ['flink.config.yarn.tags', 'is owned by Sluice'],
    ['job.jarURI', 'here it is called "job.jar"'],
    ['job.jar', 'must be a plain file name'],
    ['job.args[1]', 'write "7" in quotes'],
    ['job.parallelism', 'positive whole number'],
    ['upgrade.stopWith', 'would lose the state'],
  ],
  [
    'mistakes of YAML beside those of fields',
    withJob('»jar: b.jar\n  parallelism: »0').replace('environment: dev', 'environment: »*dev'),
    ['environment', 'aliases (*) are not supported'],
    ['job.jar', 'is given twice'],
    ['job.parallelism', 'positive whole number'],
  ],
  [
    'a wrong base beside other mistakes',
    withJob('parallelism: »0') + 'extends: »../base.yaml\n',
    ['job.parallelism', 'positive whole number'],
    ['extends', 'must be the name of a .yaml file'],
  ],
];
