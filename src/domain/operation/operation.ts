/** Operations: how they are asked for, and the record that is kept of each. */
import { z } from 'zod';
import { openEnum } from '../compatibility/open-enum.ts';
import { clip } from '../values/clip.ts';
import { Cause } from '../errors/cause.ts';
import { hotfixFields, refineHotfix } from '../hotfix/request.ts';
import { OperationId } from '../identity/ids.ts';
import { LauncherChoice } from '../identity/launcher-name.ts';
import { Handover } from './handover.ts';
import { lowerCaseName, text } from '../input/field-schemas.ts';
import { keysOf } from '../values/keys-of.ts';
import {
  jobStates,
  outcomes,
  phases,
  recordedKinds,
  type OperationKind,
  type Phase,
  type RecordedKind,
} from '../lifecycle.ts';
import { Claimed, SCHEDULE } from './asker.ts';
import { BackTo } from './back-to.ts';
import { ProjectName, ReleaseName } from '../release/release.ts';
import { From } from '../restore-points/restore-point.ts';

/** A single line of text for people; control characters would forge log lines. */
const Line = (max: number) =>
  z
    .string()
    .max(max)
    // Without `\p{Cc}`, which clients in other languages do not know.
    // eslint-disable-next-line no-control-regex
    .regex(/^[^\u0000-\u001f\u007f-\u009f]*$/, 'must be one line without control characters');

const requestFields = {
  /** The asker chooses the id; asking twice with one id is one operation. */
  id: OperationId.optional(),
  actor: Line(100).optional(),
  reason: Line(300).optional(),
  /** The tool that asks, by its own word. The doors of Sluice are told by their code (`asker.ts`). */
  via: z.enum(['api', 'cli', 'console', 'ci', SCHEDULE]).optional(),
  /** The job must still be as a plan found it: the first half of the plan's revision (`plan/revision.ts`). */
  ifRevision: z
    .string()
    .regex(/^[0-9a-f]{32}$/, 'must be 32 hexadecimal digits')
    .optional(),
};

/** Ways to take the running instance down. */
export const StopWith = z.enum(['savepoint', 'checkpoint', 'none']);
export type StopWith = z.infer<typeof StopWith>;

const startFlags = {
  from: From.optional(),
  allowNonRestoredState: z.boolean().optional(),
  discardNewerState: z.boolean().optional(),
  /**
   * Allows a start from a point that Flink may not be able to read: another minor version or state backend, a
   * downgrade.
   */
  acceptStateRisk: z.boolean().optional(),
  /** Allows a start from a restore point that belongs to another job. */
  foreignState: z.boolean().optional(),
};

/** The job as the asker saw it, so that a decision about a job that has changed meanwhile is refused. */
const OnlyIf = z.strictObject({
  state: z.enum(keysOf(jobStates)).describe('State that the job must still be in'),
  after: OperationId.nullable().describe('Its newest operation, which must still be that; null: it has none'),
});

