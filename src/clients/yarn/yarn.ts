/** Client of one YARN cluster: the ResourceManager's REST API, and of the NodeManagers what the ResourceManager lacks. */
import { SluiceError } from '../../domain/errors/errors.ts';
import {
  type CallOptions,
  DEFAULT_DEADLINE_MS,
  excerpt,
  type HttpCall,
  type JsonReply,
  parseReply,
  sendForTail,
  sendJson,
  unreachable,
} from '../http.ts';
import { type QueueReport, SchedulerReply } from './queues.ts';
import {
  ApplicationReply,
  type ApplicationReport,
  ApplicationsReply,
  type ApplicationState,
  type AttemptReport,
  AttemptsReply,
  type ClusterInfo,
  type ClusterMetrics,
  type ContainerReport,
  ContainersReply,
  InfoReply,
  MetricsReply,
  type NewApplication,
  NewApplicationReply,
  NodeApplicationReply,
  type NodeReport,
  NodesReply,
  RemoteException,
} from './replies.ts';
import { renderSubmission, type SubmissionContext } from './submission.ts';

export interface YarnClientOptions {
  /** The cluster's name in Sluice, for messages. */
  readonly name: string;
  /** `http://host:8088`; several, comma-separated, for a ResourceManager with high availability. */
  readonly resourceManager: string;
  /** Sent as `user.name` (YARN without Kerberos). */
  readonly user: string;
}

/** Which applications are asked for; each filter narrows, within one filter any value matches. */
export interface ApplicationFilter {
  readonly tags?: readonly string[] | undefined;
  readonly states?: readonly ApplicationState[] | undefined;
  readonly names?: readonly string[] | undefined;
}

/**
 * All methods throw `ClusterUnreachable` when nothing believable answers, and `ClusterRejected` with YARN's message when
 * YARN says no. Silence is never reported as absence.
 */
export interface YarnClient {
  readonly name: string;
  info(options?: CallOptions): Promise<ClusterInfo>;
  metrics(options?: CallOptions): Promise<ClusterMetrics>;
  /** Reserves an id; nothing runs by it. Record it before `submit`. */
  newApplication(options?: CallOptions): Promise<NewApplication>;
  /** Idempotent by application id (`ClientRMService.submitApplication`); the queue may still refuse later, as FAILED. */
  submit(context: SubmissionContext, options?: CallOptions): Promise<void>;
  /** null only when the ResourceManager itself says that it does not know this id. */
  application(id: string, options?: CallOptions): Promise<ApplicationReport | null>;
  applications(filter?: ApplicationFilter, options?: CallOptions): Promise<ApplicationReport[]>;
  /** Asks for the end; `requested` until it is confirmed, `terminal` once it is. `NotFound` for an unknown id. */
  kill(id: string, options?: CallOptions): Promise<'requested' | 'terminal'>;
  queues(options?: CallOptions): Promise<QueueReport[]>;
  nodes(options?: CallOptions): Promise<NodeReport[]>;
  /** Attempts of an application, oldest first; empty for an unknown one. */
  attempts(id: string, options?: CallOptions): Promise<AttemptReport[]>;
  /** Containers that the ResourceManager counts to an attempt now. Empty once the attempt has ended. */
  containers(id: string, attemptId: string, options?: CallOptions): Promise<ContainerReport[]>;
  /** Containers of an application that one NodeManager still holds: the proof that processes have ended. */
  containersOnNode(nodeHttpAddress: string, id: string, options?: CallOptions): Promise<string[]>;
  /** The end of a container's log file, from its NodeManager; null when it has no such file (any more). */
  containerLogTail(
    nodeHttpAddress: string,
    containerId: string,
    file: string,
    bytes: number,
    options?: CallOptions,
  ): Promise<string | null>;
}

type Method = HttpCall['method'];

