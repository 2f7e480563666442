/**
 * The deployment file: one job in one environment, version `sluice/v1`. Only shapes and defaults are here; what concerns
 * several fields at once is in `deployment-file-rules.ts`, and `validateDeploymentFile` checks both.
 */
import { z } from 'zod';
import { DeployWindow } from './deploy-windows.ts';
import { duration, lowerCaseName, memory, pattern, text, wholeNumber } from '../input/field-schemas.ts';
import { flattenConfig } from '../flink-options/flink-config.ts';
import { jobTypes } from './job-type.ts';
import { JobName } from '../identity/job-name.ts';
import { LauncherChoice } from '../identity/launcher-name.ts';

/** What keeps a release from deploying itself, unless the file tells it to. */
const autoDeployObstacles = ['failed', 'hotfixed'] as const;

const ClusterName = lowerCaseName('the name of a cluster');

const Owner = z.strictObject({
  team: text(100).describe('Team that answers for the job'),
  contacts: z
    .array(text(200))
    .max(20, 'must have at most 20 items')
    .default([])
    .describe('Channels, addresses or people to ask'),
});

const Placement = z.strictObject({
  cluster: ClusterName.describe('YARN cluster that the job runs on'),
  backups: z
    .array(ClusterName)
    .max(5, 'must have at most 5 items')
    .default([])
    .describe('Clusters to fail over to, in this order'),
});

const Yarn = z.strictObject({
  queue: pattern(
    /^[A-Za-z0-9_][-A-Za-z0-9_.]{0,199}$/,
    'must be the name of a YARN queue: letters, digits, dots, hyphens and underscores',
  )
    .default('default')
    .describe('YARN queue of the application'),
  priority: wholeNumber(0, 1_000_000).nullable().default(null).describe('YARN priority; null leaves it to the queue'),
  nodeLabel: pattern(/^[A-Za-z0-9_][-A-Za-z0-9_]{0,254}$/, 'must be the name of a YARN node label')
    .nullable()
    .default(null)
    .describe('YARN node label of all containers; null for the default of the queue'),
  tags: z
    .array(
      pattern(
        /^(?!sluice)[a-z0-9][-a-z0-9._:=]{0,99}$/,
        'must be a YARN tag: lower-case letters, digits and - . _ : =, at most 100, not beginning with "sluice"',
      ),
    )
    // YARN takes ten; Sluice needs four for the identity of a start.
    .max(6, 'must have at most 6 items')
    .default([])
    .describe('YARN application tags beside those of Sluice'),
  legacyNames: z
    .array(text(200))
    .max(10, 'must have at most 10 items')
    .default([])
    .describe('YARN application names under which this job ran before Sluice; while one of them lives, nothing starts'),
});

const CONFIG_VALUE = { type: ['string', 'number', 'boolean', 'array', 'object'] } as const;

const Flink = z.strictObject({
  version: pattern(/^\d{1,2}\.\d{1,3}(\.\d{1,3})?$/, 'must be a Flink version such as "1.20.1"').describe(
    'Flink version, in quotes',
  ),
  config: z
    .record(z.string(), z.unknown().meta(CONFIG_VALUE))
    .transform((raw, context) => {
      const flattened = flattenConfig(raw);
      for (const { path, message } of flattened.problems) {
        context.issues.push({ code: 'custom', message, path: [...path], input: raw, params: { complete: true } });
      }
      return flattened.config;
    })
    .prefault({})
    .describe('Flink configuration, nested or dotted; what Sluice owns is refused with the reason'),
});

const MAX_ARGS_CHARACTERS = 32_768;