/** The payload of each kind; signals, updates and the API's body are parsed with these same schemas. */
export const requestSchemas = {
  deploy: z.strictObject({
    ...requestFields,
    release: ReleaseName,
    ...startFlags,
    stopWith: StopWith.optional(),
    launcher: LauncherChoice.optional(),
    hotfix: z.strictObject(hotfixFields).superRefine(refineHotfix).optional(),
    onlyIf: OnlyIf.optional(),
  }),
  savepoint: z.strictObject({ ...requestFields }),
  stop: z.strictObject({ ...requestFields, drain: z.boolean().optional(), stopWith: StopWith.optional() }),
  kill: z
    .strictObject({
      ...requestFields,
      /** Takes the place of the operation that runs, and counts nodes as gone that YARN calls lost. */
      force: z.boolean().optional(),
      /** Closes the start of an instance that cannot be confirmed dead; the instance may still run. */
      giveUp: z.boolean().optional(),
    })
    .superRefine(({ force, giveUp, reason }, context) => {
      if (giveUp !== true) return;
      if (force !== true) context.addIssue({ code: 'custom', path: ['giveUp'], message: 'needs force: true' });
      if (!reason?.trim()) context.addIssue({ code: 'custom', path: ['reason'], message: 'is needed to give up' });
    }),
  resume: z.strictObject({ ...requestFields, ...startFlags }),
  restart: z.strictObject({ ...requestFields, ...startFlags, stopWith: StopWith.optional() }),
  rollback: z.strictObject({
    ...requestFields,
    ...startFlags,
    stopWith: StopWith.optional(),
    /** Number of the deployment to go back to; by default the newest earlier one that ran something else. */
    to: z.number().int().positive().optional(),
  }),
  hotfix: z
    .strictObject({ ...requestFields, ...hotfixFields, ...startFlags, stopWith: StopWith.optional() })
    .superRefine(refineHotfix),
  revertHotfix: z.strictObject({ ...requestFields, ...startFlags, stopWith: StopWith.optional() }),
  adopt: z.strictObject({
    ...requestFields,
    /**
     * The release that the application runs, as far as its owner knows. Its deployment file is the declared one from
     * then on.
     */
    release: ReleaseName,
    /** The cluster that runs the application; by default all clusters are asked. */
    cluster: Line(63).optional(),
    /** The application; by default it is found by the name of the job, or by its `yarn.legacyNames`. */
    application: z
      .string()
      .regex(/^application_\d{1,20}_\d{1,10}$/, 'must be an application id such as application_1700000000000_0001')
      .optional(),
  }),
  recover: z.strictObject({ ...requestFields }),
  /** Hands the job over: from then on its releases come from the new owner. Nothing that runs changes. */
  transfer: z
    .strictObject({
      ...requestFields,
      project: ProjectName.optional(),
      team: text(100).optional(),
      environment: lowerCaseName('an environment').optional(),
    })
    .refine(
      ({ project, team, environment }) => project !== undefined || team !== undefined || environment !== undefined,
      'must name a project, a team or an environment',
    ),
  /** Moves the job to another cluster that its deployment file names. */
  failover: z
    .strictObject({
      ...requestFields,
      /** The cluster to move to; by default the first that the file names besides the current one. */
      to: lowerCaseName('the name of a cluster').optional(),
      /** Accepts that an instance may still run which nobody can reach, and which is not known to end by itself. */
      confirmUnfenced: z.boolean().optional(),
      /** Leaves a cluster that answers as if it were gone, to prove that lease and restore point carry a failover. */
      drill: z.boolean().optional(),
    })
    .superRefine(({ confirmUnfenced, drill, reason }, context) => {
      if (confirmUnfenced === true && !reason?.trim())
        context.addIssue({ code: 'custom', path: ['reason'], message: 'is needed to confirm' });
      if (confirmUnfenced === true && drill === true)
        context.addIssue({
          code: 'custom',
          path: ['drill'],
          message: 'takes no risk, so confirmUnfenced has no place in it',
        });
    }),
  /** Moves the job back to `placement.cluster` of its deployment file. */
  failback: z.strictObject({ ...requestFields }),
} as const satisfies Record<OperationKind, z.ZodType>;

export type RequestOf<K extends OperationKind> = z.infer<(typeof requestSchemas)[K]>;
/** `cancel` is a message to the operation that holds the job, and no operation itself. */
export const CancelRequest = z.strictObject({
  /** The operation that is meant: a late cancel must not hit the next operation. */
  operation: OperationId,
  actor: requestFields.actor,
  reason: requestFields.reason,
  via: requestFields.via,
});
export type CancelRequest = z.infer<typeof CancelRequest>;

/** A request together with its kind. */
export type Request = { [K in OperationKind]: { readonly kind: K } & RequestOf<K> }[OperationKind];

const OperationError = z.strictObject({
  code: z.string(),
  detail: z.string(),
  hint: z.string(),
  /** The cause in words; null in records of releases that did not name it. */
  cause: Cause.extend({ meaning: z.string() }).nullable().default(null),
  /** The deployment that ran when the operation had ended. */
  runsNow: z.string().nullable().default(null),
  /** Whether the state is safe, and where. Its paths are never cut. */
  state: z.string().nullable().default(null),
  whatToDo: z.string().nullable().default(null),
});

