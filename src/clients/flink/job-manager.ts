/** The JobManager itself: its settings and its logs. */
import { excerpt, parseReply, sendForTail, unreachable } from '../http.ts';
import type { FlinkClient } from './flink-client.ts';
import { ConfigReply, LogFilesReply } from './replies.ts';
import { callTo, get } from './requests.ts';

export const jobManager: Pick<FlinkClient, 'jobManagerConfig' | 'logFiles' | 'logTail'> = {
  async jobManagerConfig(address, options) {
    const { call, body } = await get(address, '/jobmanager/config', 'its configuration', options);
    return parseReply(call, ConfigReply, body);
  },

  async logFiles(address, options) {
    const { call, body } = await get(address, '/jobmanager/logs', 'its log files', options);
    return parseReply(call, LogFilesReply, body).sort((a, b) => (a.name < b.name ? -1 : 1));
  },

  async logTail(address, file, bytes, options = {}) {
    const call = callTo('GET', address, `/jobmanager/logs/${encodeURIComponent(file)}`, options);
    const reply = await sendForTail(call, bytes);
    if (reply.status === 404) return null;
    if (reply.status !== 200) throw unreachable(call, `answered ${reply.status}: ${excerpt(reply.text)}`);
    return reply.text;
  },
};
