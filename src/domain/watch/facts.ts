/**
 * Facts: what the watcher of a cluster saw of a job, told in the past tense. A fact carries the epoch and the application
 * that it is about, so that a late one is recognized; only edges are sent, and hearing one twice changes nothing.
 */
import { z } from 'zod';
import { Cause } from '../errors/cause.ts';
import { clip } from '../input/clip.ts';

/** Most characters of each text of a fact, and most reasons. */
export const factLimits = { applicationId: 100, at: 40, reason: 300, reasons: 5, detail: 500 } as const;

export const Fact = z.strictObject({
  epoch: z.number().int(),
  applicationId: z.string().max(factLimits.applicationId),
  /** When it was seen, ISO 8601. */
  at: z.string().max(factLimits.at),
  seen: z.discriminatedUnion('kind', [
    /** The application lives and its Flink job does what it should. */
    z.strictObject({ kind: z.literal('healthy') }),
    /** The application lives, but its Flink job does not run, or completes no checkpoints. */
    z.strictObject({
      kind: z.literal('degraded'),
      reasons: z.array(z.string().max(factLimits.reason)).max(factLimits.reasons),
      cause: Cause.nullable().default(null),
    }),
    /** YARN or Flink said that it is over; silence never says so. */
    z.strictObject({
      kind: z.literal('ended'),
      how: z.enum(['finished', 'failed', 'killed']),
      detail: z.string().max(factLimits.detail),
      cause: Cause.nullable().default(null),
    }),
    /** The cluster does not answer: what became of the job is not known. */
    z.strictObject({ kind: z.literal('silent'), detail: z.string().max(factLimits.detail) }),
  ]),
});
export type Fact = z.infer<typeof Fact>;

/** The same, with texts that fit: a job refuses a fact whose text is one character too long. */
export function fitting(seen: Fact['seen']): Fact['seen'] {
  switch (seen.kind) {
    case 'healthy':
      return seen;
    case 'degraded': {
      const reasons = seen.reasons.slice(0, factLimits.reasons).map((reason) => clip(reason, factLimits.reason));
      return { ...seen, reasons };
    }
    case 'ended':
    case 'silent':
      return { ...seen, detail: clip(seen.detail, factLimits.detail) };
  }
}
