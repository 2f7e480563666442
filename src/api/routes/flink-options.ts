/** Route of the options of Flink, for completion in editors. */
import { z } from 'zod';
import { FlinkOptionsBody } from '../deployment-contract.ts';
import { flinkOptionsOf } from '../flink-options/flink-options.ts';
import { conditional, route, type Route } from '../http/route.ts';

const optionsQuery = z.strictObject({
  version: z
    .string()
    .regex(/^\d{1,4}\.\d{1,4}(\.\d{1,4})?$/, 'must be a version such as 1.20 or 1.20.1')
    .optional()
    .describe('Version of Flink; by default the newest that is known'),
});

export const flinkOptionRoutes = (): Route[] => [
  route({
    method: 'get',
    path: '/flink-options',
    operationId: 'listFlinkOptions',
    access: { permission: 'viewPlatform', of: 'installation' },
    tag: 'platform',
    summary: 'Options of Flink with type, default and description, of the version or of the nearest one that is known',
    query: optionsQuery,
    answers: {
      200: { description: 'The options, and which a deployment file cannot set', schema: FlinkOptionsBody },
      304: { description: 'Nothing has changed since the answer with this `ETag`' },
    },
    headers: { 'If-None-Match': 'The `ETag` of an earlier answer to the same request' },
    problems: ['InvalidRequest'],
    handle: ({ query }) => conditional(flinkOptionsOf(query.version)),
  }),
];
