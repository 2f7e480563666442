/**
 * Fault proxies for one YARN cluster. Where NodeManagers and JobManagers are is known only from the ResourceManager's
 * replies, so its proxy writes the addresses of proxies in their place, which it opens when one is named for the first time.
 */
import { startHttpProxy, type HttpProxy, type Reply } from './http-proxy.ts';
import { Switches } from './switches.ts';

export interface ClusterProxies {
  /** To be configured as the cluster's ResourceManager. */
  readonly url: string;
  readonly resourceManager: Switches;
  /** The switches of all nodes together. */
  readonly nodeManager: Switches;
  /** The switches of all JobManagers together, whichever application they belong to. */
  readonly jobManager: Switches;
  close(): Promise<void>;
}

/** Names of the fields that hold an address, as the ResourceManager writes them (see `src/clients/yarn/replies.ts`). */
const ROLES: Readonly<Record<string, 'nodeManager' | 'jobManager'>> = {
  amRPCAddress: 'jobManager',
  amHostHttpAddress: 'nodeManager',
  nodeHttpAddress: 'nodeManager',
  nodeHTTPAddress: 'nodeManager',
};

export async function startClusterProxies({
  resourceManager: upstream,
}: {
  readonly resourceManager: string;
}): Promise<ClusterProxies> {
  const faults = { resourceManager: new Switches(), nodeManager: new Switches(), jobManager: new Switches() };
  /** By real address; promises, so that two replies at once open one. */
  const opened = new Map<string, Promise<HttpProxy>>();

  const inPlaceOf = async (role: 'nodeManager' | 'jobManager', written: string): Promise<string> => {
    const parts = /^((?:https?:)?\/\/)?([^:/\s]+:[1-9]\d*)$/.exec(written);
    if (parts?.[2] === undefined) return written; // "N/A", or a port of 0 or -1: not known yet
    const [, scheme = '', address] = parts;
    const proxy = opened.get(address) ?? startHttpProxy({ upstream: `http://${address}`, faults: faults[role] });
    opened.set(address, proxy);
    return scheme + (await proxy).address;
  };

  const rewritten = async (value: unknown, name = ''): Promise<unknown> => {
    const role = ROLES[name];
    if (typeof value === 'string') return role === undefined ? value : inPlaceOf(role, value);
    if (Array.isArray(value)) return Promise.all(value.map((item) => rewritten(item)));
    if (typeof value !== 'object' || value === null) return value;
    const members = Object.entries(value).map(async ([key, member]) => [key, await rewritten(member, key)] as const);
    return Object.fromEntries(await Promise.all(members));
  };

  const rewrite = async (reply: Reply): Promise<Reply> => {
    const text = reply.body.toString('utf8');
    if (!text.startsWith('{')) return reply;
    return { ...reply, body: Buffer.from(JSON.stringify(await rewritten(JSON.parse(text)))) };
  };

  const front = await startHttpProxy({
    upstream,
    faults: faults.resourceManager,
    rewrite,
    withhold: ['accept-encoding'], // a compressed reply could not be rewritten
  });
  return {
    url: front.url,
    ...faults,
    async close() {
      const behind = await Promise.all(opened.values());
      await Promise.all([front, ...behind].map((proxy) => proxy.close()));
    },
  };
}
