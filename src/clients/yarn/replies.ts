/** Shapes of the ResourceManager's and NodeManager's REST replies (Hadoop 3.4.3, `…webapp.dao`), parsed into our words. */
import { z } from 'zod';

/** States of an application as `YarnApplicationState` has them; FINISHED includes the RM's inner FINISHING. */
export const applicationStates = [
  'NEW',
  'NEW_SAVING',
  'SUBMITTED',
  'ACCEPTED',
  'RUNNING',
  'FINISHED',
  'FAILED',
  'KILLED',
] as const;
export type ApplicationState = (typeof applicationStates)[number];

/** States in which an application may have, or get, containers. */
export const LIVE_STATES: readonly ApplicationState[] = ['NEW', 'NEW_SAVING', 'SUBMITTED', 'ACCEPTED', 'RUNNING'];

/** Whether YARN will never run this application again. Its last processes may take some seconds more to end. */
export function isTerminal(state: ApplicationState): boolean {
  return state === 'FINISHED' || state === 'FAILED' || state === 'KILLED';
}

/** YARN writes "N/A" or leaves out what it does not know; a port below 1 means "not yet". */
const optionalText = z
  .string()
  .nullish()
  .transform((value) => (value === undefined || value === null || value === '' || value === 'N/A' ? null : value));

const address = optionalText.transform((value) => (value !== null && /^[^:/\s]+:[1-9]\d*$/.test(value) ? value : null));

/** Milliseconds since 1970; YARN writes 0 for "not yet". */
const time = z
  .number()
  .nullish()
  .transform((value) => (value === undefined || value === null || value <= 0 ? null : value));

/** YARN writes -1 for "none" once an application is terminal. */
const amount = z
  .number()
  .nullish()
  .transform((value) => Math.max(0, value ?? 0));

/** A list inside a wrapper: absent or null when empty, a bare object for one element in some releases. */
const listOf = <T extends z.ZodType>(wrapper: string, item: T) =>
  z
    .record(z.string(), z.unknown())
    .nullish()
    .transform((value) => value?.[wrapper] ?? [])
    .transform((value) => (Array.isArray(value) ? (value as unknown[]) : [value]))
    .pipe(z.array(item));

export const ApplicationReport = z
  .object({
    id: z.string(),
    name: z.string().catch(''),
    user: z.string().catch(''),
    queue: z.string().catch(''),
    // A state of a later YARN is not terminal for us, so that its application counts as alive.
    state: z.string().transform((word) => applicationStates.find((known) => known === word) ?? 'ACCEPTED'),
    finalStatus: z.enum(['UNDEFINED', 'SUCCEEDED', 'FAILED', 'KILLED', 'ENDED']).catch('UNDEFINED'),
    applicationType: z.string().catch(''),
    applicationTags: z.string().nullish(),
    diagnostics: z.string().nullish().catch(null),
    trackingUrl: optionalText,
    startedTime: time,
    finishedTime: time,
    amContainerLogs: optionalText,
    amHostHttpAddress: address,
    amRPCAddress: address,
    allocatedMB: amount,
    allocatedVCores: amount,
    runningContainers: amount,
  })
  .transform((app) => ({
    id: app.id,
    name: app.name,
    user: app.user,
    queue: app.queue,
    state: app.state,
    finalStatus: app.finalStatus,
    /** YARN's application type, `Apache Flink` for Flink. */
    type: app.applicationType,
    /** Lower case, in no particular order. */
    tags: (app.applicationTags ?? '')
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
    diagnostics: app.diagnostics ?? '',
    /** `host:port` that the application master registered: Flink's REST address. Changes with each attempt. */
    amAddress: app.amRPCAddress,
    trackingUrl: app.trackingUrl,
    /** ms since 1970 by the ResourceManager's clock; null only when YARN does not say. */
    startedAt: app.startedTime,
    finishedAt: app.finishedTime,
    allocatedMb: app.allocatedMB,
    allocatedVcores: app.allocatedVCores,
    runningContainers: app.runningContainers,
    /** Page with the logs of the newest application master's container; ends in `/<container id>/<user>`. */
    amContainerLogs: app.amContainerLogs,
    /** `host:port` of the NodeManager that hosts the application master. */
    amHostHttpAddress: app.amHostHttpAddress,
  }));
export type ApplicationReport = Readonly<z.output<typeof ApplicationReport>>;

export const ApplicationReply = z.object({ app: ApplicationReport });
export const ApplicationsReply = z.object({ apps: listOf('app', ApplicationReport) });

export const NewApplicationReply = z
  .object({
    'application-id': z.string().regex(/^application_\d+_\d+$/),
    'maximum-resource-capability': z.object({ memory: z.number(), vCores: z.number() }),
  })
  .transform((reply) => ({
    applicationId: reply['application-id'],
    maximum: {
      memoryMb: reply['maximum-resource-capability'].memory,
      vcores: reply['maximum-resource-capability'].vCores,
    },
  }));
export type NewApplication = z.output<typeof NewApplicationReply>;

export const InfoReply = z
  .object({
    clusterInfo: z.object({
      id: z.number(),
      startedOn: z.number(),
      state: z.string(),
      haState: z.string().default('ACTIVE'),
      resourceManagerVersion: z.string().default(''),
    }),
  })
  .transform(({ clusterInfo }) => ({
    /** Cluster timestamp: the middle of application ids; changes when the ResourceManager restarts. */
    id: clusterInfo.id,
    startedAt: clusterInfo.startedOn,
    state: clusterInfo.state,
    haState: clusterInfo.haState,
    version: clusterInfo.resourceManagerVersion,
  }));
export type ClusterInfo = z.output<typeof InfoReply>;

