/** The NodeManagers of a cluster: containers that a node still holds, and log files, which the ResourceManager lacks. */
import {
  type CallOptions,
  excerpt,
  type HttpCall,
  type JsonReply,
  parseReply,
  sendForTail,
  sendJson,
  unreachable,
} from '../http.ts';
import { ContainerLogsReply } from './log-replies.ts';
import { NodeApplicationReply } from './replies.ts';
import { clusterCall, isUnknown, reasonOf, webServiceUrl, type YarnClientOptions } from './resource-manager.ts';
import type { YarnClient } from './yarn-client.ts';

/** Room for the frame that the NodeManager writes around a log file's content. */
const LOG_FRAME_BYTES = 1_024;

export function createNodeManagers({
  name,
  user,
}: Pick<YarnClientOptions, 'name' | 'user'>): Pick<
  YarnClient,
  'containersOnNode' | 'containerLogs' | 'containerLogTail'
> {
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

    async containerLogs(nodeHttpAddress, containerId, options = {}) {
      const path = `node/containers/${encodeURIComponent(containerId)}/logs`;
      const call = { ...nodeCall(nodeHttpAddress, path, options), mayLeaveTo: isLogPath(containerId) };
      const reply = await sendJson(call);
      if (reply.status === 200) return parseReply(call, ContainerLogsReply, reply.body);
      if (isUnknown(reply) || isForgotten(reply)) return [];
      throw unreachable(call, `answered ${reply.status}: ${reasonOf(reply)}`);
    },

    async containerLogTail(nodeHttpAddress, containerId, file, bytes, options = {}) {
      const path = `node/containers/${encodeURIComponent(containerId)}/logs/${encodeURIComponent(file)}`;
      const call = {
        ...nodeCall(nodeHttpAddress, path, options, { size: String(-bytes) }),
        mayLeaveTo: isLogPath(containerId),
      };
      const reply = await sendForTail(call, bytes + LOG_FRAME_BYTES);
      if (reply.status === 404) return null;
      if (reply.status !== 200) throw unreachable(call, `answered ${reply.status}: ${excerpt(reply.text)}`);
      return logContent(reply.text);
    },
  };
}

/** How a NodeManager without a log server says that it does not know a container: 503 with the reason inside (tried on 3.4.3). */
const isForgotten = (reply: JsonReply): boolean =>
  reply.status >= 500 && /NotFoundException: .*Unknown container/.test(reasonOf(reply));

/** Takes away the lines before and after the content; the last one follows it without a line break (tried on 3.4.3). */
function logContent(text: string): string {
  const end = text.lastIndexOf('End of LogType:');
  return (end === -1 ? text : text.slice(0, end)).replace(/^[\s\S]*?\nLogContents:\n/, '');
}

/**
 * Allows what a NodeManager does with a question about a container that it does not know: it sends the caller on to the log
 * server of the cluster (`yarn.log.server.web-service.url`), to the same container.
 */
const isLogPath =
  (container: string) =>
  ({ protocol, pathname }: URL): boolean =>
    (protocol === 'http:' || protocol === 'https:') &&
    /\/ws\/v\d+\//.test(pathname) &&
    pathname.includes(`/containers/${encodeURIComponent(container)}/logs`);
