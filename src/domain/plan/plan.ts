/** The plan of an operation: its effects, its refusals, and what both depend on. Making a plan changes nothing. */
import { z } from 'zod';
import { ConfigChange } from '../deployment/config-changes.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { Handover } from '../operation/handover.ts';
import { ClassArchiveUse } from '../distribution/distribution.ts';
import { Moved } from '../deployment/placed.ts';
import { keysOf } from '../values/keys-of.ts';
import type { RejectionDetails } from '../job/refusal.ts';
import type { ErrorCode } from '../errors/errors.ts';
import { Ownership } from '../identity/ownership.ts';
import { LauncherName } from '../identity/launcher-name.ts';
import { jobStates, operationKinds, phases } from '../lifecycle.ts';
import type { SettledState } from '../job/state/state.ts';
import { BackTo } from '../operation/back-to.ts';
import { hows, StopWith } from '../operation/operation.ts';
import { CheckResult } from './preflight.ts';
import { RestorePoint } from '../restore-points/restore-point.ts';

/** A value before and after; null when there was, or will be, none. */
const changeOf = <T extends z.ZodType>(value: T) => z.object({ before: value.nullable(), after: value.nullable() });

const PlannedJar = z.object({ name: z.string(), sha256: z.string(), size: z.int(), release: z.string() });

/** The hotfix as a plan shows it; the job has its author and its expiry. */
const PlannedHotfix = z.object({ set: z.record(z.string(), z.unknown()), unset: z.array(z.string()) });

export const Changes = z.object({
  release: changeOf(z.string()),
  gitCommit: changeOf(z.string()),
  file: changeOf(z.string())
    .extend({ diff: z.string().nullable().describe('Unified diff; null when the file stays as it is') })
    .describe('The deployment file as released, by its sha256'),
  configuration: z.array(ConfigChange).describe('Options of Flink whose value or origin changes'),
  configurationLeftOut: z.int().describe('How many more there are'),
  jar: changeOf(PlannedJar).extend({ changed: z.boolean() }),
  shipped: z
    .array(
      changeOf(z.object({ sha256: z.string(), size: z.int() })).extend({
        name: z.string(),
        kind: z.enum(['jar', 'file']),
      }),
    )
    .describe('Further JARs and files that come, go, or have another content'),
  hotfix: changeOf(PlannedHotfix).extend({
    lines: z.array(z.string()).describe('What overrides the deployment file afterwards, for people'),
    expiresAt: z.string().nullable(),
  }),
  cluster: changeOf(z.string()),
  launcher: changeOf(LauncherName),
  flinkVersion: changeOf(z.string()),
  parallelism: changeOf(z.int()),
});
export type Changes = z.infer<typeof Changes>;

const PlannedPoint = RestorePoint.extend({
  ageMs: z.int().nullable().describe('Since it was complete; null: not known'),
});

export const Plan = z.object({
  job: z.string(),
  kind: z.enum(operationKinds),
  ok: z.boolean().describe('Whether every check passes: nothing that is known now would refuse the operation'),
  revision: z
    .string()
    .describe('Of all that the plan depended on: with `If-Match`, the operation is only taken while it is so'),
  plannedAt: z.string(),
  summary: z.string().describe('What would happen, in one sentence'),
  state: z.enum(keysOf(jobStates)).describe('Of the job, as the operation would find it'),
  changes: Changes.nullable().describe('Against what runs, or ran last. Null: nothing is started, or it is not known'),
  ownership: z
    .object({ before: Ownership.nullable(), after: Ownership })
    .nullable()
    .describe('To whom the job belongs before and after. Null: the operation has nothing to do with it, or is refused'),
  backTo: BackTo.optional().describe('Target of a rollback; absent for other operations, and while it is not known'),
  moved: Moved.nullable()
    .optional()
    .describe('The earlier operation that moved the job to the cluster on which it starts; null: none has'),
  how: z
    .enum(hows)
    .optional()
    .describe(
      'How a change of the hotfix reaches the job; absent for other operations. `rescaled`: the running application goes on at another parallelism. `restarted`: it is replaced',
    ),
  whyRestarted: z.string().optional().describe('Why it takes a start; absent where it does not'),
  foreignState: z.string().nullable().describe('Another job, from whose restore point the start goes on as asked for'),
  classArchive: ClassArchiveUse.nullable()
    .optional()
    .describe(
      'Whether its JVMs would start with class archives, and why not. Null: nothing is started, or it is refused',
    ),
  stop: z
    .object({
      with: StopWith,
      drain: z.boolean(),
      deployment: z.int(),
      application: z.string(),
      cluster: z.string(),
      newestCheckpoint: z
        .object({ path: z.string(), completedAt: z.string(), ageMs: z.int() })
        .nullable()
        .describe('With `checkpoint`: the newest one now; what counts is the newest when it is stopped'),
    })
    .nullable()
    .describe('How what runs is taken down; null when nothing runs, or it stays'),
  handover: Handover.nullable()
    .optional()
    .describe(
      'How the new instance takes over from the one that runs. Null: none is replaced, or the file wants no handover',
    ),
  restorePoint: z
    .union([PlannedPoint, z.literal('from-stop')])
    .nullable()
    .describe('Where the start goes on from. `from-stop`: what stopping will give. Null: without state'),
  onFailedStart: z.enum(['rollback', 'stop']).nullable().describe('What comes of a start that does not come up'),
  checks: z.array(CheckResult),
  warnings: z.array(z.string()),
  phases: z.array(z.object({ name: z.enum(keysOf(phases)), meaning: z.string() })).describe('What happens, in order'),
});
export type Plan = z.infer<typeof Plan>;

/** The basis of a plan: the answer of the job's workflow to the very same request. */
export interface PlanBasis {
  /** The revision of the job's memory, made by `jobRevision`. */
  readonly revision: string;
  /** False while the workflow has not asked S3 and YARN yet: then the records count. */
  readonly proven: boolean;
  /** Whether the workflow has recorded an operation; absent in answers of older workers. */
  readonly hasRecorded?: boolean;
  readonly state: SettledState;
  readonly epoch: number;
  readonly current: Deployment | null;
  readonly previous: Deployment | null;
  /** The refusal that the validator of the request would give. */
  readonly refusal: { readonly code: ErrorCode; readonly detail: string; readonly details: RejectionDetails } | null;
}

/** The job as the claim of an operation would find it. */
export interface Sighting extends Pick<PlanBasis, 'state' | 'current' | 'previous'> {
  readonly problem: { readonly code: ErrorCode; readonly detail: string } | null;
  readonly warnings: readonly string[];
}
