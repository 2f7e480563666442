/** Schemas of the list of all jobs, and of what streams tell of it. */
import { z } from 'zod';
import { attentionNames } from '../domain/job/list/attention.ts';
import { OwnerView } from '../domain/job/belonging.ts';
import { SlimDeployment, SlimHotfix } from '../domain/job/list/digest.ts';
import { wishes } from '../domain/job/state/state.ts';
import { healths, jobStates, syncs } from '../domain/lifecycle.ts';
import { LastOperation } from '../domain/operation/last-operation.ts';
import { OperationRecord } from '../domain/operation/operation.ts';
import { keysOf } from '../domain/values/keys-of.ts';
import { CallerView } from './caller-contract.ts';
import { Links, listOf } from './contract.ts';

const state = z.enum(keysOf(jobStates));

/** A line of the list of jobs. Fields that only the job itself knows are null until it has told them. */
export const JobItem = z.object({
  name: z.string(),
  state,
  stateSince: z.string().nullable(),
  stateReason: z.string().nullable(),
  desired: z.enum(wishes).nullable().describe('What somebody wants of it'),
  health: z.enum(healths),
  sync: z
    .enum(syncs)
    .nullable()
    .describe('hotfixed: a hotfix overrides the file. behind: a newer release of its project has a file for it'),
  observedAt: z.string().nullable(),
  checkpointAt: z
    .string()
    .nullable()
    .optional()
    .describe(
      'When its newest checkpoint completed, as its watcher saw it last. Null when nothing runs, or none is known',
    ),
  cause: z.string().nullable().describe('Class of the cause of a failure or of bad health'),
  attention: z.array(z.enum(attentionNames)).describe('Why a person must look at the job'),
  ...OwnerView.shape,
  labels: z.record(z.string(), z.string()),
  description: z.string().nullable(),
  cluster: z.string().nullable(),
  release: z.string().nullable(),
  newestRelease: z.string().nullable().describe('The newest release of its project that has a file for it'),
  operation: OperationRecord.nullable().describe('The operation in progress; null until the job has told it'),
  operationKind: z.string().nullable().describe('Kind of the operation in progress'),
  lastOperation: LastOperation.nullable().describe('The operation that ended last'),
  deployment: SlimDeployment.nullable(),
  configuration: z.string().nullable().describe('sha256 of the effective configuration'),
  hotfix: SlimHotfix.nullable(),
  pendingStopSince: z.string().nullable().describe('Since when a stop has no known outcome'),
  givenUp: z.int().describe('Instances that were given up and may still run'),
  restartAt: z.string().nullable().describe('When Sluice starts the failed job again by itself'),
  links: Links,
  ...CallerView.shape,
});
export type JobItem = z.infer<typeof JobItem>;

const counts = z.record(z.string(), z.int());
export const JobList = listOf(JobItem).extend({
  total: z.int().describe('How many jobs fit, on all pages'),
  asOf: z.string().describe('When this was true; older than the request while Temporal does not answer'),
  since: z
    .string()
    .regex(/^[0-9a-f]{8}-\d+$/)
    .describe('Listen to `/events?since=` with it to miss nothing that comes after this list'),
  facets: z
    .record(z.string(), counts)
    .optional()
    .describe('For each facet that was asked for, its values with the number of jobs that fit the other filters'),
});
export type JobList = z.infer<typeof JobList>;
