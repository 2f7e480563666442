/** Routes of the figures of a job: upgrades, checkpoints, and the steps of an operation. */
import { z } from 'zod';
import { CheckpointsBody, StepsBody, UpgradeList } from '../../figures-contract.ts';
import type { RouteDependencies } from '../../dependencies.ts';
import { pageQuery, type PageRequest } from '../../http/paging.ts';
import { Problem } from '../../http/problem.ts';
import { ok, route, type Call, type Route } from '../../http/route.ts';
import { checkpointsOf } from '../../instances/checkpoints.ts';
import { noSuchJob } from '../../jobs/no-such-job.ts';
import { deadlineOf, stepsOf } from '../../jobs/progress.ts';
import { readOperation } from '../../operations/history.ts';
import { readUpgrades } from '../../operations/upgrades.ts';

const problems = ['NotFound', 'InvalidJobName', 'InvalidRequest', 'TemporalUnavailable'] as const;

export const figureRoutes = (dependencies: RouteDependencies): Route[] => [
  route({
    method: 'get',
    path: '/jobs/{job}/upgrades',
    operationId: 'listUpgrades',
    access: { permission: 'view', of: 'job' },
    tag: 'jobs',
    summary: 'The operations that started an instance, newest first, with the times of their phases and the downtime',
    query: z.strictObject(pageQuery),
    answers: { 200: { description: 'The upgrades', schema: UpgradeList } },
    problems: [...problems, 'StorageUnavailable'],
    handle: async ({ params: { job = '' }, query, may }) => ok(await listUpgrades(dependencies, job, query, may)),
  }),
  route({
    method: 'get',
    path: '/jobs/{job}/checkpoints',
    operationId: 'getCheckpoints',
    access: { permission: 'view', of: 'job' },
    tag: 'jobs',
    summary: 'The checkpoints of the running instance, as its JobManager knows them',
    answers: { 200: { description: 'The checkpoints', schema: CheckpointsBody } },
    problems,
    async handle({ params: { job = '' }, may }) {
      const view = await dependencies.jobs.view(job);
      if (!view) throw await noSuchJob(() => dependencies.jobs.index(), may, job, 'no workflow of it is open');
      const running = view.deployment?.ended === null ? view.deployment : null;
      return ok((await checkpointsOf(dependencies.instances, job, running)) satisfies CheckpointsBody);
    },
  }),
  route({
    method: 'get',
    path: '/jobs/{job}/operations/{id}/steps',
    operationId: 'getSteps',
    access: { permission: 'view', of: 'job' },
    tag: 'operations',
    summary: 'How far an operation has come: its phases, and what it waits for',
    answers: { 200: { description: 'The steps', schema: StepsBody } },
    problems: [...problems, 'RecordInvalid', 'StorageUnavailable'],
    handle: async ({ params: { job = '', id = '' } }) => ok(await readSteps(dependencies, job, id)),
  }),
];

async function listUpgrades(
  { jobs, records }: RouteDependencies,
  job: string,
  query: PageRequest,
  may: Call['may'],
): Promise<UpgradeList> {
  const upgrades = await readUpgrades({ jobs, records }, job, query);
  if (!upgrades) throw await noSuchJob(() => jobs.index(), may, job, 'nothing was ever asked of it');
  return upgrades;
}

async function readSteps({ jobs, records, gateway }: RouteDependencies, job: string, id: string): Promise<StepsBody> {
  const view = await jobs.view(job);
  const isHolder = view?.operation?.id === id;
  const operation = isHolder ? view.operation : await readOperation(jobs, records, job, id);
  if (!operation) throw new Problem('NotFound', `${job} has no operation ${id}`);
  const { phase, phases } = operation;
  return {
    ...{ job, operation: id, phase, phases },
    deadlineAt: isHolder ? deadlineOf(view) : null,
    steps: isHolder ? await stepsOf(gateway, view) : [],
  };
}
