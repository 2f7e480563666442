/** Notes the traces of an application while it lives, so that its death can be confirmed when YARN has forgotten it. */
import type { ApplicationReport } from '../../clients/yarn/replies.ts';
import { withPlaced, type PlacedContainer } from '../../domain/deployment/placed-containers.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { isSameTraces, withSighting, type Sighting, type Traces } from '../../domain/lock/traces.ts';
import { readPlacedContainers, writePlacedContainers } from '../../records/placed-containers.ts';
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
  const [{ hosts, containers }, known] = await Promise.all([
    placesOf(place, applicationId),
    readTraces(deps.s3, { job, applicationId }),
  ]);
  const before = known ?? { version: 1, job, cluster, applicationId, hosts: [], address: null };
  const traces = withSighting(before, { hosts, address: amAddress }, now());
  await Promise.all([
    isSameTraces(traces, before) ? null : writeTraces(deps.s3, traces),
    noteContainers(deps, { job, cluster, applicationId }, containers),
  ]);
}

/** Keeps the containers for whoever looks for their logs later. Nothing else depends on them, so a failure is left alone. */
async function noteContainers(
  { s3 }: Dependencies,
  application: Application,
  seen: readonly PlacedContainer[],
): Promise<void> {
  if (seen.length === 0) return;
  try {
    const known = (await readPlacedContainers(s3, application))?.containers ?? [];
    const containers = withPlaced(known, seen);
    if (containers !== null)
      await writePlacedContainers(s3, { ...application, version: 1, containers: [...containers] });
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
  }
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

interface Places {
  readonly hosts: Sighting['hosts'];
  readonly containers: readonly PlacedContainer[];
}

/** Finds the containers of a living application, and their nodes: its newest attempt counts, and no earlier one. */
async function placesOf({ yarn }: Cluster, id: string): Promise<Places> {
  const newest = (await yarn.attempts(id)).at(-1);
  if (!newest) return { hosts: [], containers: [] };
  const { amContainerId, nodeId, nodeHttpAddress } = newest;
  const byHttp = new Map<string, Sighting['hosts'][number]>();
  const byId = new Map<string, PlacedContainer>();
  const all = [{ id: amContainerId, nodeId, nodeHttpAddress }, ...(await yarn.containers(id, newest.id))];
  for (const { id: container, nodeId: node, nodeHttpAddress: http } of all) {
    if (http === null) continue;
    if (byHttp.get(http)?.node == null) byHttp.set(http, { node, http });
    if (container !== null) byId.set(container, { id: container, http });
  }
  return { hosts: [...byHttp.values()], containers: [...byId.values()] };
}
