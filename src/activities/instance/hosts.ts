/** Hosts of an instance in YARN's list of nodes. The list blanks the HTTP address of a node that is gone. */
import type { NodeReport } from '../../clients/yarn/replies.ts';
import type { Host } from '../../domain/lock/traces.ts';

export type KnownHost = Pick<Host, 'node' | 'http'>;

/**
 * `answering`: YARN hears of it, or a new NodeManager answers at its address. `left`: it left in good order, having ended
 * what it ran. `lost`: YARN has given it up. `unknown`: YARN does not list it.
 */
type HostState = 'answering' | 'left' | 'lost' | 'unknown';

/** Finds a host by its NodeId, which YARN keeps whatever becomes of the node; a host without one, by its address. */
export function stateOfHost({ node, http }: KnownHost, nodes: readonly NodeReport[]): HostState {
  const listed = nodes.filter(
    ({ id, httpAddress }) =>
      httpAddress === http || (node === null ? httpAddress === null && hostName(id) === hostName(http) : id === node),
  );
  const states = listed.map(({ state }) => state);
  if (states.some((state) => !isGoneOrderly(state) && !GIVEN_UP.has(state))) return 'answering';
  if (states.some(isGoneOrderly)) return 'left';
  return states.length > 0 ? 'lost' : 'unknown';
}

/** Tells whether a node in this state has left the cluster with nothing running (`NodeState`, Hadoop 3.4). */
export const isGoneOrderly = (state: string): boolean => state === 'DECOMMISSIONED' || state === 'SHUTDOWN';

/** States of a node of which no answer can be expected. */
const GIVEN_UP: ReadonlySet<string> = new Set(['LOST', 'REBOOTED', 'NEW']);

const hostName = (address: string): string => address.replace(/:\d+$/, '');
