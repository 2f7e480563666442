/**
 * Reads logs of an instance that has ended. YARN keeps the files of a container on its node for a while, and a cluster that
 * aggregates logs sends on to its log server.
 */
import { inTurns } from '../../concurrency/in-turns.ts';
import type { NodeReport } from '../../clients/yarn/replies.ts';
import type { YarnClient } from '../../clients/yarn/yarn.ts';
import type { Deployment } from '../../domain/deployment/deployment.ts';
import type { PlacedContainer } from '../../domain/deployment/placed-containers.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { containerOfLogs, isMaster } from '../../domain/identity/container-id.ts';
import { isCut, redactTail } from '../../domain/secrets/redact.ts';
import type { RecordStore } from '../../records/record-store.ts';
import { isLogFile, lookFor, type InstanceReaders, type WantedLog } from './live-instance.ts';

/** Containers whose files are listed, the newest; of the others a file is read by the name of its container. */
const MOST_CONTAINERS = 50;

type EndedInstance = Pick<Deployment, 'job' | 'cluster' | 'applicationId'>;

/** A log file of a container that has ended, and the node that is asked for it. */
export interface EndedLog {
  readonly name: string;
  readonly size: number;
  readonly container: string;
  readonly node: string;
}

export interface EndedLogs {
  readonly files: readonly EndedLog[];
  /** Containers whose files are gone, and why. */
  readonly gone: readonly string[];
  /** Nodes that did not answer, so that their files may be there. */
  readonly failures: readonly SluiceError[];
}

interface Sources {
  readonly records: RecordStore;
  readonly instances: InstanceReaders;
}

/** Lists what is left of the JobManager, then of the TaskManagers, the newest first. @throws SluiceError */
export async function readEndedLogFiles(
  { records, instances }: Sources,
  instance: EndedInstance,
  { container }: WantedLog = {},
): Promise<EndedLogs> {
  const { cluster, left } = lookFor(instances, instance.cluster);
  const known = await containersOf(records, () => cluster.application(instance.applicationId, left()), instance);
  const wanted = container === undefined ? inOrder(known) : known.filter(({ id }) => id === container);
  const result = { files: [] as EndedLog[], gone: [] as string[], failures: [] as SluiceError[] };
  if (wanted.length === 0) return { ...result, gone: [unknownContainers(instance, container)] };
  const nodes = await cluster.nodes(left());
  const looks = await inTurns(wanted, async (placed) => {
    const node = nodeToAsk(placed, nodes);
    if (node === null) return { ...result, gone: [`${placed.id}: no node of cluster ${cluster.name} runs`] };
    try {
      const files = await cluster.containerLogs(node, placed.id, left());
      const shown = files.filter(({ name }) => isLogFile(name));
      return {
        ...result,
        files: shown.map((file) => ({ ...file, container: placed.id, node })),
        gone: shown.length > 0 ? [] : [goneFrom(placed, node)],
      };
    } catch (failure) {
      if (!(failure instanceof SluiceError)) throw failure;
      return { ...result, failures: [failure] };
    }
  });
  return {
    files: looks.flatMap(({ files }) => files),
    gone: looks.flatMap(({ gone }) => gone),
    failures: looks.flatMap(({ failures }) => failures),
  };
}

/** Reads the end of a file that `readEndedLogFiles` has listed, redacted; null when the file is gone since. */
export async function readEndedLogTail(
  instances: InstanceReaders,
  { cluster: name }: EndedInstance,
  { name: file, size, container, node }: EndedLog,
  bytes: number,
): Promise<string | null> {
  const { cluster, left } = lookFor(instances, name);
  const text = await cluster.containerLogTail(node, container, file, bytes, left());
  return text === null ? null : redactTail(text, isCut(Buffer.byteLength(text), bytes) && isCut(size, bytes));
}

/** The containers that Sluice has noted; of an application of before that, YARN still tells the one of its master. */
async function containersOf(
  records: RecordStore,
  ask: () => ReturnType<YarnClient['application']>,
  { job, applicationId }: EndedInstance,
): Promise<readonly PlacedContainer[]> {
  const placed = await records.placedContainers(job, applicationId);
  if (placed !== null) return placed.containers;
  const report = await ask();
  const id = containerOfLogs(report?.amContainerLogs ?? null);
  const http = report?.amHostHttpAddress ?? null;
  return id === null || http === null ? [] : [{ id, http }];
}

function inOrder(containers: readonly PlacedContainer[]): readonly PlacedContainer[] {
  const newest = containers.toReversed();
  const masters = newest.filter(({ id }) => isMaster(id));
  return [...masters, ...newest.filter(({ id }) => !isMaster(id))].slice(0, MOST_CONTAINERS);
}

/** The node that hosted the container; when that has left, any other one, because each knows the log server. */
function nodeToAsk({ http }: PlacedContainer, nodes: readonly NodeReport[]): string | null {
  const running = nodes.flatMap(({ state, httpAddress }) =>
    httpAddress !== null && ['RUNNING', 'DECOMMISSIONING', 'UNHEALTHY'].includes(state) ? [httpAddress] : [],
  );
  return running.find((address) => address === http) ?? running[0] ?? null;
}

const goneFrom = ({ id, http }: PlacedContainer, asked: string): string =>
  asked === http
    ? `${id}: its node ${http} has no log of it any more`
    : `${id}: its node ${http} has left the cluster, and node ${asked} knows no log of it`;

const unknownContainers = ({ applicationId, cluster }: EndedInstance, container: string | undefined): string =>
  container === undefined
    ? `${applicationId}: Sluice has noted no container of it, and cluster ${cluster} does not know it any more`
    : `${container}: Sluice has not seen it as a container of ${applicationId}`;
