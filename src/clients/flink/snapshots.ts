/** Savepoints and checkpoints of a job. */
import { parseReply } from '../http.ts';
import { CheckpointsConfigReply, CheckpointsReply } from './checkpoints.ts';
import type { FlinkClient } from './flink-client.ts';
import { SavepointReply } from './replies.ts';
import { ask, hasNoCheckpointing, isFlinks, rejected, trigger } from './requests.ts';

/** The format that can change the state backend; NATIVE would be faster. */
const FORMAT = 'CANONICAL';

export const snapshots: Pick<
  FlinkClient,
  'stopWithSavepoint' | 'triggerSavepoint' | 'savepointStatus' | 'checkpoints' | 'checkpointsConfig'
> = {
  // Camel case in /stop and hyphens in /savepoints: StopWithSavepointRequestBody, SavepointTriggerRequestBody (1.20).
  async stopWithSavepoint(address, jobId, { targetDirectory, triggerId, drain }, options) {
    const body = { targetDirectory, triggerId, drain, formatType: FORMAT };
    await trigger(address, `/jobs/${jobId}/stop`, `to stop job ${jobId} with a savepoint`, body, options);
  },

  async triggerSavepoint(address, jobId, { targetDirectory, triggerId }, options) {
    const body = { 'target-directory': targetDirectory, 'cancel-job': false, triggerId, formatType: FORMAT };
    await trigger(address, `/jobs/${jobId}/savepoints`, `a savepoint of job ${jobId}`, body, options);
  },

  async savepointStatus(address, jobId, triggerId, options) {
    const { call, reply } = await ask('GET', address, `/jobs/${jobId}/savepoints/${triggerId}`, options);
    if (reply.status === 404 && isFlinks(reply)) return { status: 'unknown' };
    if (reply.status !== 200) throw rejected(`the state of savepoint ${triggerId}`, reply);
    return parseReply(call, SavepointReply, reply.body);
  },

  async checkpoints(address, jobId, options) {
    const { call, reply } = await ask('GET', address, `/jobs/${jobId}/checkpoints`, options);
    if (hasNoCheckpointing(reply)) return null;
    if (reply.status !== 200) throw rejected(`the checkpoints of job ${jobId}`, reply);
    return parseReply(call, CheckpointsReply, reply.body);
  },

  async checkpointsConfig(address, jobId, options) {
    const { call, reply } = await ask('GET', address, `/jobs/${jobId}/checkpoints/config`, options);
    if (hasNoCheckpointing(reply)) return null;
    if (reply.status !== 200) throw rejected(`the checkpoint settings of job ${jobId}`, reply);
    return parseReply(call, CheckpointsConfigReply, reply.body);
  },
};