export const MetricsReply = z
  .object({
    clusterMetrics: z.object({
      activeNodes: amount,
      lostNodes: amount,
      unhealthyNodes: amount,
      decommissionedNodes: amount,
      appsPending: amount,
      appsRunning: amount,
      totalMB: amount,
      availableMB: amount,
      allocatedMB: amount,
      totalVirtualCores: amount,
      availableVirtualCores: amount,
      allocatedVirtualCores: amount,
      containersPending: amount,
    }),
  })
  .transform(({ clusterMetrics: metrics }) => ({
    activeNodes: metrics.activeNodes,
    lostNodes: metrics.lostNodes,
    unhealthyNodes: metrics.unhealthyNodes,
    decommissionedNodes: metrics.decommissionedNodes,
    pendingApplications: metrics.appsPending,
    runningApplications: metrics.appsRunning,
    totalMb: metrics.totalMB,
    availableMb: metrics.availableMB,
    allocatedMb: metrics.allocatedMB,
    totalVcores: metrics.totalVirtualCores,
    availableVcores: metrics.availableVirtualCores,
    allocatedVcores: metrics.allocatedVirtualCores,
    pendingContainers: metrics.containersPending,
  }));
export type ClusterMetrics = z.output<typeof MetricsReply>;

export const NodeReport = z
  .object({
    id: z.string(),
    state: z.string(),
    nodeHTTPAddress: address,
    lastHealthUpdate: time,
    numContainers: amount,
    usedMemoryMB: amount,
    availMemoryMB: amount,
    usedVirtualCores: amount,
    availableVirtualCores: amount,
    nodeLabels: z.array(z.string()).nullish(),
  })
  .transform((node) => ({
    id: node.id,
    /** `NodeState`: NEW, RUNNING, UNHEALTHY, DECOMMISSIONING, DECOMMISSIONED, LOST, REBOOTED, SHUTDOWN. */
    state: node.state,
    httpAddress: node.nodeHTTPAddress,
    /** When the node last checked its own health, by its own clock (every 2 minutes): not when it last reported. */
    lastHealthCheckAt: node.lastHealthUpdate,
    containers: node.numContainers,
    usedMb: node.usedMemoryMB,
    availableMb: node.availMemoryMB,
    usedVcores: node.usedVirtualCores,
    availableVcores: node.availableVirtualCores,
    labels: node.nodeLabels ?? [],
  }));
export type NodeReport = z.output<typeof NodeReport>;
export const NodesReply = z.object({ nodes: listOf('node', NodeReport) });

const NodeLabel = z.object({ name: z.string(), activeNMs: z.number().nullish() }).transform(({ name, activeNMs }) => ({
  name,
  /** How many NodeManagers with the label run; null where YARN does not say. */
  activeNodes: activeNMs ?? null,
}));
export type NodeLabel = z.output<typeof NodeLabel>;

/** Keys below which releases of Hadoop wrap the list of labels, from the outside in. */
const LABEL_WRAPPERS = ['nodeLabelsInfo', 'nodeLabelInfo', 'nodeLabels'];

/** Unwraps the labels: objects in Hadoop 3, names in Hadoop 2, one without its list, and nothing, null or "" for none. */
function labelsIn(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(labelsIn);
  if (typeof value === 'string') return value === '' ? [] : [{ name: value }];
  if (typeof value !== 'object' || value === null) return [];
  if ('name' in value) return [value];
  return Object.entries(value).flatMap(([key, inner]) => (LABEL_WRAPPERS.includes(key) ? labelsIn(inner) : []));
}

export const NodeLabelsReply = z.unknown().transform(labelsIn).pipe(z.array(NodeLabel));

export const AttemptReport = z
  .object({
    id: z.number(),
    appAttemptId: z.string(),
    startTime: time,
    finishedTime: time,
    containerId: optionalText,
    nodeHttpAddress: address,
    nodeId: optionalText,
  })
  .transform((attempt) => ({
    id: attempt.appAttemptId,
    /** 1 for the first. */
    number: attempt.id,
    startedAt: attempt.startTime,
    finishedAt: attempt.finishedTime,
    amContainerId: attempt.containerId,
    nodeId: attempt.nodeId,
    nodeHttpAddress: attempt.nodeHttpAddress,
  }));
export type AttemptReport = z.output<typeof AttemptReport>;
export const AttemptsReply = z.object({ appAttempts: listOf('appAttempt', AttemptReport) });

export const ContainerReport = z
  .object({
    containerId: z.string(),
    assignedNodeId: optionalText,
    nodeHttpAddress: optionalText,
    containerState: z.string().nullish(),
  })
  .transform((container) => ({
    id: container.containerId,
    nodeId: container.assignedNodeId,
    /** `host:port`; the ResourceManager writes it with a scheme here, and without one elsewhere. */
    nodeHttpAddress: container.nodeHttpAddress?.replace(/^(https?:)?\/\//, '') ?? null,
    state: container.containerState ?? 'UNKNOWN',
  }));
export type ContainerReport = z.output<typeof ContainerReport>;
export const ContainersReply = z.union([
  z.object({ container: z.union([z.array(ContainerReport), ContainerReport.transform((one) => [one])]) }),
  z.object({}).transform(() => ({ container: [] as ContainerReport[] })),
]);

/** The NodeManager's view of one application: the containers that it still holds. */
export const NodeApplicationReply = z.object({
  app: z.object({
    containerids: z
      .union([z.array(z.string()), z.string()])
      .nullish()
      .transform((value) => (typeof value === 'string' ? [value] : (value ?? []))),
  }),
});

/** How every refusal of a Hadoop REST service is written (`GenericExceptionHandler`). */
export const RemoteException = z.object({
  RemoteException: z.object({ exception: z.string(), message: z.string().nullish() }),
});
