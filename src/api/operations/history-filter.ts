/** Filters of histories: which operations a reader wants to see. */
import { z } from 'zod';
import { outcomes, recordedKinds } from '../../domain/lifecycle.ts';
import { releaseOf } from '../../domain/operation/in-words.ts';
import type { OperationRecord } from '../../domain/operation/operation.ts';
import { pageQuery, type PageRequest } from '../http/paging.ts';
import { several, word } from '../http/several.ts';
import { isOf } from '../jobs/index/listing.ts';
import type { JobItem } from '../job-list-contract.ts';

/** A time in a query, as the keys of the audit log have it. */
export const time = (meaning: string) =>
  z.iso
    .datetime({ offset: true })
    .transform((text) => new Date(text).toISOString())
    .optional()
    .meta({ description: meaning, inOpenApi: { type: 'string', format: 'date-time' } });

const filterQuery = {
  kind: several(z.enum(recordedKinds), 'Only operations of these kinds'),
  actor: several(word, 'Only operations of these people and tokens, by the name in the history'),
  via: several(word, 'Only operations that came by these doors, such as api, signal or schedule'),
  outcome: several(z.enum([...outcomes, 'inProgress']), 'Only operations with these outcomes, or `inProgress`'),
  release: several(word, 'Only operations about these releases, or about releases of these projects'),
  since: time('Only operations that ended at this time or later, and those in progress'),
  until: time('Only operations that ended before this time'),
};

/** The query of the history of one job. */
export const historyQuery = z.strictObject({ ...pageQuery, ...filterQuery });

/** The query of the operations of all jobs. */
export const allHistoriesQuery = z.strictObject({
  ...pageQuery,
  ...filterQuery,
  environment: several(word, 'Only of jobs that belong to these environments now'),
  cluster: several(word, 'Only of jobs that are on these clusters now'),
  owner: several(word, 'Only of jobs that belong to these teams now'),
});

type Filter = z.output<z.ZodObject<typeof filterQuery>>;
export type HistoryQuery = Filter & PageRequest;
export type AllHistoriesQuery = z.output<typeof allHistoriesQuery>;

/** Makes a test of operations by what their records say; null where the query asks for none. */
export function filterOf({ kind, actor, via, outcome, release }: Filter): ((one: OperationRecord) => boolean) | null {
  const tests: ((one: OperationRecord) => boolean)[] = [];
  if (kind) tests.push((one) => kind.includes(one.kind));
  if (actor) tests.push((one) => actor.includes(one.actor));
  if (via) tests.push((one) => via.includes(one.via));
  if (outcome) tests.push((one) => outcome.includes(one.outcome ?? 'inProgress'));
  if (release) tests.push((one) => release.some((wanted) => isOf(releaseOf(one), wanted)));
  return tests.length === 0 ? null : (one) => tests.every((test) => test(one));
}

/** Tells whether a job is one of those whose operations are asked for. */
export const isOfJobs =
  ({ environment, cluster, owner }: AllHistoriesQuery) =>
  (item: JobItem): boolean =>
    [[environment, item.environment] as const, [cluster, item.cluster] as const, [owner, item.owner] as const].every(
      ([wanted, is]) => wanted === undefined || (is !== null && wanted.includes(is)),
    );

/** Tells whether the query asks for the jobs of some owners or clusters only. */
export const choosesJobs = ({ environment, cluster, owner }: AllHistoriesQuery): boolean =>
  [environment, cluster, owner].some((wanted) => wanted !== undefined);
