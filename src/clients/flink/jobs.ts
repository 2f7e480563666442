/** Jobs of a JobManager: reports, exceptions, and the end without a savepoint. */
import { parseReply } from '../http.ts';
import type { FlinkClient } from './flink-client.ts';
import { ExceptionsReply, JobReply, JobsReply, JobStatusReply, OverviewReply } from './replies.ts';
import { ask, get, isUnknownJob, rejected } from './requests.ts';

export const jobs: Pick<FlinkClient, 'overview' | 'jobs' | 'job' | 'jobStatus' | 'exceptions' | 'cancel'> = {
  async overview(address, options) {
    const { call, body } = await get(address, '/overview', 'its overview', options);
    return parseReply(call, OverviewReply, body);
  },

  async jobs(address, options) {
    const { call, body } = await get(address, '/jobs/overview', 'its jobs', options);
    return parseReply(call, JobsReply, body).jobs;
  },

  async job(address, jobId, options) {
    const { call, reply } = await ask('GET', address, `/jobs/${jobId}`, options);
    if (isUnknownJob(reply)) return null;
    if (reply.status !== 200) throw rejected(`a report of job ${jobId}`, reply);
    return parseReply(call, JobReply, reply.body);
  },

  async jobStatus(address, jobId, options) {
    const { call, reply } = await ask('GET', address, `/jobs/${jobId}/status`, options);
    if (isUnknownJob(reply)) return null;
    if (reply.status !== 200) throw rejected(`the status of job ${jobId}`, reply);
    return parseReply(call, JobStatusReply, reply.body).status;
  },

  async exceptions(address, jobId, { limit = 5, ...options } = {}) {
    const path = `/jobs/${jobId}/exceptions?maxExceptions=${limit}`;
    const { call, body } = await get(address, path, `the exceptions of job ${jobId}`, options);
    return parseReply(call, ExceptionsReply, body);
  },

  async cancel(address, jobId, options) {
    const { reply } = await ask('PATCH', address, `/jobs/${jobId}?mode=cancel`, options);
    // 409: the job is already terminal (JobCancellationHandler, 1.20).
    if (reply.status !== 202 && reply.status !== 409) throw rejected(`to cancel job ${jobId}`, reply);
  },
};
