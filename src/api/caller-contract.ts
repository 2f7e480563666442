/** Schemas of the parts of a job that depend on the caller, of the step that its operation takes, and of the usual times. */
import { z } from 'zod';
import { roles } from '../domain/access/permissions.ts';

/** The rights of a caller over a job. */
export const CallerView = z.object({
  notAllowed: z
    .record(z.string(), z.string())
    .optional()
    .describe(
      'Kinds of operations that this caller cannot ask for now, each with the reason: the permission and the role that lack, or why the job refuses it. A kill with `force` is taken in every state',
    ),
  missingPermissions: z
    .record(z.string(), z.enum(roles))
    .optional()
    .describe('Permissions about the job that this caller lacks, each with the lowest role that has it'),
  contacts: z.array(z.string()).optional().describe('Whom to ask about the job, as its deployment file names them'),
});

/** A step of an operation that goes on, as Temporal shows it. */
export const Step = z.object({
  name: z.string().describe('The activity'),
  seen: z.string().nullable().describe('What it saw last, such as the states of the tasks'),
  at: z.string().nullable().describe('When it told that'),
  attempt: z.int(),
  lastFailure: z.string().nullable().describe('Why the attempt before failed'),
});
export type Step = z.infer<typeof Step>;

/** How far the operation in progress has come. */
export const ProgressView = z.object({
  progress: Step.nullable()
    .optional()
    .describe('What the operation in progress waits for. Null when none is in progress, or nothing is told of it'),
  deadlineAt: z
    .string()
    .nullable()
    .optional()
    .describe('When the wait of its phase ends at the latest. Null in phases without a deadline'),
});

/** How long the phases of the job usually take. */
export const UsualView = z.object({
  usualMs: z
    .record(z.string(), z.int())
    .nullable()
    .optional()
    .describe(
      'Median of each phase among the last upgrades of the job that succeeded, and of `total` and `downtime`. Null where none tells; of a job, also while no operation is in progress',
    ),
});