/** The person who cut an operation short. */
const Interruption = z.strictObject({
  how: openEnum(['cancelled', 'superseded'], 'superseded'),
  at: z.string(),
  actor: z.string(),
  reason: z.string().nullable(),
  /** The operation that took the place; null for a cancel. */
  by: z.string().nullable(),
  /** Door and claims of a cancel, as in the record of an operation; absent where another operation took the place. */
  via: z.string().optional(),
  claimed: Claimed.nullable().optional(),
});
export type Interruption = z.infer<typeof Interruption>;

/** Kinds as records have them. A kind of a newer Sluice reads as `recover`, the one that starts and ends nothing. */
export const KindInRecords = openEnum(recordedKinds, 'recover');
/** Outcomes as records have them. An outcome that this Sluice does not know is no success. */
export const OutcomeInRecords = openEnum(outcomes, 'failed');
/** How new values reach a running job: within its application, or by another start. Plans and operations say it alike. */
export const hows = ['rescaled', 'restarted'] as const;
const RecordedPhase = openEnum(keysOf(phases), 'checking');

export const OperationRecord = z.strictObject({
  id: OperationId,
  job: z.string(),
  kind: KindInRecords,
  /** The name of the asker. While nothing verifies it, it is what `claimed` or a proxy in front of the API says. */
  actor: z.string(),
  /** The door of the request (`doors`); in records of 0.1.0 and earlier the word of the asker. */
  via: z.string(),
  /** The words of the request about its asker; null when Sluice itself asked, and in old records. */
  claimed: Claimed.nullable().default(null),
  reason: z.string().nullable(),
  acceptedAt: z.string(),
  endedAt: z.string().nullable(),
  phase: RecordedPhase.nullable(),
  phases: z.array(z.strictObject({ name: RecordedPhase, startedAt: z.string(), endedAt: z.string().nullable() })),
  outcome: OutcomeInRecords.nullable(),
  error: OperationError.nullable(),
  /** Number of the deployment that the operation made or acted on. */
  deployment: z.number().int().nullable(),
  /** The release that the operation started, or of the deployment that it acted on; absent while none is known. */
  release: z.string().optional(),
  /** The target of a rollback; absent until its checks have found it. */
  backTo: BackTo.optional(),
  /** How the old instance was replaced; absent where there was none, and where the file wants no handover. */
  handover: Handover.optional(),
  /** The request without actor and reason. */
  request: z.record(z.string(), z.unknown()),
  /** Fingerprint of the request: the same id with another payload is refused. */
  fingerprint: z.string(),
  /** Path of the savepoint that the operation took, if any. */
  savepoint: z.string().nullable(),
  warnings: z.array(z.string()),
  /** How the operation changes what runs, where that is no start; absent for a start and for all else. */
  how: openEnum(hows, 'restarted').optional(),
  /** Restore points that were deleted by `savepoints.keep`, and how much they held. */
  deleted: z
    .strictObject({
      points: z.number().int(),
      bytes: z.number().int(),
      /** Each point; a directory of checkpoints is one. Absent in records of operations that deleted while they held the job. */
      paths: z.array(z.string()).optional(),
    })
    .nullable()
    .default(null),
  interruption: Interruption.nullable().default(null),
});
export type OperationRecord = z.infer<typeof OperationRecord>;

/** The holder of the job, as shown to people whose request is refused. */
export interface Holder {
  readonly id: string;
  readonly kind: RecordedKind;
  readonly actor: string;
  readonly since: string;
  readonly phase: Phase | null;
}

export const holderOf = (operation: OperationRecord): Holder => ({
  id: operation.id,
  kind: operation.kind,
  actor: operation.actor,
  since: operation.acceptedAt,
  phase: operation.phase,
});

/** The most text that one record carries; the worker's log has the whole error. */
export const recordLimits = { detail: 500, warnings: 5, warning: 200 } as const;

/** Reduces a record to the fields that no history may lack, small enough to carry beyond the limit. */
export const briefly = (ended: OperationRecord): OperationRecord => ({
  ...ended,
  phases: [],
  warnings: [],
  error: ended.error && { ...ended.error, detail: clip(ended.error.detail, 100) },
});
