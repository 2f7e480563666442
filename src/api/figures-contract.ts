/** Schemas of figures: upgrades and checkpoints of a job, how far an operation has come, and operations of all jobs by hour. */
import { z } from 'zod';
import { phases, recordedKinds, outcomes } from '../domain/lifecycle.ts';
import { keysOf } from '../domain/values/keys-of.ts';
import { Step } from './caller-contract.ts';
import { listOf, unreadable } from './contract.ts';
import { LiveBody } from './instance-contract.ts';

const phase = z.enum(keysOf(phases));

const UpgradeItem = z.object({
  operation: z.string(),
  kind: z.enum(recordedKinds),
  outcome: z.enum(outcomes),
  release: z.string().nullable(),
  deployment: z.int().nullable(),
  acceptedAt: z.string(),
  endedAt: z.string(),
  totalMs: z.int(),
  phases: z.array(z.object({ name: phase, ms: z.int() })),
  downtimeMs: z
    .int()
    .nullable()
    .describe(
      'From the confirmed end of the instance that was replaced to every task RUNNING in the new one. Null where nothing was replaced, or the new one never ran',
    ),
  startedFrom: z.string().nullable().describe('Path of the restore point'),
});
export type UpgradeItem = z.infer<typeof UpgradeItem>;

export const UpgradeList = listOf(UpgradeItem).extend({
  unreadable,
  usualMs: z
    .record(z.string(), z.int())
    .describe('Median of each phase among those of this page that succeeded, and of `total` and `downtime`'),
});
export type UpgradeList = z.infer<typeof UpgradeList>;

const at = z.string().nullable();
const path = z.string().nullable();

export const CheckpointsBody = z.object({
  job: z.string(),
  live: LiveBody.nullable().describe('Whether the JobManager answered; null when nothing runs'),
  counts: z
    .object({ restored: z.int(), total: z.int(), inProgress: z.int(), completed: z.int(), failed: z.int() })
    .nullable()
    .describe('Since the JobManager started. Null when it did not answer, or the job has no checkpoints'),
  latestCompleted: z
    .object({ id: z.int(), triggeredAt: at, completedAt: at, durationMs: z.int(), stateBytes: z.int(), path })
    .nullable(),
  latestFailed: z.object({ id: z.int(), failedAt: at, message: z.string() }).nullable(),
  restored: z.object({ id: z.int(), restoredAt: at, isSavepoint: z.boolean(), path }).nullable(),
  history: z
    .array(
      z.object({
        id: z.int(),
        status: z.enum(['IN_PROGRESS', 'COMPLETED', 'FAILED']),
        isSavepoint: z.boolean(),
        triggeredAt: at,
        completedAt: at.describe('Of one that completed'),
        durationMs: z.int().nullable(),
        stateBytes: z.int().nullable().optional().describe('Of one that completed'),
        path,
      }),
    )
    .describe('The last ones that Flink remembers, newest first'),
});
export type CheckpointsBody = z.infer<typeof CheckpointsBody>;

export const StepsBody = z.object({
  job: z.string(),
  operation: z.string(),
  phase: phase.nullable(),
  phases: z.array(z.object({ name: phase, startedAt: z.string(), endedAt: at })),
  deadlineAt: at.describe(
    'When the wait of the phase ends at the latest, by the deadlines of the deployment file. Null in phases without one',
  ),
  steps: z.array(Step).describe('The activities that are under way; empty when the operation has ended'),
});
export type StepsBody = z.infer<typeof StepsBody>;

const counts = z.record(z.string(), z.int());

export const OperationStats = z.object({
  since: z.string(),
  until: z.string(),
  total: z.int().describe('Operations that ended since then, of jobs that the caller may see'),
  outcomes: counts.describe('How many ended with each outcome'),
  kinds: counts.describe('How many there were of each kind'),
  hours: z
    .array(
      z.object({ at: z.string().describe('When the hour began'), total: z.int(), outcomes: counts, kinds: counts }),
    )
    .describe('Every hour since then, oldest first, also those without an operation'),
  uncounted: z
    .int()
    .describe('Operations whose records were not read yet, or cannot be read; asking again counts more of them'),
});
export type OperationStats = z.infer<typeof OperationStats>;
