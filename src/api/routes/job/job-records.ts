/** Routes of the restore points and deployments of a job. */
import { z } from 'zod';
import type { Deployment } from '../../../domain/deployment/deployment.ts';
import { DeploymentList, RestorePointList } from '../../contract.ts';
import type { RouteDependencies } from '../../dependencies.ts';
import { descending, pageOf, pageQuery } from '../../http/paging.ts';
import { recordedDeployments } from '../../jobs/recorded-deployments.ts';
import { readRestorePoints } from '../../instances/restore-points.ts';
import { ok, route, type Route } from '../../http/route.ts';

const listQuery = z.strictObject(pageQuery);
const problems = ['NotFound', 'InvalidJobName', 'InvalidRequest', 'TemporalUnavailable', 'StorageUnavailable'] as const;
const PLACES = 10;

export function jobRecordRoutes(dependencies: RouteDependencies): Route[] {
  const { records, instances } = dependencies;
  return [
    route({
      method: 'get',
      path: '/jobs/{job}/restore-points',
      operationId: 'listRestorePoints',
      access: { permission: 'view', of: 'job' },
      tag: 'jobs',
      summary: 'Savepoints and retained checkpoints, newest first',
      query: listQuery,
      answers: { 200: { description: 'Restore points', schema: RestorePointList } },
      problems,
      async handle({ params, query, may }) {
        const job = params['job'] ?? '';
        const asked = { job, ...(await recordedDeployments({ ...dependencies, may }, job)) };
        return ok(await readRestorePoints({ bucket: records.bucket, instances }, asked, query));
      },
    }),
    route({
      method: 'get',
      path: '/jobs/{job}/deployments',
      operationId: 'listDeployments',
      access: { permission: 'view', of: 'job' },
      tag: 'jobs',
      summary: 'Deployments by number, newest first',
      query: listQuery,
      answers: { 200: { description: 'Deployments', schema: DeploymentList } },
      problems,
      async handle({ params, query, may }) {
        const { deployments, unreadable } = await recordedDeployments({ ...dependencies, may }, params['job'] ?? '');
        const placeOf = ({ number }: Deployment): string => String(number).padStart(PLACES, '0');
        return ok({ ...pageOf(deployments, placeOf, descending, query), unreadable });
      },
    }),
  ];
}
