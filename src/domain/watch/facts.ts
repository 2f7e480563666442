/**
 * Facts: what the watcher of a cluster saw of a job, told in the past tense. A fact carries the epoch and the application
 * that it is about, so that a late one is recognized; only edges are sent, and hearing one twice changes nothing.
 */
import { z } from 'zod';
import { Cause } from '../errors/cause.ts';

export const Fact = z.strictObject({
  epoch: z.number().int(),
  applicationId: z.string().max(100),
  /** When it was seen, ISO 8601. */
  at: z.string().max(40),
  seen: z.discriminatedUnion('kind', [
    /** The application lives and its Flink job does what it should. */
    z.strictObject({ kind: z.literal('healthy') }),
    /** The application lives, but its Flink job does not run, or completes no checkpoints. */
    z.strictObject({
      kind: z.literal('degraded'),
      reasons: z.array(z.string().max(300)).max(5),
      cause: Cause.nullable().default(null),
    }),
    /** YARN or Flink said that it is over; silence never says so. */
    z.strictObject({
      kind: z.literal('ended'),
      how: z.enum(['finished', 'failed', 'killed']),
      detail: z.string().max(500),
      cause: Cause.nullable().default(null),
    }),
    /** The cluster does not answer: what became of the job is not known. */
    z.strictObject({ kind: z.literal('silent'), detail: z.string().max(500) }),
  ]),
});
export type Fact = z.infer<typeof Fact>;