export function createYarnClient({ name, resourceManager, user }: YarnClientOptions): YarnClient {
  const origins = resourceManager
    .split(',')
    .map((url) => url.trim())
    .filter((url) => url !== '')
    .map((url) => new URL(url));
  const redirectHosts = origins.map((origin) => origin.host);
  /** The one that answered last is asked first. */
  let preferred = 0;

  function callTo(origin: URL, method: Method, path: string, query: Record<string, string>, more: Partial<HttpCall>) {
    const url = new URL(`${origin.pathname.replace(/\/$/, '')}/ws/v1/${path}`, origin);
    for (const [key, value] of Object.entries({ ...query, 'user.name': user })) url.searchParams.set(key, value);
    return { system: `cluster ${name}`, unreachable: 'ClusterUnreachable', method, url, ...more } as const;
  }

  /** Asks one ResourceManager after the other, within one deadline. */
  async function ask(method: Method, path: string, more: Ask = {}): Promise<Answer> {
    const endsAt = Date.now() + (more.options?.deadlineMs ?? DEFAULT_DEADLINE_MS);
    let failure: unknown = new SluiceError('ClusterUnreachable', `cluster ${name} has no ResourceManager configured`);
    for (let turn = 0; turn < origins.length; turn += 1) {
      const index = (preferred + turn) % origins.length;
      const origin = origins[index];
      const deadlineMs = Math.floor((endsAt - Date.now()) / (origins.length - turn));
      if (origin === undefined || deadlineMs <= 0) break;
      const call = callTo(origin, method, path, more.query ?? {}, {
        body: more.body,
        signal: more.options?.signal,
        deadlineMs,
        redirectHosts,
      });
      try {
        const reply = await sendJson(call);
        if (reply.status >= 500) throw unreachable(call, `answered ${reply.status}: ${said(reply)}`);
        preferred = index;
        return { call, reply };
      } catch (error) {
        more.options?.signal?.throwIfAborted();
        failure = error;
      }
    }
    throw failure;
  }

  function rejected(what: string, reply: JsonReply): SluiceError {
    return new SluiceError('ClusterRejected', `cluster ${name} refused ${what} (${reply.status}): ${said(reply)}`);
  }

  async function get(path: string, what: string, query: Record<string, string>, options?: CallOptions) {
    const answer = await askOneThatRemembers('GET', path, { query, options });
    if (answer.reply.status !== 200 && !isUnknown(answer.reply)) throw rejected(what, answer.reply);
    return answer;
  }

  async function info(options?: CallOptions): Promise<ClusterInfo> {
    const { call, reply } = await ask('GET', 'cluster/info', { options });
    if (reply.status !== 200) throw rejected('its description', reply);
    return parseReply(call, InfoReply, reply.body);
  }

  /**
   * One that was restarted answers before it has read its memory: for a second or more every application is unknown and
   * lists are empty or incomplete (tried on 3.4.3). What it says of absence counts only after this was asked.
   */
  async function mustRemember(options?: CallOptions): Promise<void> {
    if ((await info(options)).haState !== 'INITIALIZING') return;
    throw new SluiceError('ClusterUnreachable', `cluster ${name} has just begun and has not read its memory yet`);
  }

  /** "No such thing" is believed when it is said again. */
  async function askOneThatRemembers(method: Method, path: string, more: Ask): Promise<Answer> {
    const first = await ask(method, path, more);
    if (!isUnknown(first.reply)) return first;
    await mustRemember(more.options);
    return ask(method, path, more);
  }

  async function application(id: string, options?: CallOptions): Promise<ApplicationReport | null> {
    const query = { deSelects: 'resourceRequests' };
    const { call, reply } = await get(`cluster/apps/${encodeURIComponent(id)}`, `a report of ${id}`, query, options);
    return isUnknown(reply) ? null : parseReply(call, ApplicationReply, reply.body).app;
  }

  async function isKnown(id: string, options?: CallOptions): Promise<boolean> {
    try {
      return (await application(id, options)) !== null;
    } catch (failure) {
      if (failure instanceof SluiceError && failure.code === 'ClusterRejected') return false;
      throw failure;
    }
  }

  return {
    name,

    info,

    async metrics(options) {
      const { call, reply } = await get('cluster/metrics', 'its metrics', {}, options);
      return parseReply(call, MetricsReply, reply.body);
    },

    async newApplication(options) {
      const { call, reply } = await ask('POST', 'cluster/apps/new-application', { options });
      if (reply.status !== 200) throw rejected('a new application id', reply);
      return parseReply(call, NewApplicationReply, reply.body);
    },

    async submit(context, options) {
      // One that takes an application before it has read its memory finds it there a second time, and dies of it (3.4.3).
      const endsAt = Date.now() + (options?.deadlineMs ?? DEFAULT_DEADLINE_MS);
      await mustRemember(options);
      // One deadline for both: whoever fences a start off relies on it.
      const left = { ...options, deadlineMs: Math.max(1, endsAt - Date.now()) };
      const { reply } = await ask('POST', 'cluster/apps', { body: renderSubmission(context), options: left });
      if (reply.status === 202) return;
      // Of two submissions at the same moment one is refused as a duplicate (RMAppManager, seen on 3.4.3): it succeeded.
      if (reply.status === 400 && (await isKnown(context.applicationId, options))) return;
      throw rejected(`application ${context.applicationId} (${context.name})`, reply);
    },

    application,

    async applications({ tags, states, names } = {}, options) {
      // Tags and states narrow what YARN sends; all three are checked here too, since old releases ignore unknown filters.
      const wanted = tags?.map((tag) => tag.toLowerCase());
      if (wanted?.length === 0 || states?.length === 0 || names?.length === 0) return [];
      const query = {
        deSelects: 'resourceRequests',
        ...(wanted === undefined ? {} : { applicationTags: wanted.join(',') }),
        ...(states === undefined ? {} : { states: states.join(',') }),
      };
      await mustRemember(options);
      const { call, reply } = await get('cluster/apps', 'the list of applications', query, options);
      return parseReply(call, ApplicationsReply, reply.body).apps.filter(
        (app) =>
          (wanted === undefined || app.tags.some((tag) => wanted.includes(tag))) &&
          (states === undefined || states.includes(app.state)) &&
          (names === undefined || names.includes(app.name)),
      );
    },

    async kill(id, options) {
      const path = `cluster/apps/${encodeURIComponent(id)}/state`;
      const { reply } = await askOneThatRemembers('PUT', path, { body: { state: 'KILLED' }, options });
      if (isUnknown(reply)) throw new SluiceError('NotFound', `cluster ${name} knows no application ${id}`);
      if (reply.status !== 200 && reply.status !== 202) throw rejected(`to kill ${id}`, reply);
      return reply.status === 200 ? 'terminal' : 'requested';
    },

    async queues(options) {
      const { call, reply } = await get('cluster/scheduler', 'its queues', {}, options);
      return parseReply(call, SchedulerReply, reply.body);
    },

    async nodes(options) {
      const { call, reply } = await get('cluster/nodes', 'its nodes', {}, options);
      return parseReply(call, NodesReply, reply.body).nodes;
    },

    async attempts(id, options) {
      const path = `cluster/apps/${encodeURIComponent(id)}/appattempts`;
      const { call, reply } = await get(path, `the attempts of ${id}`, {}, options);
      return isUnknown(reply) ? [] : parseReply(call, AttemptsReply, reply.body).appAttempts;
    },

    async containers(id, attemptId, options) {
      const path = `cluster/apps/${encodeURIComponent(id)}/appattempts/${encodeURIComponent(attemptId)}/containers`;
      const { call, reply } = await get(path, `the containers of ${attemptId}`, {}, options);
      return isUnknown(reply) ? [] : parseReply(call, ContainersReply, reply.body).container;
    },

    async containersOnNode(nodeHttpAddress, id, options = {}) {
      const call = nodeCall(nodeHttpAddress, `node/apps/${encodeURIComponent(id)}`, options);
      const reply = await sendJson(call);
      if (isUnknown(reply)) return [];
      if (reply.status !== 200) throw unreachable(call, `answered ${reply.status}: ${said(reply)}`);
      return parseReply(call, NodeApplicationReply, reply.body).app.containerids;
    },

    async containerLogTail(nodeHttpAddress, containerId, file, bytes, options = {}) {
      const path = `node/containers/${encodeURIComponent(containerId)}/logs/${encodeURIComponent(file)}`;
      const call = nodeCall(nodeHttpAddress, path, options, { size: String(-bytes) });
      // The frame that the NodeManager writes around the content needs some room of its own.
      const reply = await sendForTail(call, bytes + LOG_FRAME_BYTES);
      if (reply.status === 404) return null;
      if (reply.status !== 200) throw unreachable(call, `answered ${reply.status}: ${excerpt(reply.text)}`);
      return logContent(reply.text);
    },
  };

  function nodeCall(nodeHttpAddress: string, path: string, options: CallOptions, query: Record<string, string> = {}) {
    const call = callTo(new URL(`http://${nodeHttpAddress}`), 'GET', path, query, options);
    return { ...call, system: `node ${nodeHttpAddress} of cluster ${name}` };
  }
}

interface Ask {
  readonly query?: Record<string, string>;
  readonly body?: unknown;
  readonly options?: CallOptions | undefined;
}

interface Answer {
  readonly call: HttpCall;
  readonly reply: JsonReply;
}

const LOG_FRAME_BYTES = 1_024;

/** A definite "no such thing": 404 with Hadoop's own exception. An HTML 404 (a daemon that is starting) is not one. */
function isUnknown(reply: JsonReply): boolean {
  const parsed = RemoteException.safeParse(reply.body);
  return reply.status === 404 && parsed.success && parsed.data.RemoteException.exception === 'NotFoundException';
}

function said(reply: JsonReply): string {
  const parsed = RemoteException.safeParse(reply.body);
  if (!parsed.success) return reply.refusal ?? 'no reason given';
  return parsed.data.RemoteException.message ?? parsed.data.RemoteException.exception;
}

/** Takes away the lines that the NodeManager writes before and after the content (`LogToolUtils`, Hadoop 3.4.3). */
function logContent(text: string): string {
  return text.replace(/^[\s\S]*?\nLogContents:\n/, '').replace(/\n?End of LogType:[^\n]*\n[\s\S]*$/, '');
}
