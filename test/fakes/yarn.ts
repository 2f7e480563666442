/** A YARN cluster in memory that speaks the ResourceManager's and NodeManager's REST API over HTTP. */
import { type ApplicationState, isTerminal } from '../../src/clients/yarn/replies.ts';
import type { FakeFlink } from './flink.ts';
import { type FakeReply, type FakeServer, startFakeServer } from './server.ts';
import type { Transport } from './transport.ts';

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
  | 'attempts'
  | 'containers'
  | 'nodeApplication'
  | 'containerLog';

export interface FakeYarnOptions {
  /** Leaf queues below root. Default: `default`, `ads`. */
  readonly queues?: readonly string[];
  readonly maximum?: { readonly memory: number; readonly vCores: number };
  /** ms from one state to the next on the way to RUNNING; `manual`: only by `advance`. Default 0. */
  readonly speed?: number | 'manual';
  /** Gives an application its JobManager when it becomes RUNNING; e.g. `createFakeFlink` with a job. */
  readonly startFlink?: (application: FakeApplication) => Promise<FakeFlink | null>;
  /** Part of every application id; two clusters that began in one moment need two. */
  readonly clusterTimestamp?: number;
  /** Default: HTTP on loopback. */
  readonly transport?: Transport;
  /** Called when a submission made an application, and when one became terminal or was forgotten. */
  readonly onSubmit?: (application: FakeApplication) => void;
  readonly onEnd?: (application: FakeApplication) => void;
  /** Called when none of its containers lives any more. */
  readonly onContainersGone?: (application: FakeApplication) => void;
}

export interface FakeYarn extends FakeServer<FakeYarnRoute> {
  readonly applications: Map<string, FakeApplication>;
  /** Submissions that made an application: a repeated one does not count. */
  readonly submissions: string[];
  /** Bodies of submissions that were refused by `rejectNextSubmission`. */
  readonly refused: Readonly<Record<string, unknown>>[];
  /** ms that containers live on after the application is terminal; Infinity: until `releaseContainers`. */
  containersLinger: number;
  /** NodeManagers do not answer, while the ResourceManager does. */
  nodesSilent: boolean;
  /** No NodeManager has reported yet: the cluster has no memory at all. */
  nodesAway: boolean;
  /** It has just begun and has not read its memory yet: applications are unknown, lists are empty. */
  recovering: boolean;
  releaseContainers(id: string): void;
  /** The next submission is refused with 400 and this message. */
  rejectNextSubmission(message?: string): void;
  /** Answers 307 to this address, as a standby; null: without a location ("no active RM"). `undefined`: active again. */
  standby(location: string | null | undefined): void;
  /** Moves an application to the next state on its way to RUNNING, or to the given one. */
  advance(id: string, state?: ApplicationState): Promise<void>;
  end(id: string, end?: Partial<Pick<FakeApplication, 'state' | 'finalStatus' | 'diagnostics'>>): Promise<void>;
  /** A client on the cluster submits an application, which gets an id of its own and runs. */
  launch(application: Pick<FakeApplication, 'name' | 'user' | 'tags' | 'submission'>): Promise<FakeApplication>;
  /** An application that somebody else started. */
  addApplication(application: { id: string } & Partial<FakeApplication>): FakeApplication;
  /**
   * As a restart of the ResourceManager without recovery: ids are unknown. Containers live on until their nodes have
   * registered anew, which `nodesFollow` says they have.
   */
  forgetApplications(how?: { readonly nodesFollow: boolean }): void;
}

const nextState: Partial<Record<ApplicationState, ApplicationState>> = {
  NEW: 'NEW_SAVING',
  NEW_SAVING: 'SUBMITTED',
  SUBMITTED: 'ACCEPTED',
  ACCEPTED: 'RUNNING',
};

