/**
 * The containers that an application was seen with, and their nodes. YARN tells them only while the application lives, and
 * nobody finds the logs of its TaskManagers afterwards without them.
 */
import { z } from 'zod';

export const PlacedContainers = z.strictObject({
  version: z.literal(1),
  job: z.string(),
  cluster: z.string(),
  applicationId: z.string(),
  /** In the order in which they were seen. */
  containers: z.array(
    z.strictObject({
      id: z.string(),
      /** HTTP address of its NodeManager, `host:port`. */
      http: z.string(),
    }),
  ),
});
export type PlacedContainers = z.infer<typeof PlacedContainers>;
export type PlacedContainer = PlacedContainers['containers'][number];

/** A job that crashes for weeks gets new containers each time; the newest are of use. */
const MOST_CONTAINERS = 300;

/** Adds the containers of a look; null when all of them are known. */
export function withPlaced(
  known: readonly PlacedContainer[],
  seen: readonly PlacedContainer[],
): readonly PlacedContainer[] | null {
  const ids = new Set(known.map(({ id }) => id));
  const added = seen.filter(({ id }) => !ids.has(id));
  return added.length === 0 ? null : [...known, ...added].slice(-MOST_CONTAINERS);
}
