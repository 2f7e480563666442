/** Revisions of a deployment: changes of its configuration that reached the running instance without another start. */
import { z } from 'zod';

export const Revision = z.strictObject({
  at: z.string().describe('When the running instance had it, proven by a completed checkpoint'),
  operation: z.string().describe('The operation that brought it'),
  configuration: z.string().describe('sha256 of the effective configuration from then on'),
  parallelism: z.number().int(),
  /** The deployment as it was until then. */
  before: z.strictObject({
    configuration: z.string(),
    parallelism: z.number().int(),
    hotfixed: z.boolean().describe('Whether a hotfix was active'),
  }),
});
export type Revision = z.infer<typeof Revision>;

/**
 * A change of parallelism that Flink may have been asked for and that is not decided. The deployment keeps its values
 * until it is, so whoever finds this has Flink go back to them.
 */
export const Rescaling = z.strictObject({
  operation: z.string(),
  since: z.string(),
  /** The parallelism that Flink is asked for; the deployment has the one before. */
  to: z.number().int(),
  /** How often Flink has refused to go back, and why it did so last; absent where it has not refused. */
  refused: z.strictObject({ times: z.number().int(), why: z.string() }).optional(),
});
export type Rescaling = z.infer<typeof Rescaling>;

/** Flink is asked so often to go back. */
const MOST_REFUSALS = 3;

/** Tells whether Flink has refused so often that only another start brings the deployment back to its values. */
export const isLeftAsIs = (rescaling: Rescaling | null | undefined): boolean =>
  (rescaling?.refused?.times ?? 0) >= MOST_REFUSALS;

/** A job carries its deployment from run to run with all of these; the operations of the history tell of older ones. */
export const MOST_REVISIONS = 5;

interface Revisable {
  readonly configuration: string | null;
  readonly parallelism: number;
  readonly hotfix: unknown;
  readonly revisions?: readonly Revision[] | undefined;
}

type New = Pick<Revision, 'at' | 'operation' | 'configuration' | 'parallelism'>;

/** Lists the revisions of a deployment, oldest first, with one more. */
export function withRevision({ revisions = [], ...deployment }: Revisable, revision: New): Revision[] {
  const { configuration, parallelism, hotfix } = deployment;
  const before = {
    configuration: configuration ?? revision.configuration,
    parallelism,
    hotfixed: hotfix !== null,
  };
  return [...revisions, { ...revision, before }].slice(-MOST_REVISIONS);
}

interface Known {
  readonly startKey: string;
  readonly revisions?: readonly Revision[] | undefined;
  readonly rescaling?: Rescaling | null | undefined;
}

/**
 * Tells whether the record of a deployment has a change that a memory does not know, as after a reset of its workflow: a revision, or
 * a rescaling that is not decided. A memory that knows more than the record is right, because the record waits for S3.
 */
export function knowsLess(memory: Known, record: Known): boolean {
  if (record.startKey !== memory.startKey) return false;
  const known = new Set((memory.revisions ?? []).map(({ operation }) => operation));
  const newest = record.revisions?.at(-1)?.operation;
  if (newest !== undefined && !known.has(newest)) return true;
  const begun = record.rescaling?.operation;
  return begun !== undefined && !memory.rescaling && !known.has(begun);
}
