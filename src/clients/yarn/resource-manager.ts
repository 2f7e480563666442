/** Requests to the ResourceManager of one cluster, and how much its answers are worth. */
import { SluiceError } from '../../domain/errors/errors.ts';
import {
  type CallOptions,
  DEFAULT_DEADLINE_MS,
  type HttpCall,
  type JsonReply,
  parseReply,
  sendJson,
  unreachable,
} from '../http.ts';
import { type ClusterInfo, InfoReply, RemoteException } from './replies.ts';

export interface YarnClientOptions {
  /** The cluster's name in Sluice, for messages. */
  readonly name: string;
  /** `http://host:8088`; several, comma-separated, for a ResourceManager with high availability. */
  readonly resourceManager: string;
  /** Sent as `user.name` (YARN without Kerberos). */
  readonly user: string;
}

interface Request {
  readonly query?: Record<string, string>;
  readonly body?: unknown;
  readonly options?: CallOptions | undefined;
}

interface Answer {
  readonly call: HttpCall;
  readonly reply: JsonReply;
}

type Method = HttpCall['method'];

export class ResourceManager {
  readonly name: string;
  readonly #user: string;
  readonly #origins: readonly URL[];
  /** The address that answered last is asked first. */
  #preferred = 0;

  constructor({ name, resourceManager, user }: YarnClientOptions) {
    this.name = name;
    this.#user = user;
    this.#origins = resourceManager
      .split(',')
      .map((url) => url.trim())
      .filter((url) => url !== '')
      .map((url) => new URL(url));
  }

  /** Asks one address after the other, within one deadline. */
  async ask(method: Method, path: string, { query = {}, body, options = {} }: Request = {}): Promise<Answer> {
    const { name } = this;
    const origins = this.#origins;
    const { signal } = options;
    const redirectHosts = origins.map(({ host }) => host);
    const endsAt = Date.now() + (options.deadlineMs ?? DEFAULT_DEADLINE_MS);
    let failure: unknown = new SluiceError('ClusterUnreachable', `cluster ${name} has no ResourceManager configured`);
    for (let turn = 0; turn < origins.length; turn += 1) {
      const index = (this.#preferred + turn) % origins.length;
      const origin = origins[index];
      const deadlineMs = Math.floor((endsAt - Date.now()) / (origins.length - turn));
      if (origin === undefined || deadlineMs <= 0) break;
      const call = {
        ...clusterCall(name, method, webServiceUrl(origin, path, { ...query, 'user.name': this.#user })),
        ...{ body, signal, deadlineMs, redirectHosts },
      };
      try {
        const reply = await sendJson(call);
        if (reply.status >= 500) throw unreachable(call, `answered ${reply.status}: ${reasonOf(reply)}`);
        this.#preferred = index;
        return { call, reply };
      } catch (error) {
        signal?.throwIfAborted();
        failure = error;
      }
    }
    throw failure;
  }

  /** Answers with 200 or with a definite "no such thing" ({@link isUnknown}); throws `ClusterRejected` for the rest. */
  async get(
    path: string,
    what: string,
    options: CallOptions | undefined,
    query: Record<string, string> = {},
  ): Promise<Answer> {
    const answer = await this.askWithMemory('GET', path, { query, options });
    if (answer.reply.status !== 200 && !isUnknown(answer.reply)) throw this.rejected(what, answer.reply);
    return answer;
  }

  /** Believes "no such thing" when the ResourceManager says it again with its memory read. */
  async askWithMemory(method: Method, path: string, request: Request): Promise<Answer> {
    const first = await this.ask(method, path, request);
    if (!isUnknown(first.reply)) return first;
    await this.mustRemember(request.options);
    return this.ask(method, path, request);
  }

  /**
   * Throws `ClusterUnreachable` while a restarted ResourceManager has not read its memory. For a second or more it
   * answers as if every application were unknown and with lists that are empty or incomplete (tried on 3.4.3), so an
   * absence counts only after this call.
   */
  async mustRemember(options?: CallOptions): Promise<void> {
    if ((await this.info(options)).haState !== 'INITIALIZING') return;
    throw new SluiceError(
      'ClusterUnreachable',
      `cluster ${this.name} has just started and has not read its memory yet`,
    );
  }

  async info(options?: CallOptions): Promise<ClusterInfo> {
    const { call, reply } = await this.ask('GET', 'cluster/info', { options });
    if (reply.status !== 200) throw this.rejected('its description', reply);
    return parseReply(call, InfoReply, reply.body);
  }

  rejected(what: string, reply: JsonReply): SluiceError {
    return new SluiceError(
      'ClusterRejected',
      `cluster ${this.name} refused ${what} (${reply.status}): ${reasonOf(reply)}`,
    );
  }
}

/** A call to a daemon of the cluster, under the cluster's name and with the error code of its silence. */
export const clusterCall = (name: string, method: Method, url: URL) =>
  ({ system: `cluster ${name}`, unreachable: 'ClusterUnreachable', method, url }) as const;

/** The URL of a path of Hadoop's REST API below the address of a daemon. */
export function webServiceUrl(origin: URL, path: string, query: Readonly<Record<string, string>>): URL {
  const url = new URL(`${origin.pathname.replace(/\/$/, '')}/ws/v1/${path}`, origin);
  for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
  return url;
}

/** A definite "no such thing": 404 with Hadoop's own exception. A daemon that is starting answers with an HTML 404. */
export function isUnknown(reply: JsonReply): boolean {
  const parsed = RemoteException.safeParse(reply.body);
  return reply.status === 404 && parsed.success && parsed.data.RemoteException.exception === 'NotFoundException';
}

/** Hadoop's own words for a refusal. */
export function reasonOf(reply: JsonReply): string {
  const parsed = RemoteException.safeParse(reply.body);
  if (!parsed.success) return reply.refusal ?? 'no reason given';
  return parsed.data.RemoteException.message ?? parsed.data.RemoteException.exception;
}
