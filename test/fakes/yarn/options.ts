/** The parts of a fake YARN cluster: its applications, its routes, and the options of its beginning. */
import type { ApplicationState } from '../../../src/clients/yarn/replies.ts';
import type { FakeFlink } from '../flink.ts';
import type { Transport } from '../transport.ts';

export type FakeNodeState = 'RUNNING' | 'LOST' | 'DECOMMISSIONED' | 'REBOOTED' | 'SHUTDOWN';

export interface FakeNode {
  /** NodeId, which the ResourceManager keeps whatever becomes of the node. */
  readonly id: string;
  /** HTTP address; the list of nodes blanks it for a node that is gone (`RMWebServices.getNodes`, Hadoop 3.4). */
  readonly address: string;
  state: FakeNodeState;
  /** The NodeManager does not answer, whatever the ResourceManager believes of it. */
  isSilent: boolean;
}

export interface FakeApplication {
  readonly id: string;
  readonly name: string;
  readonly user: string;
  readonly queue: string;
  readonly type: string;
  readonly tags: readonly string[];
  readonly memoryMb: number;
  /** The body of the submission, as it came. */
  readonly submission: Readonly<Record<string, unknown>>;
  state: ApplicationState;
  finalStatus: 'UNDEFINED' | 'SUCCEEDED' | 'FAILED' | 'KILLED';
  diagnostics: string;
  startedAt: number;
  finishedAt: number;
  /** Where its JobManager answers, once RUNNING. */
  flink: FakeFlink | null;
  /** Containers that the NodeManager still holds; they outlive a kill by `containersLinger` ms. */
  containers: string[];
  /** Containers that it has had. */
  placed: number;
  /** The node of its application master; null until YARN has given it a container. */
  amNode: FakeNode | null;
  /** Log files of its application master by name, and of other containers as `<container>/<name>`. */
  readonly logs: Map<string, string>;
}

export type FakeYarnRoute =
  | 'info'
  | 'metrics'
  | 'newApplication'
  | 'submit'
  | 'application'
  | 'applications'
  | 'kill'
  | 'queues'
  | 'nodes'
  | 'nodeLabels'
  | 'attempts'
  | 'containers'
  | 'nodeApplication'
  | 'containerLogs'
  | 'containerLog';

export interface FakeYarnOptions {
  /** Leaf queues below root. Default: `default`, `ads`. */
  readonly queues?: readonly string[];
  /** Node labels that the cluster knows; all queues may use them. Default: none. */
  readonly nodeLabels?: readonly string[];
  readonly maximum?: { readonly memory: number; readonly vCores: number };
  /** ms from one state to the next on the way to RUNNING; `manual`: only by `advance`. Default 0. */
  readonly speed?: number | 'manual';
  /** Gives an application its JobManager when it becomes RUNNING; e.g. `createFakeFlink` with a job. */
  readonly startFlink?: (application: FakeApplication) => Promise<FakeFlink | null>;
  /** Default 2. */
  readonly nodes?: number;
  /** Part of every application id; two clusters that began in one moment need two. */
  readonly clusterTimestamp?: number;
  /** Default: HTTP on loopback. */
  readonly transport?: Transport;
  /** Called when a submission made an application, and when an application became terminal or was forgotten. */
  readonly onSubmit?: (application: FakeApplication) => void;
  readonly onEnd?: (application: FakeApplication) => void;
  /** Called when none of its containers lives any more. */
  readonly onContainersGone?: (application: FakeApplication) => void;
}

/** The end of an application, where a test gives it one. */
export type FakeEnd = Partial<Pick<FakeApplication, 'state' | 'finalStatus' | 'diagnostics'>>;
