/** The slots that a running job may use. Flink changes them for jobs of its adaptive scheduler only. */
import { z } from 'zod';
import { parseReply, unreachable, type JsonReply } from '../http.ts';
import type { FlinkClient } from './flink-client.ts';
import { ask, isFlinks, isUnknownJob, rejected, reasonOf } from './requests.ts';

/** `JobResourceRequirementsBody` of Flink 1.20.1 and 2.1.0. */
const RequirementsReply = z
  .record(z.string(), z.object({ parallelism: z.object({ lowerBound: z.number(), upperBound: z.number() }) }))
  .transform((vertices) =>
    Object.fromEntries(
      Object.entries(vertices).map(([id, { parallelism }]) => [
        id,
        { least: parallelism.lowerBound, most: parallelism.upperBound },
      ]),
    ),
  );

/**
 * Other schedulers answer 500 with `UnsupportedOperationException: The DefaultScheduler does not support changing the
 * parallelism without a job restart` (1.20.1 and 2.1.0, tried); before 1.18 there is no such route.
 */
const cannotRescale = (reply: JsonReply): boolean =>
  isFlinks(reply) &&
  ((reply.status === 404 && !isUnknownJob(reply)) ||
    (reply.status === 500 && /does not support changing the parallelism/.test(JSON.stringify(reply.body))));

export const resources: Pick<FlinkClient, 'requirements' | 'changeRequirements'> = {
  async requirements(address, jobId, options) {
    const path = `/jobs/${jobId}/resource-requirements`;
    const { call, reply } = await ask('GET', address, path, { ...options, isAnswer: cannotRescale });
    if (cannotRescale(reply)) return null;
    if (reply.status !== 200) throw rejected(`the resource requirements of job ${jobId}`, reply);
    return parseReply(call, RequirementsReply, reply.body);
  },

  async changeRequirements(address, jobId, requirements, options) {
    const body = Object.fromEntries(
      Object.entries(requirements).map(([id, { least, most }]) => [
        id,
        { parallelism: { lowerBound: least, upperBound: most } },
      ]),
    );
    const path = `/jobs/${jobId}/resource-requirements`;
    const { call, reply } = await ask('PUT', address, path, { ...options, isAnswer: cannotRescale }, body);
    // 409: another change is under way (Dispatcher.updateJobResourceRequirements).
    if (reply.status === 409) throw unreachable(call, `answered 409: ${reasonOf(reply)}`);
    if (reply.status !== 200) throw rejected(`other resource requirements of job ${jobId}`, reply);
  },
};
