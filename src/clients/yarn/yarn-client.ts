/** The interface of a YARN cluster's client. */
import type { CallOptions } from '../http.ts';
import type { ContainerLog } from './log-replies.ts';
import type { QueueReport } from './queues.ts';
import type {
  ApplicationReport,
  ApplicationState,
  AttemptReport,
  ClusterInfo,
  ClusterMetrics,
  ContainerReport,
  NewApplication,
  NodeLabel,
  NodeReport,
} from './replies.ts';
import type { SubmissionContext } from './submission.ts';

/** Narrows a list of applications: each filter narrows, within one filter any value matches. */
export interface ApplicationFilter {
  readonly tags?: readonly string[] | undefined;
  readonly states?: readonly ApplicationState[] | undefined;
  readonly names?: readonly string[] | undefined;
}

/**
 * All methods throw `ClusterUnreachable` when nothing believable answers, and `ClusterRejected` with YARN's message when
 * YARN refuses. A method answers "absent" only when YARN itself says so.
 */
export interface YarnClient {
  readonly name: string;
  info(options?: CallOptions): Promise<ClusterInfo>;
  metrics(options?: CallOptions): Promise<ClusterMetrics>;
  /** Reserves an id and starts nothing. Record the id before `submit`. */
  newApplication(options?: CallOptions): Promise<NewApplication>;
  /** Idempotent by application id (`ClientRMService.submitApplication`); the queue may still refuse later, as FAILED. */
  submit(context: SubmissionContext, options?: CallOptions): Promise<void>;
  /** Answers null only when the ResourceManager itself says that it does not know this id. */
  application(id: string, options?: CallOptions): Promise<ApplicationReport | null>;
  applications(filter?: ApplicationFilter, options?: CallOptions): Promise<ApplicationReport[]>;
  /** Asks for the end: `requested` until YARN confirms it, then `terminal`. `NotFound` for an unknown id. */
  kill(id: string, options?: CallOptions): Promise<'requested' | 'terminal'>;
  queues(options?: CallOptions): Promise<QueueReport[]>;
  nodes(options?: CallOptions): Promise<NodeReport[]>;
  /** Labels that the cluster knows; none where it has no labels. */
  nodeLabels(options?: CallOptions): Promise<NodeLabel[]>;
  /** The nodes as some caller has seen them within the last seconds, so that many who ask at once cost one listing. */
  nodesLately(): Promise<NodeReport[]>;
  /** Attempts of an application, oldest first; empty for an unknown one. */
  attempts(id: string, options?: CallOptions): Promise<AttemptReport[]>;
  /** Containers that the ResourceManager counts to an attempt now; empty once the attempt has ended. */
  containers(id: string, attemptId: string, options?: CallOptions): Promise<ContainerReport[]>;
  /** Containers of an application that one NodeManager still holds: the proof that processes have ended. */
  containersOnNode(nodeHttpAddress: string, id: string, options?: CallOptions): Promise<string[]>;
  /**
   * Log files of a container, from its NodeManager, also after the container has ended. A node that does not know the
   * container (any more) sends the question on to the cluster's log server, where it has one. Empty: nobody has a file.
   */
  containerLogs(nodeHttpAddress: string, containerId: string, options?: CallOptions): Promise<ContainerLog[]>;
  /** The end of a container's log file, from where `containerLogs` finds it; null when nobody has the file (any more). */
  containerLogTail(
    nodeHttpAddress: string,
    containerId: string,
    file: string,
    bytes: number,
    options?: CallOptions,
  ): Promise<string | null>;
}
