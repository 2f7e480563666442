/** Routes of figures of the whole installation. */
import { z } from 'zod';
import { visibleJobs } from '../access/visible-jobs.ts';
import type { RouteDependencies } from '../dependencies.ts';
import { OperationStats } from '../figures-contract.ts';
import { Problem } from '../http/problem.ts';
import { ok, route, type Route } from '../http/route.ts';
import { auditOfMany } from '../operations/history.ts';
import { time } from '../operations/history-filter.ts';
import { OperationCounts } from '../operations/operation-counts.ts';

const DAY_MS = 24 * 3_600_000;
const MOST_DAYS = 31;

const statsQuery = z.strictObject({
  since: time(
    `Only operations that ended at this time or later: by default the last 24 hours, at most ${MOST_DAYS} days`,
  ),
});

export function statsRoutes({ jobs, records }: RouteDependencies): Route[] {
  const counts = new OperationCounts(records);
  return [
    route({
      method: 'get',
      path: '/stats/operations',
      operationId: 'getOperationStats',
      access: { permission: 'view', of: 'each' },
      tag: 'operations',
      summary: 'How many operations of all jobs ended in each hour, by outcome and by kind',
      query: statsQuery,
      answers: { 200: { description: 'The counts', schema: OperationStats } },
      problems: ['InvalidRequest', 'TemporalUnavailable', 'StorageUnavailable'],
      async handle({ query, may }) {
        const until = new Date();
        const since = new Date(query.since ?? until.getTime() - DAY_MS);
        if (until.getTime() - since.getTime() > MOST_DAYS * DAY_MS)
          throw new Problem('InvalidRequest', `since: must be within the last ${MOST_DAYS} days`);
        const isVisible = await visibleJobs(jobs, may);
        const index = (await jobs.index()).filter(({ name }) => isVisible(name));
        const entries = await auditOfMany({ jobs, records }, index, isVisible);
        return ok(await counts.of(await entries(since.toISOString()), since, until));
      },
    }),
  ];
}
