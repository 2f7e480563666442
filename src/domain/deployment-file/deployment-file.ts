/**
 * The deployment file describes one job in one environment, in the format `sluice/v1`. This file has shapes and defaults;
 * `rules.ts` has the rules about several fields, and `validateDeploymentFile` checks both.
 */
import { z } from 'zod';
import { DeployWindow } from './deploy-windows.ts';
import { duration, lowerCaseName, memory, pattern, text, wholeNumber } from '../input/field-schemas.ts';
import { flattenConfig } from '../flink-options/flink-config.ts';
import { Job } from './program.ts';
import { JobName } from '../identity/job-name.ts';
import { LauncherChoice } from '../identity/launcher-name.ts';
import { usualRestart } from './usual-restart.ts';

/** Whether an upgrade may bring the next application up beside the old one. */
const handovers = ['auto', 'always', 'never'] as const;

/** States of a job over which a release deploys itself only if the file says so. */
const autoDeployObstacles = ['failed', 'hotfixed'] as const;

const ClusterName = lowerCaseName('the name of a cluster');

const Owner = z.strictObject({
  team: text(100).describe('Team that is responsible for the job'),
  contacts: z
    .array(text(200))
    .max(20, 'must have at most 20 items')
    .default([])
    .describe('Channels, addresses or people to contact about the job'),
});

const Placement = z.strictObject({
  cluster: ClusterName.describe('YARN cluster on which the job runs'),
  backups: z
    .array(ClusterName)
    .max(5, 'must have at most 5 items')
    .default([])
    .describe('Clusters for a failover, in this order'),
});

const Yarn = z.strictObject({
  queue: pattern(
    /^[A-Za-z0-9_][-A-Za-z0-9_.@]{0,199}$/,
    'must be the name of a YARN queue: letters, digits, dots, hyphens, underscores and @',
  )
    .default('default')
    .describe('YARN queue of the application'),
  priority: wholeNumber(0, 1_000_000)
    .nullable()
    .default(null)
    .describe('YARN priority of the application; null for the default of the queue'),
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
    // YARN takes ten tags, and four of them are Sluice's.
    .max(6, 'must have at most 6 items')
    .default([])
    .describe('YARN application tags of your own, beside those of Sluice'),
  legacyNames: z
    .array(text(200))
    .max(10, 'must have at most 10 items')
    .default([])
    .describe(
      'YARN application names under which this job ran before Sluice; Sluice starts nothing while such an application lives',
    ),
});

const CONFIG_VALUE = { type: ['string', 'number', 'boolean', 'array', 'object'] } as const;

