/** Operations: how they are asked for, and the record that is kept of each. */
import { z } from 'zod';
import { OperationId } from './identity.ts';
import { operationKinds, outcomes, phases, type OperationKind, type Phase } from './lifecycle.ts';
import { ReleaseName } from './release.ts';
import { From } from './restore-point.ts';

/** One line of text for people; control characters would forge log lines. */
const Line = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^\P{Cc}*$/u, 'must be one line without control characters');

const asked = {
  /** Chosen by the asker; asking twice with one id is one operation. */
  id: OperationId.optional(),
  actor: Line(100).optional(),
  reason: Line(300).optional(),
  /** By which door it came; set by the API and CLI. */
  via: z.enum(['api', 'cli', 'console', 'ci']).optional(),
};

const StopWith = z.enum(['savepoint', 'none']);

/** The payload of each kind; signals, updates and the API's body are parsed with these same schemas. */
export const requestSchemas = {
  deploy: z.strictObject({
    ...asked,
    release: ReleaseName,
    from: From.optional(),
    stopWith: StopWith.optional(),
    allowNonRestoredState: z.boolean().optional(),
    discardNewerState: z.boolean().optional(),
    launcher: z.enum(['auto', 'direct']).optional(),
  }),
  savepoint: z.strictObject({ ...asked }),
  stop: z.strictObject({ ...asked, drain: z.boolean().optional(), stopWith: StopWith.optional() }),
  kill: z.strictObject({ ...asked }),
  resume: z.strictObject({
    ...asked,
    from: From.optional(),
    allowNonRestoredState: z.boolean().optional(),
    discardNewerState: z.boolean().optional(),
  }),
} as const satisfies Record<OperationKind, z.ZodType>;

export type RequestOf<K extends OperationKind> = z.infer<(typeof requestSchemas)[K]>;
/** A request together with its kind. */
export type Request = { [K in OperationKind]: { readonly kind: K } & RequestOf<K> }[OperationKind];

const names = <T extends string>(table: Record<T, unknown>) => Object.keys(table) as [T, ...T[]]; // keys of a literal table

const OperationError = z.strictObject({
  code: z.string(),
  detail: z.string(),
  hint: z.string(),
});

export const OperationRecord = z.strictObject({
  id: OperationId,
  job: z.string(),
  kind: z.enum(operationKinds),
  actor: z.string(),
  via: z.string(),
  reason: z.string().nullable(),
  acceptedAt: z.string(),
  endedAt: z.string().nullable(),
  phase: z.enum(names(phases)).nullable(),
  phases: z.array(
    z.strictObject({ name: z.enum(names(phases)), startedAt: z.string(), endedAt: z.string().nullable() }),
  ),
  outcome: z.enum(outcomes).nullable(),
  error: OperationError.nullable(),
  /** Number of the deployment that it made or acted on. */
  deployment: z.number().int().nullable(),
  /** What was asked, without actor and reason. */
  request: z.record(z.string(), z.unknown()),
  /** Fingerprint of what was asked: the same id with another payload is refused. */
  fingerprint: z.string(),
  /** Path of the savepoint that it took, if any. */
  savepoint: z.string().nullable(),
  warnings: z.array(z.string()),
});
export type OperationRecord = z.infer<typeof OperationRecord>;

/** Who holds the job, as told to those who are rejected. */
export interface Holder {
  readonly id: string;
  readonly kind: OperationKind;
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

/** Most of each that one record carries; the whole of an error is in the log of the worker. */
export const recordLimits = { detail: 500, warnings: 5, warning: 200 } as const;

export const clip = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1)}…`;
