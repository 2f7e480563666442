/** Notes the traces of an application while it lives, so that its death can be confirmed when YARN has forgotten it. */
import type { ApplicationReport } from '../../clients/yarn/replies.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { isSameTraces, withSighting, type Sighting, type Traces } from '../../domain/lock/traces.ts';
import { readTraces, writeTraces } from '../../records/traces.ts';
import { clusterOfInstance, now, type Cluster, type Dependencies } from '../dependencies/dependencies.ts';

type Application = Pick<Traces, 'job' | 'cluster' | 'applicationId'>;

/** Asks YARN which nodes host a living application, and writes down what is new. */
export async function noteTraces(
  deps: Dependencies,
  { job, cluster, applicationId }: Application,
  { amAddress }: Pick<ApplicationReport, 'amAddress'>,
): Promise<void> {
  const place = clusterOfInstance(deps, cluster);
  const [hosts, known] = await Promise.all([
    hostsOf(place, applicationId),
    readTraces(deps.s3, { job, applicationId }),
  ]);
  const before = known ?? { version: 1, job, cluster, applicationId, hosts: [], address: null };
  const traces = withSighting(before, { hosts, address: amAddress }, now());
  if (!isSameTraces(traces, before)) await writeTraces(deps.s3, traces);
}

/**
 * Notes the node of the application master and the address of the JobManager the moment YARN tells them, so that they
 * are known whatever becomes of this worker. A failed write is tried again at the next look.
 */
export function keepTraces(deps: Dependencies, application: Application): (report: ApplicationReport) => Promise<void> {
  let noted: string | null = null;
  return async (report) => {
    const { amHostHttpAddress, amAddress } = report;
    const told = `${amHostHttpAddress ?? ''} ${amAddress ?? ''}`;
    if (told === noted || told === ' ') return;
    try {
      await noteTraces(deps, application, report);
      noted = told;
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
    }
  };
}

/** Finds the nodes that host containers of a living application now: its newest attempt counts, and no earlier one. */
async function hostsOf({ yarn }: Cluster, id: string): Promise<Sighting['hosts']> {
  const newest = (await yarn.attempts(id)).at(-1);
  if (!newest) return [];
  const byHttp = new Map<string, Sighting['hosts'][number]>();
  for (const { nodeId: node, nodeHttpAddress: http } of [newest, ...(await yarn.containers(id, newest.id))])
    if (http !== null && byHttp.get(http)?.node == null) byHttp.set(http, { node, http });
  return [...byHttp.values()];
}