const Flink = z.strictObject({
  version: pattern(/^\d{1,2}\.\d{1,3}(\.\d{1,3})?$/, 'must be a Flink version such as "1.20.1"').describe(
    'Flink version, in quotes because 1.20 without them is the number 1.2',
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
    .describe('Flink options, nested or dotted; Sluice refuses those that it owns and says why'),
});

const JobManager = z.strictObject({
  memory: memory.default('1600m').describe('Process size of the JobManager: the whole memory of its container'),
  vcores: wholeNumber(1, 1024).default(1).describe('Virtual cores of the JobManager'),
});

const TaskManager = z.strictObject({
  memory: memory.default('1728m').describe('Process size of a TaskManager: the whole memory of its container'),
  vcores: wholeNumber(1, 1024).default(1).describe('Virtual cores of a TaskManager'),
  slots: wholeNumber(1, 1024).default(1).describe('Task slots of a TaskManager'),
});

const Upgrade = z.strictObject({
  launcher: LauncherChoice.default('auto').describe(
    'How a start reaches YARN; auto takes direct where the cluster offers it',
  ),
  stopWith: z
    .enum(['savepoint', 'checkpoint', 'none'])
    .optional()
    .describe(
      'How the old instance stops; the default is savepoint, and none for batch and stateless jobs, the only ones that may say none',
    ),
  maxCheckpointAge: duration('1s', '7d')
    .optional()
    .describe(
      'With stopWith: checkpoint, the greatest age at which a checkpoint is recent enough to stop with; the default is 5m, or twice the interval of checkpoints where that is longer',
    ),
  timeouts: z
    .strictObject({
      savepoint: duration('10s', '24h')
        .default('11m')
        .describe(
          'Time for the savepoint; at least execution.checkpointing.timeout + 60s, so that Flink decides first',
        ),
      stop: duration('10s', '1h').default('2m').describe('Time for the tasks to end after the savepoint is complete'),
      start: duration('10s', '24h')
        .default('5m')
        .describe('Time from the submission until every task runs; restoring terabytes takes hours'),
    })
    .prefault({})
    .describe('How long the phases of an upgrade may take'),
  verify: z
    .strictObject({
      checkpoints: wholeNumber(0, 100).default(1).describe('Checkpoints that the new instance must complete'),
      maxRestarts: wholeNumber(0, 1000)
        .default(0)
        .describe('Restarts of the Flink job that are allowed during the verification'),
      timeout: duration('10s', '7d')
        .optional()
        .describe(
          'Time for the verification; the default is 3m, or the time in which Flink completes or fails these checkpoints where that is longer (interval × checkpoints + execution.checkpointing.timeout), or stableFor + 3m',
        ),
      stableFor: duration('1s', '24h')
        .nullable()
        .default(null)
        .describe(
          'Time for which the new instance must run without a restart; each allowed restart begins it anew; null for none; has no effect for batch jobs',
        ),
    })
    .prefault({})
    .describe('Proof that the new instance is healthy'),
  onFailedStart: z
    .enum(['rollback', 'stop'])
    .default('rollback')
    .describe('After a failed start, rollback starts the previous deployment from the savepoint of the same operation'),
  handover: z
    .enum(handovers)
    .default('auto')
    .describe(
      'Whether the next application comes up before the old one is stopped, and takes over from it: auto does so where it is possible, always refuses an upgrade where it is not, never stops the old one first',
    ),
});

const Recovery = z.strictObject({
  restart: z
    .strictObject({
      enabled: z
        .boolean('must be true or false')
        .default(true)
        .describe('Start the job again by itself, from its newest state, when its instance fails'),
      maxAttempts: wholeNumber(1, 100)
        .default(usualRestart.maxAttempts)
        .describe('Restarts within the window after which people must look'),
      window: duration('1m', '7d').default(usualRestart.window).describe('Period in which restarts are counted'),
      backoff: z
        .strictObject({
          initial: duration('1s', '1h')
            .default(usualRestart.backoff.initial)
            .describe('Wait before the second restart of a window; it doubles each time'),
          max: duration('1s', '24h').default(usualRestart.backoff.max).describe('Longest wait'),
        })
        .prefault({})
        .describe('Waits between restarts'),
      whenDegradedFor: duration('2m', '7d')
        .nullable()
        .default(null)
        .describe(
          'Time for which the job is degraded before Sluice restarts it from its newest checkpoint; null leaves its tasks to Flink',
        ),
    })
    .prefault({})
    .describe('Automatic restart of a failed instance'),
  failover: z
    .strictObject({
      mode: z
        .enum(['manual', 'automatic'])
        .default('manual')
        .describe(
          'Whether only people move the job to a backup cluster, or Sluice too, once its cluster is gone; with automatic its JVMs keep a lease',
        ),
      drills: z
        .strictObject({
          windows: z
            .array(DeployWindow)
            .max(20, 'must have at most 20 items')
            .default([])
            .describe('Times in which a drill may begin, as in autoDeploy.windows; an empty list means at any time'),
        })
        .prefault({})
        .describe('Drills of a failover'),
    })
    .prefault({})
    .describe('Failover: the move to a backup cluster'),
});

const Savepoints = z.strictObject({
  every: duration('5m', '30d').nullable().default(null).describe('Period of automatic savepoints; null for none'),
  keep: z
    .strictObject({
      count: wholeNumber(1, 1000).default(7).describe('Number of newest savepoints that are kept whatever their age'),
      maxAge: duration('1s', '3650d').default('30d').describe('Age after which the other savepoints are deleted'),
    })
    .prefault({})
    .describe('How long savepoints are kept'),
});

/** Longest life of a hotfix where the file says nothing. */
export const HOTFIX_MAX_AGE = '7d';

const HotfixPolicy = z.strictObject({
  maxAge: duration('1h', '90d').default(HOTFIX_MAX_AGE).describe('Longest time until a hotfix expires'),
  onExpiry: z
    .enum(['remind', 'revert'])
    .default('remind')
    .describe('When a hotfix expires, remind tells people and keeps it; revert ends it with the next healthy start'),
});

const AutoDeploy = z.strictObject({
  enabled: z
    .boolean('must be true or false')
    .default(false)
    .describe('Whether each new release with this file deploys itself'),
  windows: z
    .array(DeployWindow)
    .max(20, 'must have at most 20 items')
    .default([])
    .describe(
      'Times in which such a deploy may begin, such as "Mon-Fri 09:00-16:00 Europe/Berlin" or "Sat,Sun 22:00-04:00" (UTC, over midnight); an empty list means at any time',
    ),
  evenIf: z
    .array(z.enum(autoDeployObstacles))
    .max(2, 'must have at most 2 items')
    .default([])
    .describe(
      'Deploy also when the job is failed or has a hotfix, which is then kept; without this such a job is left alone',
    ),
});

/**
 * The schema of a deployment file whose `extends` is resolved. The output has all defaults and a flat `flink.config`, and
 * parses again to itself. Each message is a predicate ("must be …") that follows the path of the field.
 */
export const DeploymentFile = z.strictObject({
  apiVersion: z.literal('sluice/v1', 'must be "sluice/v1"').describe('Version of this format'),
  kind: z.literal('FlinkJob', 'must be "FlinkJob"').describe('Kind of thing that the file describes'),
  name: JobName,
  environment: lowerCaseName('an environment').describe('Environment such as dev, staging or prod'),
  description: text(1000).optional().describe('One sentence that tells people what the job does'),
  owner: Owner.describe('Who is responsible for the job'),
  labels: z
    .record(
      pattern(/^[A-Za-z0-9][-A-Za-z0-9_./]{0,62}$/, 'must be a label name: letters, digits and - _ . /, at most 63'),
      text(200),
    )
    .default({})
    .describe('Labels by which people find and group jobs'),
  links: z
    .record(
      pattern(/^[A-Za-z0-9][-A-Za-z0-9_. ]{0,62}$/, 'must be a short name for a link'),
      pattern(/^https?:\/\/[^\s<>"'`\\\p{C}]{1,2000}$/u, 'must be an http or https address'),
    )
    .default({})
    .describe('Addresses of pages for people, such as a runbook'),
  placement: Placement.describe('Where the job runs'),
  yarn: Yarn.prefault({}).describe('The YARN application'),
  flink: Flink.describe('Flink and its configuration'),
  job: Job.describe('The program'),
  jobManager: JobManager.prefault({}).describe('Size of the JobManager'),
  taskManager: TaskManager.prefault({}).describe('Size of each TaskManager'),
  upgrade: Upgrade.prefault({}).describe('How a new deployment replaces the old one'),
  recovery: Recovery.prefault({}).describe('Recovery of a job whose instance failed'),
  savepoints: Savepoints.prefault({}).describe('Automatic savepoints, and how long all savepoints are kept'),
  hotfix: HotfixPolicy.prefault({}).describe('Rules for hotfixes of this job'),
  autoDeploy: AutoDeploy.prefault({}).describe('Continuous deployment: releases that deploy themselves'),
});

/** A valid deployment file with all defaults. */
export type DeploymentFile = z.output<typeof DeploymentFile>;