export async function createFakeYarn(options: FakeYarnOptions = {}): Promise<FakeYarn> {
  const applications = new Map<string, FakeApplication>();
  const submissions: string[] = [];
  const refused: Record<string, unknown>[] = [];
  const startedOn = options.clusterTimestamp ?? Date.now();
  const queues = options.queues ?? ['default', 'ads'];
  const maximum = options.maximum ?? { memory: 8192, vCores: 4 };
  const settings = { containersLinger: 0, nodesSilent: false, nodesAway: false, recovering: false };
  /** What the NodeManagers know, whatever the ResourceManager remembers. */
  const onNodes = new Map<string, FakeApplication>();
  let counter = 0;
  let rejection: string | null = null;
  let standby: string | null | undefined;
  let address = '';

  const newId = (): string => {
    counter += 1;
    return `application_${startedOn}_${String(counter).padStart(4, '0')}`;
  };
  const unknown = (id: string): FakeReply =>
    remoteException(404, 'NotFoundException', `java.lang.Exception: app with id: ${id} not found`);
  const withApplication = (
    id: string | undefined,
    handle: (app: FakeApplication) => FakeReply | Promise<FakeReply>,
  ) => {
    if (id === undefined || !/^application_\d+_\d+$/.test(id))
      return remoteException(
        400,
        'BadRequestException',
        `java.lang.IllegalArgumentException: Invalid ApplicationId prefix: ${id ?? ''}`,
      );
    const app = settings.recovering ? undefined : applications.get(id);
    return app === undefined ? unknown(id) : handle(app);
  };

  async function advance(id: string, to?: ApplicationState): Promise<void> {
    const app = applicationOf(id);
    const next = to ?? nextState[app.state];
    if (next === undefined || isTerminal(app.state)) return;
    if (isTerminal(next)) {
      await end(id, { state: next });
      return;
    }
    if (next === 'RUNNING') {
      app.containers = [`${id.replace('application', 'container')}_01_000001`];
      app.flink = (await options.startFlink?.(app)) ?? app.flink;
    }
    app.state = next;
  }

  async function end(
    id: string,
    how: Partial<Pick<FakeApplication, 'state' | 'finalStatus' | 'diagnostics'>> = {},
  ): Promise<void> {
    const app = applicationOf(id);
    if (isTerminal(app.state)) return;
    app.state = how.state ?? 'FINISHED';
    app.finalStatus =
      how.finalStatus ?? (app.state === 'FINISHED' ? 'SUCCEEDED' : app.state === 'KILLED' ? 'KILLED' : 'FAILED');
    app.diagnostics = how.diagnostics ?? app.diagnostics;
    app.finishedAt = Date.now();
    options.onEnd?.(app);
    if (settings.containersLinger === 0) releaseContainers(app);
    else if (Number.isFinite(settings.containersLinger)) {
      setTimeout(() => releaseContainers(app), settings.containersLinger).unref();
    }
    await app.flink?.close();
  }

  function releaseContainers(app: FakeApplication): void {
    app.containers = [];
    options.onContainersGone?.(app);
  }

  function applicationOf(id: string): FakeApplication {
    const app = applications.get(id) ?? onNodes.get(id);
    if (app === undefined) throw new Error(`the fake YARN has no application ${id}`);
    return app;
  }

  async function run(id: string): Promise<void> {
    if (options.speed === 'manual') return;
    for (let step = 0; step < 4; step += 1) {
      if (options.speed !== undefined && options.speed > 0) {
        await new Promise((resolve) => setTimeout(resolve, options.speed as number).unref());
      }
      if (applications.has(id)) await advance(id);
    }
  }

  async function submit(body: unknown, user: string): Promise<FakeReply> {
    const submission = body as Record<string, unknown>;
    const id = String(submission['application-id']);
    if (rejection !== null) {
      const message = rejection;
      rejection = null;
      refused.push(submission);
      return badRequest(message);
    }
    if (!/^application_\d+_\d+$/.test(id)) return badRequest(`Could not parse application id ${id}`);
    const resource = submission['resource'] as { memory: number; vCores: number };
    if (resource.memory > maximum.memory) return badRequest('Requested more memory than configured max');
    const tags = tagsOf(submission['application-tags']);
    if (tags.length > 10)
      return badRequest(
        'java.lang.IllegalArgumentException: Too many applicationTags, a maximum of only 10 are allowed!',
      );
    const accepted: FakeReply = { status: 202, headers: { location: `http://${address}/ws/v1/cluster/apps/${id}` } };
    if (applications.has(id)) return accepted;
    submissions.push(id);
    const queue = String(submission['queue']);
    const app = add({
      id,
      name: String(submission['application-name']),
      user,
      queue,
      type: String(submission['application-type']),
      tags,
      memoryMb: resource.memory,
      submission,
      state: 'NEW',
    });
    options.onSubmit?.(app);
    if (!queues.includes(queue.replace(/^root\./, ''))) {
      await end(app.id, {
        state: 'FAILED',
        diagnostics: `Application ${id} submitted by user ${user} to unknown queue: ${queue}`,
      });
      return accepted;
    }
    const running = run(id);
    if (options.speed === undefined || options.speed === 0) await running;
    return accepted;
  }

  function add(app: { id: string } & Partial<FakeApplication>): FakeApplication {
    const added: FakeApplication = {
      name: 'foreign',
      user: 'somebody',
      queue: 'default',
      type: 'Apache Flink',
      tags: [],
      memoryMb: 1024,
      submission: {},
      state: 'RUNNING',
      finalStatus: 'UNDEFINED',
      diagnostics: '',
      startedAt: Date.now(),
      finishedAt: 0,
      flink: null,
      containers: [],
      logs: new Map(),
      ...app,
    };
    applications.set(added.id, added);
    onNodes.set(added.id, added);
    return added;
  }

  const ok = (body: unknown): FakeReply => ({ status: 200, body });
  const attemptId = (id: string) => `${id.replace('application', 'appattempt')}_000001`;
  const nodeAddress = () => address;

  const server = await startFakeServer<FakeYarnRoute>(
    [
      {
        name: 'info',
        method: 'GET',
        path: /^\/ws\/v1\/cluster\/info$/,
        handle: () =>
          ok({
            clusterInfo: {
              id: startedOn,
              startedOn,
              state: 'STARTED',
              haState: settings.recovering ? 'INITIALIZING' : 'ACTIVE',
              resourceManagerVersion: '3.4.3',
            },
          }),
      },
      {
        name: 'metrics',
        method: 'GET',
        path: /^\/ws\/v1\/cluster\/metrics$/,
        handle: () =>
          ok({
            clusterMetrics: {
              activeNodes: 1,
              lostNodes: 0,
              unhealthyNodes: 0,
              appsPending: 0,
              appsRunning: applications.size,
              totalMB: settings.nodesAway ? 0 : 8192,
              availableMB: settings.nodesAway ? 0 : 8192,
              allocatedMB: 0,
              totalVirtualCores: 4,
              availableVirtualCores: 4,
              allocatedVirtualCores: 0,
              containersPending: 0,
            },
          }),
      },
      {
        name: 'newApplication',
        method: 'POST',
        path: /^\/ws\/v1\/cluster\/apps\/new-application$/,
        handle: () => {
          return ok({ 'application-id': newId(), 'maximum-resource-capability': maximum });
        },
      },
      {
        name: 'submit',
        method: 'POST',
        path: /^\/ws\/v1\/cluster\/apps$/,
        handle: ({ body, query }) => submit(body, query.get('user.name') ?? 'dr.who'),
      },
      {
        name: 'applications',
        method: 'GET',
        path: /^\/ws\/v1\/cluster\/apps$/,
        handle: ({ query }) => {
          const states = query.get('states')?.split(',');
          const tags = query.get('applicationTags')?.split(',');
          const found = (settings.recovering ? [] : [...applications.values()]).filter(
            (app) =>
              (states?.includes(app.state) ?? true) &&
              (tags === undefined || app.tags.some((tag) => tags.includes(tag))),
          );
          return ok({ apps: found.length === 0 ? {} : { app: found.map((app) => appJson(app, address)) } });
        },
      },
      {
        name: 'application',
        method: 'GET',
        path: /^\/ws\/v1\/cluster\/apps\/([^/]+)$/,
        handle: ({ params }) => withApplication(params[0], (app) => ok({ app: appJson(app, address) })),
      },
      {
        name: 'kill',
        method: 'PUT',
        path: /^\/ws\/v1\/cluster\/apps\/([^/]+)\/state$/,
        handle: ({ params }) =>
          withApplication(params[0], async (app) => {
            const terminal = isTerminal(app.state);
            await end(app.id, { state: 'KILLED', diagnostics: `Application ${app.id} was killed by user sluice` });
            return { status: terminal ? 200 : 202, body: { state: app.state } };
          }),
      },
      {
        name: 'queues',
        method: 'GET',
        path: /^\/ws\/v1\/cluster\/scheduler$/,
        handle: () => ok(schedulerJson(queues, maximum)),
      },
      {
        name: 'nodes',
        method: 'GET',
        path: /^\/ws\/v1\/cluster\/nodes$/,
        handle: () =>
          ok({
            nodes: {
              node: [
                {
                  id: 'node-1:1',
                  state: 'RUNNING',
                  nodeHTTPAddress: nodeAddress(),
                  lastHealthUpdate: Date.now(),
                  numContainers: 0,
                  usedMemoryMB: 0,
                  availMemoryMB: 8192,
                  usedVirtualCores: 0,
                  availableVirtualCores: 4,
                },
              ],
            },
          }),
      },
      {
        name: 'attempts',
        method: 'GET',
        path: /^\/ws\/v1\/cluster\/apps\/([^/]+)\/appattempts$/,
        handle: ({ params }) =>
          withApplication(params[0], (app) =>
            ok({
              appAttempts: {
                appAttempt: [
                  {
                    id: 1,
                    appAttemptId: attemptId(app.id),
                    startTime: app.startedAt,
                    finishedTime: app.finishedAt,
                    containerId: `${app.id.replace('application', 'container')}_01_000001`,
                    nodeHttpAddress: nodeAddress(),
                    nodeId: 'node-1:1',
                  },
                ],
              },
            }),
          ),
      },
      {
        name: 'containers',
        method: 'GET',
        path: /^\/ws\/v1\/cluster\/apps\/([^/]+)\/appattempts\/[^/]+\/containers$/,
        handle: ({ params }) =>
          withApplication(params[0], (app) =>
            ok(
              isTerminal(app.state) || app.containers.length === 0
                ? {}
                : {
                    container: app.containers.map((containerId) => ({
                      containerId,
                      assignedNodeId: 'node-1:1',
                      nodeHttpAddress: `http://${nodeAddress()}`,
                      containerState: 'RUNNING',
                    })),
                  },
            ),
          ),
      },
      {
        name: 'nodeApplication',
        method: 'GET',
        path: /^\/ws\/v1\/node\/apps\/([^/]+)$/,
        handle: ({ params: [id = ''] }) => {
          const app = onNodes.get(id);
          return app === undefined || app.containers.length === 0
            ? unknown(id)
            : ok({ app: { id, state: 'RUNNING', user: app.user, containerids: app.containers } });
        },
      },
      {
        name: 'containerLog',
        method: 'GET',
        path: /^\/ws\/v1\/node\/containers\/([^/]+)\/logs\/([^/]+)$/,
        handle: ({ params: [container = '', file = ''], query }) => {
          const app = [...applications.values()].find(({ id }) =>
            container.startsWith(id.replace('application', 'container')),
          );
          const text = app?.logs.get(file);
          if (text === undefined) return { status: 404, text: 'no such file' };
          return { status: 200, text: logFrame(container, file, text.slice(Number(query.get('size') ?? 0))) };
        },
      },
    ],
    (path) => {
      if (settings.nodesSilent && path.startsWith('/ws/v1/node/')) return 'cut';
      if (standby === undefined || path === '/ws/v1/cluster/info' || path.startsWith('/ws/v1/node')) return null;
      if (standby === null)
        return { status: 307, text: 'There is no active RM right now. Will retry', headers: { refresh: '3' } };
      return {
        status: 307,
        text: `This is standby RM. The redirect url is: ${standby}`,
        headers: { location: `${standby}${path}` },
      };
    },
    undefined,
    options.transport,
  );
  address = server.address;

  return Object.assign(settings, server, {
    applications,
    submissions,
    refused,
    rejectNextSubmission: (message = 'Requested more memory than configured max') => void (rejection = message),
    standby: (location: string | null | undefined) => void (standby = location),
    advance,
    end,
    addApplication: add,
    launch: async (application: Pick<FakeApplication, 'name' | 'user' | 'tags' | 'submission'>) => {
      const app = add({ ...application, id: newId(), state: 'NEW' });
      options.onSubmit?.(app);
      await run(app.id);
      return app;
    },
    releaseContainers: (id: string) => releaseContainers(applicationOf(id)),
    forgetApplications: ({ nodesFollow } = { nodesFollow: false }) => {
      const forgotten = [...applications.values()];
      applications.clear();
      if (!nodesFollow) return;
      for (const app of forgotten) {
        if (!isTerminal(app.state)) options.onEnd?.(app);
        releaseContainers(app);
      }
    },
    healthy: () => {
      server.healthy();
      standby = undefined;
      rejection = null;
      settings.nodesSilent = false;
      settings.nodesAway = false;
      settings.recovering = false;
    },
    close: async () => {
      for (const { flink } of onNodes.values()) await flink?.close();
      await server.close();
    },
  });
}

