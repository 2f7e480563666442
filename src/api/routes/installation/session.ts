/** Route that says who asks, and what that caller may do. */
import { z } from 'zod';
import { permissionNames, permissions, roleFor } from '../../../domain/access/permissions.ts';
import { CONFIRMED } from '../../../domain/access/settings.ts';
import { SessionBody } from '../../access-contract.ts';
import type { RouteDependencies } from '../../dependencies.ts';
import { ok, route, type Route } from '../../http/route.ts';
import { JobName } from '../../../domain/identity/job-name.ts';
import { subjectOf } from '../../access/subjects.ts';

const sessionQuery = z.strictObject({
  job: JobName.optional().describe('Also what the caller may do with this job'),
});

export const sessionRoutes = (dependencies: RouteDependencies): Route[] => [
  route({
    method: 'get',
    path: '/session',
    operationId: 'getSession',
    access: 'known',
    tag: 'access',
    summary: 'Who asks, with roles and permissions',
    query: sessionQuery,
    answers: { 200: { description: 'The caller', schema: SessionBody } },
    problems: ['InvalidRequest', 'TemporalUnavailable', 'StorageUnavailable'],
    async handle({ query: { job }, caller, may }) {
      const subject = job === undefined ? null : await subjectOf(dependencies, job);
      const { policy, confirm = CONFIRMED } = dependencies.access;
      const asked = permissionNames.filter((name) => permissions[name].ofJob === (job !== undefined));
      const { name, method, token, bindings, person, expiresAt = null } = caller;
      return ok({
        name,
        method,
        token,
        groups: [...(person?.groups ?? [])],
        expiresAt: person?.session?.expiresAt ?? expiresAt,
        csrf: person?.session?.csrf ?? caller.csrf ?? null,
        bindings,
        permissions: asked.map((permission) => ({
          permission,
          meaning: permissions[permission].meaning,
          role: roleFor(permission, policy),
          allowed: may(permission, subject),
        })),
        confirm,
      });
    },
  }),
];
