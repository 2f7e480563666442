/**
 * Dead means dead. YARN's word ends an application; its processes end only when their nodes have heard of it. A
 * ResourceManager that does not know an application may only have forgotten it.
 */
import { isCode } from '../../domain/errors/errors.ts';
import { clusterOf, type Cluster, type Dependencies } from '../dependencies/dependencies.ts';
import { inTurns } from '../../concurrency/in-turns.ts';

/** Traces of an instance's processes from the time when it lived. */
export interface Traces {
  readonly cluster: string;
  readonly applicationId: string;
  readonly flinkJobId: string;
  /** NodeManagers (`host:port`) that hosted its containers; empty when none is known. */
  readonly nodes: readonly string[];
  /** Where its JobManager answered last. */
  readonly address: string | null;
  /** A person has decided that a node which YARN calls lost is gone, with all that ran there. */
  readonly believeLost?: boolean;
}

/** Why the instance may still live; null when no process of it can be left. */
export type Doubt = string | null;

/** Most nodes that a record carries; of a job on more nodes only these are asked. */
export const MOST_NODES = 30;

const JOB_MANAGER_MS = 1_500;

/** Looks for processes of an application that is terminal for YARN, or unknown to it. */
export async function doubtThatDead(deps: Dependencies, traces: Traces): Promise<Doubt> {
  const { applicationId: id, cluster: name } = traces;
  const cluster = clusterOf(deps, name);
  const [attempts, nodes] = await Promise.all([cluster.yarn.attempts(id), cluster.yarn.nodes()]);
  const hosts = new Set([...traces.nodes, ...attempts.flatMap(({ nodeHttpAddress }) => nodeHttpAddress ?? [])]);
  const states = new Map(
    nodes.flatMap(({ httpAddress, state }) => (httpAddress === null ? [] : [[httpAddress, state]])),
  );
  const answering = [...states].flatMap(([node, state]) => (GONE.has(state) ? [] : [node]));
  if (hosts.size === 0 && answering.length === 0)
    return `no node of cluster ${name} has reported yet, so containers of ${id} may live`;
  const isGone = (node: string): boolean => {
    const state = states.get(node);
    if (traces.believeLost === true) return state === undefined || GONE.has(state);
    return state === 'DECOMMISSIONED' || state === 'SHUTDOWN'; // it left in good order, having ended what it ran
  };
  // All nodes are asked, because containers may have moved. A node outside of the traces raises a doubt only when it
  // still holds a container.
  const candidates = [...new Set([...hosts, ...answering])].filter((node) => !isGone(node));
  const doubts: string[] = [];
  await inTurns(candidates, async (node) => {
    if (doubts.length > 0) return; // one suffices
    const doubt = await doubtOf(cluster, node, id, hosts.has(node));
    if (doubt !== null) doubts.push(doubt);
  });
  const [doubt] = doubts;
  if (doubt !== undefined) return doubt;
  return (await answers(deps, traces)) ? `the JobManager of ${id} still answers at ${traces.address ?? ''}` : null;
}

/** States of a node of which no answer can be expected (`NodeState`, Hadoop 3.4). */
const GONE: ReadonlySet<string> = new Set(['LOST', 'DECOMMISSIONED', 'SHUTDOWN', 'REBOOTED', 'NEW']);

async function doubtOf({ yarn }: Cluster, node: string, id: string, isHost: boolean): Promise<Doubt> {
  try {
    const containers = await yarn.containersOnNode(node, id);
    return containers.length === 0 ? null : `node ${node} still holds ${containers.length} containers of ${id}`;
  } catch (error) {
    if (!isCode(error, 'ClusterUnreachable')) throw error;
    return isHost ? `node ${node} hosted containers of ${id} and does not answer` : null;
  }
}

async function answers({ flink }: Dependencies, { address, flinkJobId }: Traces): Promise<boolean> {
  if (address === null) return false;
  try {
    return (await flink.jobStatus(address, flinkJobId, { deadlineMs: JOB_MANAGER_MS })) !== null;
  } catch {
    return false; // another program may answer at this address
  }
}

/** The nodes that host containers of a living application now. */
export async function hostsOf({ yarn }: Cluster, id: string): Promise<readonly string[]> {
  const attempts = await yarn.attempts(id);
  const newest = attempts.at(-1);
  const containers = newest === undefined ? [] : await yarn.containers(id, newest.id);
  return [...new Set([...attempts, ...containers].flatMap(({ nodeHttpAddress }) => nodeHttpAddress ?? []))];
}
