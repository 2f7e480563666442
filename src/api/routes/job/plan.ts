/** `POST /jobs/{job}/plan`: plans an operation; the body is that of the operation. */
import { Plan } from '../../contract.ts';
import type { RouteDependencies } from '../../dependencies.ts';
import { OperationRequest, parseOperation } from '../../operations/operation-request.ts';
import { makePlan } from '../../operations/plans.ts';
import { withUsual } from '../../operations/usual-times.ts';
import { ok, route, type Route } from '../../http/route.ts';

export const planRoutes = (dependencies: RouteDependencies): Route[] => [
  route({
    method: 'post',
    path: '/jobs/{job}/plan',
    operationId: 'planOperation',
    access: { of: 'request' },
    audited: 'never',
    tag: 'operations',
    summary: 'Plan an operation: what it would do, and what would refuse it; changes nothing',
    body: { schema: OperationRequest },
    answers: {
      200: { description: 'The plan, also of an operation that would be refused: see `ok` and `checks`', schema: Plan },
    },
    problems: ['NotFound', 'InvalidJobName', 'RecordInvalid', 'TemporalUnavailable', 'StorageUnavailable'],
    async handle({ params, body, may }) {
      const job = params['job'] ?? '';
      const [plan, usualMs] = await Promise.all([
        makePlan({ ...dependencies, may }, job, parseOperation(body)),
        dependencies.usual.of(job),
      ]);
      return { ...ok(withUsual(plan, usualMs)), headers: { ETag: `"${plan.revision}"` } };
    },
  }),
];
