/**
 * Cordons: a cordoned cluster takes no new starts, and what runs there goes on. The record in S3 says since when, by whom and
 * why.
 */
import { z } from 'zod';
import { SluiceError } from '../errors/errors.ts';

export const Cordon = z.strictObject({
  at: z.string().describe('Since when, ISO 8601'),
  by: z.string().describe('The name of the person who cordoned it'),
  reason: z.string(),
});
export type Cordon = z.infer<typeof Cordon>;

export const ClusterRecord = z.strictObject({
  version: z.literal(1),
  cluster: z.string(),
  /** Null: the cluster takes starts. */
  cordoned: Cordon.nullable(),
});
export type ClusterRecord = z.infer<typeof ClusterRecord>;

/** The record of a cluster that nobody has ever cordoned. */
export const neverCordoned = (cluster: string): ClusterRecord => ({ version: 1, cluster, cordoned: null });

/** Cordons a cluster. The first cordon stays, so that people see since when starts are refused. */
export const withCordon = (record: ClusterRecord, cordoned: Cordon): ClusterRecord =>
  record.cordoned === null ? { ...record, cordoned } : record;

/** Takes the cordon away. */
export const withoutCordon = (record: ClusterRecord): ClusterRecord =>
  record.cordoned === null ? record : { ...record, cordoned: null };

/** Names the cordon of a cluster; null where there is none. */
export const cordonInWords = ({ cluster, cordoned }: ClusterRecord): string | null =>
  cordoned && `cluster ${cluster} is cordoned since ${cordoned.at} by ${cordoned.by}: ${cordoned.reason}`;

/**
 * Refuses a start on a cordoned cluster.
 * @param isLeft whether the operation has left the old instance already: then it starts all the same, because otherwise a
 * cordon that came in between would keep the job down.
 * @returns a warning for a start that goes on.
 * @throws SluiceError `ClusterCordoned`.
 */
export function refuseCordoned(record: ClusterRecord, isLeft: boolean): readonly string[] {
  const why = cordonInWords(record);
  if (why === null) return [];
  if (!isLeft) throw new SluiceError('ClusterCordoned', why);
  return [`${why}; the job starts there, because this operation has left its old instance`];
}
