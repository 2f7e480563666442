/**
 * Facts: changes that the watcher of a cluster saw of a job, in the past tense. A fact names its epoch and application, so
 * that the job recognizes a late one. The watcher sends changes only, and a fact that comes twice has no second effect.
 */
import { z } from 'zod';
import { openEnum } from '../compatibility/open-enum.ts';
import { Cause } from '../errors/cause.ts';
import { clip } from '../values/clip.ts';

/** Limits of a fact's texts. Writers clip to them, because the job drops a fact with a longer text. */
export const factLimits = { applicationId: 100, at: 40, reason: 300, reasons: 5, detail: 500 } as const;

export const Fact = z.strictObject({
  epoch: z.number().int(),
  applicationId: z.string().max(factLimits.applicationId),
  /** The time of the observation, ISO 8601. */
  at: z.string().max(factLimits.at),
  seen: z.discriminatedUnion('kind', [
    /** The application lives and its Flink job runs well. */
    z.strictObject({ kind: z.literal('healthy') }),
    /** The application lives, but its Flink job does not run, or completes no checkpoints. */
    z.strictObject({
      kind: z.literal('degraded'),
      reasons: z.array(z.string().max(factLimits.reason)).max(factLimits.reasons),
      cause: Cause.nullable().default(null),
    }),
    /** YARN or Flink said that the instance has ended; silence alone never says so. */
    z.strictObject({
      kind: z.literal('ended'),
      how: openEnum(['finished', 'failed', 'killed'], 'failed'),
      detail: z.string().max(factLimits.detail),
      cause: Cause.nullable().default(null),
    }),
    /** The cluster does not answer, so the state of the instance is unknown. */
    z.strictObject({ kind: z.literal('silent'), detail: z.string().max(factLimits.detail) }),
    /** The cluster counts as gone: neither its ResourceManager nor any JVM there gives a sign of life (`gone.ts`). */
    z.strictObject({ kind: z.literal('gone'), detail: z.string().max(factLimits.detail) }),
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
    case 'gone':
      return { ...seen, detail: clip(seen.detail, factLimits.detail) };
  }
}
