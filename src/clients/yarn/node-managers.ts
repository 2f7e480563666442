/** The NodeManagers of a cluster: containers that a node still holds, and log files, which the ResourceManager lacks. */
import { type CallOptions, excerpt, type HttpCall, parseReply, sendForTail, sendJson, unreachable } from '../http.ts';
import { NodeApplicationReply } from './replies.ts';
import { clusterCall, isUnknown, reasonOf, webServiceUrl, type YarnClientOptions } from './resource-manager.ts';
import type { YarnClient } from './yarn-client.ts';

/** Room for the frame that the NodeManager writes around a log file's content. */
const LOG_FRAME_BYTES = 1_024;

export function createNodeManagers({
  name,
  user,
}: Pick<YarnClientOptions, 'name' | 'user'>): Pick<YarnClient, 'containersOnNode' | 'containerLogTail'> {
  function nodeCall(address: string, path: string, options: CallOptions, query: Record<string, string> = {}): HttpCall {
    const url = webServiceUrl(new URL(`http://${address}`), path, { ...query, 'user.name': user });
    return { ...clusterCall(name, 'GET', url), ...options, system: `node ${address} of cluster ${name}` };
  }

  return {
    async containersOnNode(nodeHttpAddress, id, options = {}) {
      const call = nodeCall(nodeHttpAddress, `node/apps/${encodeURIComponent(id)}`, options);
      const reply = await sendJson(call);
      if (isUnknown(reply)) return [];
      if (reply.status !== 200) throw unreachable(call, `answered ${reply.status}: ${reasonOf(reply)}`);
      return parseReply(call, NodeApplicationReply, reply.body).app.containerids;
    },

    async containerLogTail(nodeHttpAddress, containerId, file, bytes, options = {}) {
      const path = `node/containers/${encodeURIComponent(containerId)}/logs/${encodeURIComponent(file)}`;
      const call = nodeCall(nodeHttpAddress, path, options, { size: String(-bytes) });
      const reply = await sendForTail(call, bytes + LOG_FRAME_BYTES);
      if (reply.status === 404) return null;
      if (reply.status !== 200) throw unreachable(call, `answered ${reply.status}: ${excerpt(reply.text)}`);
      return logContent(reply.text);
    },
  };
}

/** Takes away the lines that the NodeManager writes before and after the content (`LogToolUtils`, Hadoop 3.4.3). */
function logContent(text: string): string {
  return text.replace(/^[\s\S]*?\nLogContents:\n/, '').replace(/\n?End of LogType:[^\n]*\n[\s\S]*$/, '');
}
