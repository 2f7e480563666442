/** The JobManager itself: its settings, its logs, and those of its TaskManagers, which it passes on. */
import { excerpt, parseReply, sendForTail, unreachable } from '../http.ts';
import type { FlinkClient, LogOptions } from './flink-client.ts';
import { ConfigReply, LogFilesReply, TaskManagersReply } from './replies.ts';
import { callTo, get } from './requests.ts';

/** `JobManagerLogListHeaders` and `TaskManagerLogsHeaders` of Flink 1.20. */
const logsOf = ({ taskManager }: LogOptions = {}): string =>
  taskManager === undefined ? '/jobmanager/logs' : `/taskmanagers/${encodeURIComponent(taskManager)}/logs`;

export const jobManager: Pick<FlinkClient, 'read' | 'jobManagerConfig' | 'taskManagers' | 'logFiles' | 'logTail'> = {
  async read(address, path, options) {
    const { call, body } = await get(address, path, `a read of ${path.replace(/\?.*/, '')}`, options);
    if (body === undefined) throw unreachable(call, 'answered 200 with nothing');
    return body;
  },

  async jobManagerConfig(address, options) {
    const { call, body } = await get(address, '/jobmanager/config', 'its configuration', options);
    return parseReply(call, ConfigReply, body);
  },

  async taskManagers(address, options) {
    const { call, body } = await get(address, '/taskmanagers', 'its TaskManagers', options);
    return parseReply(call, TaskManagersReply, body).sort();
  },

  async logFiles(address, options) {
    const { call, body } = await get(address, logsOf(options), 'its log files', options);
    return parseReply(call, LogFilesReply, body).sort((a, b) => (a.name < b.name ? -1 : 1));
  },

  async logTail(address, file, bytes, options = {}) {
    const call = callTo('GET', address, `${logsOf(options)}/${encodeURIComponent(file)}`, options);
    const reply = await sendForTail(call, bytes);
    if (reply.status === 404) return null;
    if (reply.status !== 200) throw unreachable(call, `answered ${reply.status}: ${excerpt(reply.text)}`);
    return reply.text;
  },
};
