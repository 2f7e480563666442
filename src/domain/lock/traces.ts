/**
 * Traces of an application while it lives: the nodes that host its containers, and the address of its JobManager. They
 * are the evidence by which its death is confirmed later, when YARN itself may have forgotten it.
 */
import { z } from 'zod';

/** A NodeManager that hosts containers. YARN blanks the HTTP address of a node that is gone, but keeps its NodeId. */
export const Host = z.strictObject({
  /** NodeId, `host:port`; null where YARN did not tell it. */
  node: z.string().nullable(),
  /** HTTP address, `host:port`, at which the node answers. */
  http: z.string(),
  /** When the application was first seen without a container on the node; null while it has one. */
  leftAt: z.string().nullable(),
});
export type Host = z.infer<typeof Host>;

export const Traces = z.strictObject({
  version: z.literal(1),
  job: z.string(),
  cluster: z.string(),
  applicationId: z.string(),
  hosts: z.array(Host),
  /** Where its JobManager answered last, `host:port`; null until YARN tells. */
  address: z.string().nullable(),
});
export type Traces = z.infer<typeof Traces>;

/** The application as YARN shows it at one look. */
export interface Sighting {
  readonly hosts: readonly Pick<Host, 'node' | 'http'>[];
  readonly address: string | null;
}

/**
 * Milliseconds after which a node counts no more that hosts nothing of an application which lives on. YARN takes
 * 10 minutes to call a silent node lost (`yarn.nm.liveness-monitor.expiry-interval-ms`); a TaskManager without its
 * JobManager has ended its tasks long before that (`heartbeat.timeout`, 50 s).
 */
export const FORGET_HOST_MS = 15 * 60_000;

/** Merges a sighting into the traces: a node that was left stays for some time, because its containers may linger. */
export function withSighting(traces: Traces, { hosts, address }: Sighting, at: string): Traces {
  const isSeen = (host: Host): boolean => hosts.some(({ http }) => http === host.http);
  const left = traces.hosts.flatMap((host): Host[] => {
    if (isSeen(host)) return [];
    const leftAt = host.leftAt ?? at;
    return Date.parse(at) - Date.parse(leftAt) < FORGET_HOST_MS ? [{ ...host, leftAt }] : [];
  });
  const present = hosts.map(({ node, http }): Host => ({ node, http, leftAt: null }));
  return { ...traces, hosts: [...present, ...left], address: address ?? traces.address };
}

/** Tells whether two traces say the same, in whatever order. */
export const isSameTraces = (a: Traces, b: Traces): boolean => textOf(a) === textOf(b);

const textOf = ({ hosts, address }: Traces): string =>
  JSON.stringify([address, hosts.map(({ node, http, leftAt }) => `${http} ${node ?? ''} ${leftAt ?? ''}`).sort()]);
