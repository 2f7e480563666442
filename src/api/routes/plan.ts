/** `POST /jobs/{job}/plan`: what an operation would do; the body is that of the operation. */
import { Plan } from '../contract.ts';
import type { RouteDependencies } from '../dependencies.ts';
import { OperationRequest, parseOperation } from '../operations/operation-request.ts';
import { makePlan } from '../operations/plans.ts';
import { ok, route, type Route } from '../http/route.ts';

export const planRoutes = (dependencies: RouteDependencies): Route[] => [
  route({
    method: 'post',
    path: '/jobs/{job}/plan',
    tag: 'operations',
    summary: 'What an operation would do, and what would refuse it; nothing is changed',
    body: { schema: OperationRequest },
    headers: { 'X-Sluice-Actor': 'Who asks, when the body does not say so' },
    answers: { 200: { description: 'The plan, also of what would be refused: see `ok` and `checks`', schema: Plan } },
    problems: [
      'NotFound',
      'InvalidRequest',
      'InvalidJobName',
      'Undecodable',
      'PayloadTooLarge',
      'UnsupportedMediaType',
      'TemporalUnavailable',
      'StorageUnavailable',
    ],
    async handle({ params, body, request: http }) {
      const asked = parseOperation(body, http.get('x-sluice-actor'));
      const plan = await makePlan(dependencies, params['job'] ?? '', asked);
      return { ...ok(plan), headers: { ETag: `"${plan.revision}"` } };
    },
  }),
];
