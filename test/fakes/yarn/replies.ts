/** Replies of a fake YARN cluster, in the JSON of Hadoop 3.4.3. */
import { isTerminal } from '../../../src/clients/yarn/replies.ts';
import type { FakeReply } from '../transport.ts';
import type { FakeApplication, FakeYarnOptions } from './options.ts';

export const remoteException = (status: number, exception: string, message: string): FakeReply => ({
  status,
  body: { RemoteException: { exception, message, javaClassName: `org.apache.hadoop.yarn.webapp.${exception}` } },
});

/** The ResourceManager's answer for an application that it does not know. */
export const unknownApplication = (id: string): FakeReply =>
  remoteException(404, 'NotFoundException', `java.lang.Exception: app with id: ${id} not found`);

export const ok = (body: unknown): FakeReply => ({ status: 200, body });

export const badRequest = (message: string) =>
  remoteException(400, 'BadRequestException', `java.lang.Exception: ${message}`);

export function appJson(app: FakeApplication) {
  const running = app.state === 'RUNNING';
  const node = app.amNode?.address;
  return {
    id: app.id,
    name: app.name,
    user: app.user,
    queue: app.queue,
    state: app.state,
    finalStatus: app.finalStatus,
    applicationType: app.type,
    applicationTags: [...app.tags].sort().join(','),
    diagnostics: app.diagnostics,
    trackingUrl: running ? `http://${node ?? ''}/proxy/${app.id}/` : 'N/A',
    startedTime: app.startedAt,
    finishedTime: app.finishedAt,
    ...(node === undefined ? {} : amOf(app, node)),
    amRPCAddress: running && app.flink !== null ? app.flink.address : 'N/A:-1',
    allocatedMB: running ? app.memoryMb : -1,
    allocatedVCores: running ? 1 : -1,
    runningContainers: running ? app.containers.length : -1,
  };
}

/** The part about the application master, which is absent until it has a container. */
const amOf = (app: FakeApplication, node: string) => ({
  amContainerLogs: `http://${node}/node/containerlogs/${app.id.replace('application', 'container')}_01_000001/${app.user}`,
  amHostHttpAddress: node,
});

/** A leaf queue counts applications that have not ended: active once their master has its container, else pending. */
function loadOf(applications: readonly FakeApplication[]) {
  const live = applications.filter(({ state }) => !isTerminal(state));
  const active = live.filter(({ containers }) => containers.length > 0);
  const containers = active.reduce((sum, app) => sum + app.containers.length, 0);
  return {
    numApplications: live.length,
    numActiveApplications: active.length,
    numPendingApplications: live.length - active.length,
    ...{ numContainers: containers, allocatedContainers: containers, reservedContainers: 0 },
    pendingContainers: live.length - active.length,
    resourcesUsed: { memory: active.reduce((sum, { memoryMb }) => sum + memoryMb, 0), vCores: containers },
  };
}

export const schedulerJson = (
  queues: readonly string[],
  maximumAllocation: NonNullable<FakeYarnOptions['maximum']>,
  applications: readonly FakeApplication[],
) => ({
  scheduler: {
    schedulerInfo: {
      type: 'capacityScheduler',
      queueName: 'root',
      queuePath: 'root',
      ...{ capacity: 100, usedCapacity: 0, maxCapacity: 100 },
      maximumAllocation,
      queueType: 'parent',
      queues: {
        queue: queues.map((queueName) => ({
          type: 'capacitySchedulerLeafQueueInfo',
          queueName,
          queuePath: `root.${queueName}`,
          queueType: 'leaf',
          nodeLabels: ['*'],
          state: 'RUNNING',
          ...{ capacity: 50, usedCapacity: 0, maxCapacity: 100 },
          absoluteCapacity: 50,
          absoluteUsedCapacity: 0,
          absoluteMaxCapacity: 100,
          ...loadOf(applications.filter(({ queue }) => queue === queueName)),
          maxApplications: 10_000,
        })),
      },
    },
  },
});

export const logFrame = (container: string, file: string, text: string) =>
  `Container: ${container} on node-1:1\nLogAggregationType: LOCAL\n====\nLogType:${file}\nLogLastModifiedTime:now\nLogLength:${text.length}\nLogContents:\n${text}End of LogType:${file}\n****\n\n`;
