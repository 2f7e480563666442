/** The messages between a job and the turns of its cluster. Each reads the fields that it knows and overlooks others. */
import { z } from 'zod';
import { OperationId } from '../identity/ids.ts';
import { JobName } from '../identity/job-name.ts';

/** A job asks for a turn, or asks again to be sure that it is still in the queue. */
export const TurnAsk = z.object({
  job: JobName,
  /** The operation that the turn is for: asking twice for one is asking once. */
  operationId: OperationId,
  /** The least comes first. */
  priority: z.int(),
  /** When the job asked first, ISO 8601. */
  at: z.iso.datetime(),
});
export type TurnAsk = z.infer<typeof TurnAsk>;

/** A job needs its turn no more: the operation has ended, or is not wanted any longer. */
export const TurnLeft = z.object({ job: JobName, operationId: OperationId });
export type TurnLeft = z.infer<typeof TurnLeft>;

/** The answer to a job that has asked. */
export const TurnAnswer = z.object({
  operationId: OperationId,
  isGranted: z.boolean(),
  /** How many jobs come before it; 0 with a turn. */
  before: z.int().nonnegative(),
});
export type TurnAnswer = z.infer<typeof TurnAnswer>;

/** The bounds of a cluster, from its configuration. */
export const TurnLimits = z.object({
  /** The most jobs that Sluice brings up by itself at one time. */
  maxParallel: z.int().positive(),
  /** The most that it begins to bring up in a minute. */
  perMinute: z.int().positive(),
});
export type TurnLimits = z.infer<typeof TurnLimits>;