const Job = z.strictObject({
  type: z
    .enum(jobTypes)
    .default('streaming')
    .describe('streaming has state to keep; batch ends by itself; stateless has nothing to keep'),
  jar: pattern(
    /^[A-Za-z0-9_][-A-Za-z0-9_.+]{0,194}\.jar$/,
    'must be a plain file name ending in .jar (a file of the release, without a folder)',
  ).describe('JAR of the job: a file of the release'),
  entryClass: z
    .string('must be a string')
    .max(300, 'must be at most 300 characters')
    .regex(
      /^[\p{L}_$][\p{L}\p{N}_$]*(\.[\p{L}_$][\p{L}\p{N}_$]*)*$/u,
      'must be the full name of a Java class such as com.example.Clicks',
    )
    .describe('Class with main()'),
  args: z
    .array(
      z
        .string('must be a string')
        .refine((value) => !/\0|\p{Cs}/u.test(value), 'must not contain NUL or half characters'),
    )
    .max(500, 'must have at most 500 items')
    .refine(
      (args) => args.reduce((sum, arg) => sum + arg.length, 0) <= MAX_ARGS_CHARACTERS,
      `must have at most ${MAX_ARGS_CHARACTERS} characters in all; big values belong into a file`,
    )
    .default([])
    .describe('Arguments of main(), which arrive exactly as written: no shell sees them'),
  // Flink's upper bound of maximum parallelism is 2^15.
  parallelism: wholeNumber(1, 32_768).default(1).describe('Default parallelism of the job'),
});

const JobManager = z.strictObject({
  memory: memory.default('1600m').describe('Process size of the JobManager: all memory of its container'),
  vcores: wholeNumber(1, 1024).default(1).describe('Virtual cores of the JobManager'),
});

const TaskManager = z.strictObject({
  memory: memory.default('1728m').describe('Process size of a TaskManager: all memory of its container'),
  vcores: wholeNumber(1, 1024).default(1).describe('Virtual cores of a TaskManager'),
  slots: wholeNumber(1, 1024).default(1).describe('Task slots of a TaskManager'),
});

const Upgrade = z.strictObject({
  launcher: LauncherChoice.default('auto').describe(
    'The way a start reaches YARN; auto is direct where the cluster allows it',
  ),
  stopWith: z
    .enum(['savepoint', 'checkpoint', 'none'])
    .optional()
    .describe(
      'How the old instance stops; by default savepoint, and none for batch and stateless jobs, which alone may',
    ),
  maxCheckpointAge: duration('1s', '24h')
    .default('5m')
    .describe('With stopWith checkpoint: the oldest one that will do'),
  timeouts: z
    .strictObject({
      savepoint: duration('10s', '24h')
        .default('11m')
        .describe('For the savepoint; at least execution.checkpointing.timeout + 60s'),
      stop: duration('10s', '1h').default('2m').describe('For the tasks to end once the savepoint is complete'),
      start: duration('10s', '1h').default('5m').describe('From the submission until every task runs'),
    })
    .prefault({})
    .describe('How long the phases may take'),
  verify: z
    .strictObject({
      checkpoints: wholeNumber(0, 100).default(1).describe('Checkpoints that the new instance must complete'),
      maxRestarts: wholeNumber(0, 1000).default(0).describe('Restarts of the Flink job that are allowed meanwhile'),
      timeout: duration('10s', '24h').default('3m').describe('Time for that'),
    })
    .prefault({})
    .describe('What proves the new instance healthy'),
  onFailedStart: z
    .enum(['rollback', 'stop'])
    .default('rollback')
    .describe('rollback starts the deployment before, from the savepoint of this very operation'),
});

const Recovery = z.strictObject({
  restart: z
    .strictObject({
      enabled: z
        .boolean('must be true or false')
        .default(true)
        .describe('Start the job again when its application dies; has no effect yet'),
      maxAttempts: wholeNumber(1, 100)
        .default(5)
        .describe('Starts within the window; then the job is failed; has no effect yet'),
      window: duration('1m', '7d').default('1h').describe('Time in which attempts are counted; has no effect yet'),
      backoff: z
        .strictObject({
          initial: duration('1s', '1h')
            .default('10s')
            .describe('Wait before the second attempt; doubles each time; has no effect yet'),
          max: duration('1s', '24h').default('5m').describe('Longest wait; has no effect yet'),
        })
        .prefault({})
        .describe('Waits between attempts'),
    })
    .prefault({})
    .describe('Automatic restart on the same cluster; has no effect yet'),
  failover: z
    .strictObject({
      mode: z
        .enum(['manual', 'automatic'])
        .default('manual')
        .describe('Who decides to move to a backup cluster; has no effect yet'),
    })
    .prefault({})
    .describe('Move to a backup cluster; has no effect yet'),
});