const remoteException = (status: number, exception: string, message: string): FakeReply => ({
  status,
  body: { RemoteException: { exception, message, javaClassName: `org.apache.hadoop.yarn.webapp.${exception}` } },
});

const badRequest = (message: string) => remoteException(400, 'BadRequestException', `java.lang.Exception: ${message}`);

/** As Jersey reads it: only `{"tag":[…]}` (or one bare string in it) counts, all else is dropped without a word. */
function tagsOf(value: unknown): string[] {
  const tag = typeof value === 'object' && value !== null && 'tag' in value ? value.tag : [];
  return (Array.isArray(tag) ? tag : [tag]).map((one) => String(one).toLowerCase());
}

function appJson(app: FakeApplication, node: string) {
  const running = app.state === 'RUNNING';
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
    trackingUrl: running ? `http://${node}/proxy/${app.id}/` : 'N/A',
    startedTime: app.startedAt,
    finishedTime: app.finishedAt,
    amContainerLogs: `http://${node}/node/containerlogs/${app.id.replace('application', 'container')}_01_000001/${app.user}`,
    amHostHttpAddress: node,
    amRPCAddress: running && app.flink !== null ? app.flink.address : 'N/A:-1',
    allocatedMB: running ? app.memoryMb : -1,
    allocatedVCores: running ? 1 : -1,
    runningContainers: running ? app.containers.length : -1,
  };
}

const schedulerJson = (queues: readonly string[], maximumAllocation: NonNullable<FakeYarnOptions['maximum']>) => ({
  scheduler: {
    schedulerInfo: {
      type: 'capacityScheduler',
      queueName: 'root',
      queuePath: 'root',
      capacity: 100,
      maximumAllocation,
      queues: {
        queue: queues.map((queueName) => ({
          type: 'capacitySchedulerLeafQueueInfo',
          queueName,
          queuePath: `root.${queueName}`,
          state: 'RUNNING',
          absoluteCapacity: 50,
          absoluteUsedCapacity: 0,
          absoluteMaxCapacity: 100,
          numApplications: 0,
          maxApplications: 100,
          resourcesUsed: { memory: 0, vCores: 0 },
        })),
      },
    },
  },
});

const logFrame = (container: string, file: string, text: string) =>
  `Container: ${container} on node-1:1\nLogAggregationType: LOCAL\n====\nLogType:${file}\nLogLastModifiedTime:now\nLogLength:${text.length}\nLogContents:\n${text}\nEnd of LogType:${file}\n****\n\n`;
