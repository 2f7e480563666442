/** What the API answers, as schemas: the OpenAPI document, the CLI and the tests read these and nothing else. */
import { z } from 'zod';
import { Deployment } from '../domain/deployment.ts';
import { Rejection } from '../domain/job-memory.ts';
import { healths, jobStates, operationKinds, phases, syncs, type JobState, type Phase } from '../domain/lifecycle.ts';
import { OperationRecord } from '../domain/operation.ts';
import { Release } from '../domain/release.ts';
import { RestorePoint } from '../domain/restore-point.ts';

export const API_PREFIX = '/api/v1';

const stateNames = Object.keys(jobStates) as [JobState, ...JobState[]]; // keys of a literal table
const phaseNames = Object.keys(phases) as [Phase, ...Phase[]]; // keys of a literal table

/** Who holds a job while an operation runs. */
export const HolderBody = z
  .object({
    id: z.string(),
    kind: z.enum(operationKinds),
    actor: z.string(),
    since: z.string(),
    phase: z.enum(phaseNames).nullable(),
  })
  .describe('The operation that holds the job');

/** RFC 9457. */
export const ProblemBody = z
  .object({
    type: z.string().describe('URI of the kind of problem'),
    title: z.string(),
    status: z.int(),
    code: z.string().describe('Stable name of the problem, for programs'),
    detail: z.string().describe('What is wrong and why'),
    hint: z.string().describe('What to do'),
    requestId: z.string().describe('Find it in the log of the API'),
    holder: HolderBody.optional(),
    operation: OperationRecord.optional(),
    errors: z
      .array(
        z.object({
          fileName: z.string().optional(),
          path: z.string(),
          line: z.int().optional(),
          column: z.int().optional(),
          message: z.string(),
        }),
      )
      .optional(),
  })
  .describe('What went wrong, why, and what to do (RFC 9457)');
export type ProblemBody = z.infer<typeof ProblemBody>;

export const OperationBody = z.object({ operation: OperationRecord });
export type OperationBody = z.infer<typeof OperationBody>;

/** An operation, and once more under the name that the answer to asking for it has: one reader fits both. */
export const OperationResource = OperationRecord.extend({ operation: OperationRecord });

/** Where to look closer; null where it is not configured or nothing runs. */
export const Links = z.object({
  self: z.string(),
  temporal: z.string().nullable(),
  yarn: z.string().nullable(),
  flink: z.string().nullable(),
});
export type Links = z.infer<typeof Links>;

const state = z.enum(stateNames);

export const JobBody = z.object({
  name: z.string(),
  state,
  stateMeaning: z.string(),
  stateSince: z.string(),
  stateReason: z.string().nullable(),
  next: z.string().describe('What the state waits for'),
  allowed: z.array(z.string()).describe('Operations that can be asked for now'),
  health: z.enum(healths),
  sync: z.enum(syncs),
  observedAt: z.string(),
  operation: OperationRecord.nullable().describe('The operation in progress'),
  deployment: Deployment.nullable().describe('What runs, or what ran last'),
  configuration: z.string().nullable().describe('sha256 of the effective configuration'),
  hotfix: z.null(),
  savepoints: z.array(RestorePoint),
  rejections: z.object({ last: z.array(Rejection), beyond: z.int() }),
  links: Links,
});
export type JobBody = z.infer<typeof JobBody>;

/** One line of the list of jobs. What the job itself must be asked for is null when it did not answer in time. */
export const JobItem = z.object({
  name: z.string(),
  state,
  stateSince: z.string().nullable(),
  health: z.enum(healths),
  sync: z.enum(syncs).nullable(),
  observedAt: z.string().nullable(),
  environment: z.string().nullable(),
  cluster: z.string().nullable(),
  owner: z.string().nullable(),
  release: z.string().nullable(),
  operation: OperationRecord.nullable(),
  deployment: Deployment.nullable(),
  links: Links,
});
export type JobItem = z.infer<typeof JobItem>;

/** A release without its files. */
export const ReleaseItem = z.object({
  name: z.string().describe('As `deploy` takes it, such as clicks/1.4.2'),
  project: z.string(),
  version: z.string(),
  gitCommit: z.string().nullable(),
  buildUrl: z.string().nullable(),
  createdAt: z.string(),
  publishedAt: z.string().describe('When release.json appeared in S3'),
  jobs: z.array(z.string()).describe('Jobs that it has deployment files for'),
});
export type ReleaseItem = z.infer<typeof ReleaseItem>;

export const ClusterItem = z.object({
  name: z.string(),
  zone: z.string(),
  resourceManager: z.string(),
  launchers: z.array(z.string()),
  /** Null when the ResourceManager did not answer in time. */
  version: z.string().nullable().describe('Version of Hadoop'),
  activeNodes: z.number().nullable(),
  runningApplications: z.number().nullable(),
  memoryMb: z.object({ total: z.number(), available: z.number() }).nullable(),
  reachable: z.boolean(),
  problem: z.string().nullable().describe('Why it did not answer'),
});
export type ClusterItem = z.infer<typeof ClusterItem>;

/** The answer for a deployment file without mistakes. */
export const ValidationBody = z.object({
  valid: z.literal(true),
  job: z.string(),
  environment: z.string(),
  file: z.record(z.string(), z.unknown()).describe('The file with every default filled in'),
});
export type ValidationBody = z.infer<typeof ValidationBody>;

export const HealthBody = z.object({
  status: z.enum(['ok', 'unavailable']),
  version: z.string(),
  checks: z.record(z.string(), z.object({ ok: z.boolean(), detail: z.string().nullable() })),
});
export type HealthBody = z.infer<typeof HealthBody>;

/** Every list of the API. */
const listOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), nextCursor: z.string().nullable() });

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

export const OperationList = listOf(OperationRecord);
export const JobList = listOf(JobItem);
export const RestorePointList = listOf(RestorePoint);
export const DeploymentList = listOf(Deployment);
export const ReleaseList = listOf(ReleaseItem);
export const ClusterList = listOf(ClusterItem);
export const ReleaseBody = Release;
