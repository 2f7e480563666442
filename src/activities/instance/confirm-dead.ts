/**
 * Dead means dead. YARN's word ends an application; its processes end only when their nodes have heard of it. A
 * ResourceManager that does not know an application may only have forgotten it. Absence of evidence is no evidence: a
 * node that hosted the instance must say that it holds nothing of it, or the ResourceManager must be able to know.
 */
import type { ApplicationReport, NodeReport } from '../../clients/yarn/replies.ts';
import { isCode } from '../../domain/errors/errors.ts';
import { timestampOf } from '../../domain/identity/container-id.ts';
import { inTurns } from '../../concurrency/in-turns.ts';
import { readTraces } from '../../records/traces.ts';
import { clusterOfInstance, type Cluster, type Dependencies } from '../dependencies/dependencies.ts';
import { isGoneOrderly, stateOfHost, type KnownHost } from './hosts.ts';

/** An application that is terminal for YARN, or unknown to it. */
export interface Suspect {
  readonly job: string;
  readonly cluster: string;
  readonly applicationId: string;
  readonly flinkJobId: string;
  /** The last word of YARN about it; null when YARN does not know it. */
  readonly report: ApplicationReport | null;
  /** HTTP addresses of nodes that hosted it, from records of before Sluice kept traces. */
  readonly nodes?: readonly string[];
  /** A person has decided that a node which YARN calls lost is gone, with all that ran there. */
  readonly believeLost?: boolean;
}

/** Why the instance may still live; null when no process of it can be left. */
export type Doubt = string | null;

interface LookForLife {
  readonly doubt: Doubt;
  /** Nodes that count as gone only because a person has decided so. */
  readonly believedLost: readonly string[];
}

const JOB_MANAGER_MS = 1_500;

export const doubtThatDead = async (deps: Dependencies, suspect: Suspect): Promise<Doubt> =>
  (await lookForLife(deps, suspect)).doubt;

/** Looks for processes of an application that is terminal for YARN, or unknown to it. Asks only nodes that hosted it. */
export async function lookForLife(deps: Dependencies, suspect: Suspect): Promise<LookForLife> {
  const { job, applicationId, nodes: addresses = [] } = suspect;
  const cluster = clusterOfInstance(deps, suspect.cluster);
  const [traces, attempts, nodes] = await Promise.all([
    readTraces(deps.s3, { job, applicationId }),
    cluster.yarn.attempts(applicationId),
    cluster.yarn.nodesLately(),
  ]);
  const newest = attempts.at(-1);
  const hosts = distinct([
    ...(traces?.hosts ?? []),
    ...(newest?.nodeHttpAddress ? [{ node: newest.nodeId, http: newest.nodeHttpAddress }] : []),
    ...(traces ? [] : addresses.map((http) => ({ node: null, http }))),
  ]);
  const { asked, believedLost } = sorted(hosts, nodes, suspect);
  const doubt =
    (await doubtOfNodes(cluster, asked, nodes, suspect)) ??
    (hosts.length === 0 ? await doubtWithoutHosts(deps, cluster, nodes, suspect) : null) ??
    (await doubtOfJobManager(deps, traces?.address ?? null, suspect));
  return { doubt, believedLost };
}

const distinct = (hosts: readonly KnownHost[]): readonly KnownHost[] => [
  ...new Map(hosts.map((host) => [host.http, host])).values(),
];

/** Sorts the hosts into those that are asked and those that count as gone. */
function sorted(
  hosts: readonly KnownHost[],
  nodes: readonly NodeReport[],
  { believeLost = false }: Suspect,
): { readonly asked: readonly KnownHost[]; readonly believedLost: readonly string[] } {
  const asked: KnownHost[] = [];
  const believedLost: string[] = [];
  for (const host of hosts) {
    const state = stateOfHost(host, nodes);
    if (state === 'answering' || (state !== 'left' && !believeLost)) asked.push(host);
    else if (state !== 'left') believedLost.push(host.node ?? host.http);
  }
  return { asked, believedLost };
}

/** Asks hosts whether they hold containers of the application; one doubt suffices. */
async function doubtOfNodes(
  { yarn }: Cluster,
  hosts: readonly KnownHost[],
  nodes: readonly NodeReport[],
  { applicationId: id }: Suspect,
): Promise<Doubt> {
  const doubts: string[] = [];
  await inTurns(hosts, async (host) => {
    if (doubts.length > 0) return;
    const holds = await containersOn(yarn, host.http, id);
    if (holds === 'silent')
      doubts.push(`node ${host.http} hosted containers of ${id} and does not answer${called(host, nodes)}`);
    else if (holds > 0) doubts.push(`node ${host.http} still holds ${holds} containers of ${id}`);
  });
  return doubts[0] ?? null;
}

function called(host: KnownHost, nodes: readonly NodeReport[]): string {
  const state = stateOfHost(host, nodes);
  if (state === 'lost') return '; YARN calls it lost';
  return state === 'unknown' ? '; YARN does not know it any more' : '';
}

async function containersOn(yarn: Cluster['yarn'], node: string, id: string): Promise<number | 'silent'> {
  try {
    return (await yarn.containersOnNode(node, id)).length;
  } catch (error) {
    if (!isCode(error, 'ClusterUnreachable')) throw error;
    return 'silent';
  }
}

/**
 * Decides about an application that nobody has seen on a node. A ResourceManager that knows it, or that gave it its id and
 * has run ever since, has given it no container. Any other may have forgotten it, so every node must have reported.
 */
async function doubtWithoutHosts(
  { nodesReportWithinMs }: Dependencies,
  cluster: Cluster,
  nodes: readonly NodeReport[],
  { applicationId: id, report, believeLost = false }: Suspect,
): Promise<Doubt> {
  if (report !== null) return null;
  const { name, yarn } = cluster;
  const { id: timestamp, startedAt } = await yarn.info();
  if (timestampOf(id) === timestamp) return null;
  const answering = nodes.filter(({ state }) => !isGoneOrderly(state) && state !== 'LOST');
  if (answering.length === 0) return `no node of cluster ${name} has reported yet, so containers of ${id} may live`;
  if (!believeLost && Date.now() - startedAt < nodesReportWithinMs) {
    const since = new Date(startedAt).toISOString();
    return `the ResourceManager of cluster ${name} began at ${since}, after ${id}, and has not heard of all nodes yet`;
  }
  const holding: string[] = [];
  await inTurns(answering, async ({ httpAddress }) => {
    if (httpAddress === null || holding.length > 0) return;
    // A node that answers the ResourceManager and not Sluice has been told to end what the ResourceManager does not know.
    const holds = await containersOn(yarn, httpAddress, id);
    if (holds !== 'silent' && holds > 0) holding.push(`node ${httpAddress} still holds ${holds} containers of ${id}`);
  });
  return holding[0] ?? null;
}

/** The JobManager answers as long as it lives, even where its node has lost sight of it. */
async function doubtOfJobManager(
  { flink }: Dependencies,
  address: string | null,
  { applicationId: id, flinkJobId }: Suspect,
): Promise<Doubt> {
  if (address === null) return null;
  try {
    const status = await flink.jobStatus(address, flinkJobId, { deadlineMs: JOB_MANAGER_MS });
    return status === null ? null : `the JobManager of ${id} still answers at ${address}`;
  } catch {
    return null; // another program may answer at this address
  }
}