const Savepoints = z.strictObject({
  every: duration('5m', '30d').nullable().default(null).describe('Take a savepoint this often; null for never'),
  keep: z
    .strictObject({
      count: wholeNumber(1, 1000).default(7).describe('At least so many are kept'),
      maxAge: duration('1s', '3650d').default('30d').describe('Older ones are deleted beyond that count'),
    })
    .prefault({})
    .describe('How long savepoints are kept'),
});

const HotfixPolicy = z.strictObject({
  maxAge: duration('1h', '90d').default('7d').describe('A hotfix expires after this time at the latest'),
  onExpiry: z.enum(['remind', 'revert']).default('remind').describe('What then happens'),
});

const AutoDeploy = z.strictObject({
  enabled: z.boolean('must be true or false').default(false).describe('Deploy new releases without being asked'),
  windows: z
    .array(DeployWindow)
    .max(20, 'must have at most 20 items')
    .default([])
    .describe(
      'When such a deploy may begin, such as "Mon-Fri 09:00-16:00 Europe/Berlin" or "Sat,Sun 22:00-04:00" (UTC, over midnight); an empty list means at any time',
    ),
  evenIf: z
    .array(z.enum(autoDeployObstacles))
    .max(2, 'must have at most 2 items')
    .default([])
    .describe(
      'Deploy over a job that is failed or hotfixed too; a hotfix is kept. Without it such a job is left alone',
    ),
});

/**
 * The schema of a deployment file whose `extends` is resolved. Output has all defaults and a flat `flink.config`, and
 * parses again to itself. Messages are predicates ("must be …"), to be put behind the path of the field.
 */
export const DeploymentFile = z.strictObject({
  apiVersion: z.literal('sluice/v1', 'must be "sluice/v1"').describe('Version of this format'),
  kind: z.literal('FlinkJob', 'must be "FlinkJob"').describe('What the file describes'),
  name: JobName,
  environment: lowerCaseName('an environment').describe('Environment, such as dev, staging or prod'),
  description: text(1000).optional().describe('One sentence for people'),
  owner: Owner.describe('Who answers for the job'),
  labels: z
    .record(
      pattern(/^[A-Za-z0-9][-A-Za-z0-9_./]{0,62}$/, 'must be a label name: letters, digits and - _ . /, at most 63'),
      text(200),
    )
    .default({})
    .describe('Labels to find and group jobs by'),
  links: z
    .record(
      pattern(/^[A-Za-z0-9][-A-Za-z0-9_. ]{0,62}$/, 'must be a short name for a link'),
      pattern(/^https?:\/\/[^\s<>"'`\\\p{C}]{1,2000}$/u, 'must be an http or https address'),
    )
    .default({})
    .describe('Pages for people, such as a runbook'),
  placement: Placement.describe('Where the job runs'),
  yarn: Yarn.prefault({}).describe('The YARN application'),
  flink: Flink.describe('Flink and its configuration'),
  job: Job.describe('The program'),
  jobManager: JobManager.prefault({}).describe('Size of the JobManager'),
  taskManager: TaskManager.prefault({}).describe('Size of each TaskManager'),
  upgrade: Upgrade.prefault({}).describe('How a new deployment replaces the old one'),
  recovery: Recovery.prefault({}).describe('Recovery of a job whose application died; has no effect yet'),
  savepoints: Savepoints.prefault({}).describe('Periodic savepoints and how long all are kept'),
  hotfix: HotfixPolicy.prefault({}).describe('Rules for hotfixes of this job'),
  autoDeploy: AutoDeploy.prefault({}).describe('Continuous deployment'),
});

/** A valid deployment file with all defaults. */
export type DeploymentFile = z.output<typeof DeploymentFile>;
