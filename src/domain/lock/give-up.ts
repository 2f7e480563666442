/** Giving up an instance: a person decides that Sluice goes on without it, although nobody can tell whether it runs. */
import { z } from 'zod';

/** The decision, as the fence keeps it with the start that it closes. */
export const GivenUp = z.strictObject({
  /** The operation that decided. */
  by: z.string(),
  actor: z.string(),
  reason: z.string(),
  /** The application that may live on; with `shell-runner` the start itself names the launcher. */
  applicationId: z.string(),
  /** From when on nothing of it runs, because its lease is over then; absent where nobody can say. */
  deadAt: z.string().optional(),
  /** Flink said that its job was FINISHED, and a standby took over: only YARN has not confirmed the end of its application. */
  isFinished: z.boolean().optional(),
});
export type GivenUp = z.infer<typeof GivenUp>;

/** An instance that was given up, as the job's memory keeps it until the instance is known to have ended. */
export const GivenUpInstance = GivenUp.extend({
  epoch: z.number().int(),
  deployment: z.number().int(),
  cluster: z.string(),
  at: z.string(),
});
export type GivenUpInstance = z.infer<typeof GivenUpInstance>;

/** Says what remains at risk once the instance is given up. */
export const riskOf = ({
  deployment,
  cluster,
  applicationId,
  deadAt,
  isFinished = false,
}: Pick<GivenUpInstance, 'deployment' | 'cluster' | 'applicationId' | 'deadAt' | 'isFinished'>): string => {
  const instance = `${applicationId} of deployment ${deployment} on cluster ${cluster}`;
  if (isFinished) return `${instance} runs no job any more, and is ended once its cluster answers`;
  return deadAt === undefined
    ? `${instance} may still run and write its output`
    : `${instance} ends by its lease until ${deadAt}; a JVM that was frozen then writes for a moment when it wakes`;
};

/** Milliseconds since 1970 from which the leases of all these instances are over; 0 where none has one. */
export const leasesOverAt = (instances: readonly { readonly deadAt?: string | undefined }[]): number =>
  Math.max(0, ...instances.flatMap(({ deadAt }) => (deadAt === undefined ? [] : Date.parse(deadAt))));
