import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SchedulerReply } from '../../../src/clients/yarn/queues.ts';
import { ApplicationReport, ContainersReply, isTerminal } from '../../../src/clients/yarn/replies.ts';
import { renderSubmission, type SubmissionContext } from '../../../src/clients/yarn/submission.ts';
import { createYarnClient } from '../../../src/clients/yarn/yarn.ts';
import { createFakeYarn, type FakeYarn } from '../../fakes/yarn.ts';

const context: SubmissionContext = {
  applicationId: 'application_1_0001',
  name: 'clicks-prod',
  type: 'Apache Flink',
  queue: 'ads',
  priority: null,
  tags: ['sluice', 'sluice-job-clicks-prod'],
  memoryMb: 1600,
  vcores: 1,
  maxAttempts: 1,
  keepContainersAcrossAttempts: false,
  attemptFailuresValidityMs: null,
  nodeLabel: null,
  localResources: {
    'lib/a.jar': { uri: 's3a://b/a.jar', type: 'FILE', visibility: 'PUBLIC', size: 12, timestamp: 1_700_000_000_000 },
  },
  environment: { _APP_ID: 'application_1_0001' },
  command: 'sleep 30',
  acls: { view: null, modify: null },
};

describe('renderSubmission', () => {
  it('writes what the ResourceManager reads', () => {
    expect(renderSubmission(context)).toEqual({
      'application-id': 'application_1_0001',
      'application-name': 'clicks-prod',
      'application-type': 'Apache Flink',
      queue: 'ads',
      'max-app-attempts': 1,
      resource: { memory: 1600, vCores: 1 },
      'unmanaged-AM': false,
      'keep-containers-across-application-attempts': false,
      'application-tags': { tag: ['sluice', 'sluice-job-clicks-prod'] },
      'am-container-spec': {
        'local-resources': {
          entry: [
            {
              key: 'lib/a.jar',
              value: {
                resource: 's3a://b/a.jar',
                type: 'FILE',
                visibility: 'PUBLIC',
                size: 12,
                timestamp: 1_700_000_000_000,
              },
            },
          ],
        },
        environment: { entry: [{ key: '_APP_ID', value: 'application_1_0001' }] },
        commands: { command: 'sleep 30' },
      },
    });
  });

  it('writes options only when they are set', () => {
    const rendered = renderSubmission({
      ...context,
      priority: 3,
      nodeLabel: 'ssd',
      attemptFailuresValidityMs: 10_000,
      acls: { view: 'ann ops', modify: null },
    });
    expect(rendered).toMatchObject({
      priority: 3,
      'app-node-label-expression': 'ssd',
      'am-container-node-label-expression': 'ssd',
      'attempt-failures-validity-interval': 10_000,
      'am-container-spec': { 'application-acls': { entry: [{ key: 'VIEW_APP', value: 'ann ops' }] } },
    });
  });
});

describe('a report', () => {
  const report = (more: object) => ApplicationReport.parse({ id: 'application_1_1', state: 'RUNNING', ...more });

  it.each([
    ['10.0.0.1:8081', '10.0.0.1:8081'],
    ['node:-1', null],
    ['N/A', null],
    ['N/A:0', null],
    [undefined, null],
  ])('with amRPCAddress %s has the address %s', (amRPCAddress, expected) => {
    expect(report({ amRPCAddress }).amAddress).toBe(expected);
  });

  it('splits tags and clears what YARN writes for "none"', () => {
    expect(report({ applicationTags: 'b,a', finishedTime: 0, allocatedMB: -1, runningContainers: -1 })).toMatchObject({
      tags: ['b', 'a'],
      finishedAt: null,
      allocatedMb: 0,
      runningContainers: 0,
    });
    expect(report({ applicationTags: '' }).tags).toEqual([]);
  });

  it('with words of a later YARN counts as alive, and spoils no list', () => {
    const { state, finalStatus } = report({ state: 'MIGRATING', finalStatus: 'MOVED' });
    expect([isTerminal(state), finalStatus]).toEqual([false, 'UNDEFINED']);
  });
});

it('reads containers with and without a scheme in the node address', () => {
  const one = { containerId: 'c', assignedNodeId: 'n:1', nodeHttpAddress: 'http://n:8042', containerState: 'RUNNING' };
  expect(ContainersReply.parse({ container: one }).container[0]?.nodeHttpAddress).toBe('n:8042');
  expect(ContainersReply.parse({ container: [{ ...one, nodeHttpAddress: 'n:8042' }] }).container).toHaveLength(1);
  expect(ContainersReply.parse({}).container).toEqual([]);
});

describe('queues', () => {
  const names = (schedulerInfo: object) =>
    SchedulerReply.parse({ scheduler: { schedulerInfo } }).map(({ path, leaf, state }) => [path, leaf, state]);

  it('of the capacity scheduler, nested', () => {
    const leaf = { queueName: 'eu', queuePath: 'root.ads.eu', state: 'STOPPED' };
    expect(
      names({
        type: 'capacityScheduler',
        queueName: 'root',
        queuePath: 'root',
        queues: { queue: [{ queueName: 'ads', queuePath: 'root.ads', state: 'RUNNING', queues: { queue: leaf } }] },
      }),
    ).toEqual([
      ['root', false, 'RUNNING'],
      ['root.ads', false, 'RUNNING'],
      ['root.ads.eu', true, 'STOPPED'],
    ]);
  });

  it('of the fair scheduler, whose queue names are paths', () => {
    const child = { queueName: 'root.ads', maxApps: 5, numActiveApps: 1 };
    expect(names({ type: 'fairScheduler', rootQueue: { queueName: 'root', childQueues: { queue: [child] } } })).toEqual(
      [
        ['root', false, 'RUNNING'],
        ['root.ads', true, 'RUNNING'],
      ],
    );
  });

  it('tell how much of them is in use, in the words of either scheduler', () => {
    const loads = (schedulerInfo: object) => SchedulerReply.parse({ scheduler: { schedulerInfo } }).at(-1)?.load;
    const capacity = {
      ...{ queueName: 'ads', capacity: 25, maxCapacity: 50, usedCapacity: 130.5, absoluteCapacity: 25 },
      ...{ absoluteMaxCapacity: 50, absoluteUsedCapacity: 'NaN', resourcesUsed: { memory: 4096, vCores: 3 } },
      ...{ allocatedContainers: 3, pendingContainers: 2, numActiveApplications: 1, numPendingApplications: 4 },
    };
    expect(loads({ queueName: 'root', queues: { queue: [capacity] } })).toEqual({
      ...{ capacity: 25, maxCapacity: 50, usedCapacity: 130.5 },
      ...{ absoluteCapacity: 25, absoluteMaxCapacity: 50, absoluteUsedCapacity: null },
      ...{ used: { memoryMb: 4096, vcores: 3 }, allocatedContainers: 3, pendingContainers: 2 },
      ...{ runningApplications: 1, pendingApplications: 4 },
    });
    const fair = {
      queueName: 'root.ads',
      usedResources: { memory: 1, vCores: 1 },
      numActiveApps: 2,
      numPendingApps: 0,
    };
    expect(loads({ rootQueue: { queueName: 'root', childQueues: { queue: [fair] } } })).toMatchObject({
      ...{ capacity: null, used: { memoryMb: 1, vcores: 1 }, runningApplications: 2, pendingApplications: 0 },
    });
  });

  it('of the fifo scheduler', () => {
    expect(names({ type: 'fifoScheduler', qstate: 'RUNNING' })).toEqual([['default', true, 'RUNNING']]);
  });
});

describe('with a failing cluster', () => {
  let yarn: FakeYarn;
  let second: FakeYarn;
  const client = (resourceManager: string) => createYarnClient({ name: 'yarn-a', resourceManager, user: 'sluice' });

  beforeEach(async () => {
    yarn = await createFakeYarn();
    second = await createFakeYarn();
  });

  afterEach(async () => {
    await yarn.close();
    await second.close();
  });

  it.each([
    ['html', (fake: FakeYarn) => fake.answerHtml()],
    ['truncated JSON', (fake: FakeYarn) => fake.truncateJson()],
    ['cut connections', (fake: FakeYarn) => fake.unreachable()],
    ['no active ResourceManager', (fake: FakeYarn) => fake.standby(null)],
    [
      '500',
      (fake: FakeYarn) =>
        fake.answerNext('application', {
          status: 500,
          body: { RemoteException: { exception: 'YarnRuntimeException', message: 'oops' } },
        }),
    ],
    [
      'JSON of something else',
      (fake: FakeYarn) => fake.answerNext('application', { status: 200, body: { login: 'please' } }),
    ],
    [
      '404 of something else',
      (fake: FakeYarn) => fake.answerNext('application', { status: 404, body: { error: 'no route' } }),
    ],
  ])('an unknown application is never reported as absent: %s', async (_, spoil) => {
    spoil(yarn);
    const asked = client(yarn.url).application('application_1_0001');
    await expect(asked).rejects.toMatchObject({
      code: expect.stringMatching(/^Cluster(Unreachable|Rejected)$/) as string,
    });
  });

  describe('whose ResourceManager has just begun and not read its memory yet', () => {
    const applicationId = 'application_1_0001';
    const unreachable = { code: 'ClusterUnreachable' };

    beforeEach(async () => {
      await client(yarn.url).submit({ ...context, applicationId });
      yarn.recovering = true;
    });

    it('nothing is submitted: it would take the application, find it in its memory, and die of the duplicate', async () => {
      const again = client(yarn.url).submit({ ...context, applicationId: 'application_1_0002' });
      await expect(again).rejects.toMatchObject(unreachable);
      expect(yarn.submissions).toEqual([applicationId]);
    });

    it('absence is not believed: neither of one application nor in a list, nor when it is to be killed', async () => {
      const cluster = client(yarn.url);
      await expect(cluster.application(applicationId)).rejects.toMatchObject(unreachable);
      await expect(cluster.attempts(applicationId)).rejects.toMatchObject(unreachable);
      await expect(cluster.applications()).rejects.toMatchObject(unreachable);
      await expect(cluster.kill(applicationId)).rejects.toMatchObject(unreachable);
    });

    it('its word counts as soon as it remembers', async () => {
      yarn.recovering = false;
      const cluster = client(yarn.url);
      expect(await cluster.application(applicationId)).toMatchObject({ id: applicationId });
      expect(await cluster.application('application_1_0002')).toBeNull();
      expect(await cluster.applications()).toHaveLength(1);
    });
  });

  it('asks the other ResourceManager when one is down, and that one first from then on', async () => {
    yarn.unreachable();
    const cluster = client(`${yarn.url},${second.url}`);
    await cluster.info();
    yarn.healthy();
    await cluster.info();
    expect([yarn.asked.length, second.asked.length]).toEqual([0, 2]);
  });

  it('does not let a ResourceManager that hangs use up the time of the other', async () => {
    yarn.slow(10_000);
    expect(await client(`${yarn.url},${second.url}`).info({ deadlineMs: 2_000 })).toMatchObject({ haState: 'ACTIVE' });
  });

  it('follows the standby to the active one with the body', async () => {
    yarn.standby(second.url);
    const cluster = client(`${yarn.url},${second.url}`);
    const { applicationId } = await cluster.newApplication();
    await cluster.submit({ ...context, applicationId });
    expect(second.submissions).toEqual([applicationId]);
  });

  it('meets its own application when the answer of a submit was lost', async () => {
    const cluster = client(yarn.url);
    const { applicationId } = await cluster.newApplication();
    yarn.dropAnswerOf('submit');
    await expect(cluster.submit({ ...context, applicationId })).rejects.toMatchObject({ code: 'ClusterUnreachable' });
    await cluster.submit({ ...context, applicationId });
    expect(yarn.submissions).toEqual([applicationId]);
  });

  it('takes the refusal of a duplicate at the same moment for the success that it is', async () => {
    const cluster = client(yarn.url);
    const { applicationId } = await cluster.newApplication();
    await cluster.submit({ ...context, applicationId });
    const message = `java.lang.Exception: Application with id ${applicationId} is already present! Cannot add a duplicate!`;
    yarn.answerNext('submit', {
      status: 400,
      body: { RemoteException: { exception: 'BadRequestException', message } },
    });
    await cluster.submit({ ...context, applicationId });
    expect(yarn.submissions).toEqual([applicationId]);
  });

  it('tells what YARN says when it refuses', async () => {
    yarn.rejectNextSubmission('Requested more memory than configured max');
    await expect(client(yarn.url).submit(context)).rejects.toMatchObject({
      code: 'ClusterRejected',
      message: expect.stringContaining('(400): java.lang.Exception: Requested more memory') as string,
    });
  });

  it('tells when the REST submission is switched off', async () => {
    yarn.answerNext('submit', {
      status: 403,
      body: { RemoteException: { exception: 'ForbiddenException', message: 'App submission via REST is disabled.' } },
    });
    await expect(client(yarn.url).submit(context)).rejects.toMatchObject({ code: 'ClusterRejected' });
  });

  it('sees containers that outlive the application', async () => {
    const cluster = client(yarn.url);
    const { applicationId } = await cluster.newApplication();
    await cluster.submit({ ...context, applicationId });
    yarn.containersLinger = Infinity;
    await cluster.kill(applicationId);
    expect((await cluster.application(applicationId))?.state).toBe('KILLED');
    const node = (await cluster.nodes())[0]?.httpAddress ?? '';
    expect(await cluster.containersOnNode(node, applicationId)).toHaveLength(1);
    yarn.releaseContainers(applicationId);
    expect(await cluster.containersOnNode(node, applicationId)).toEqual([]);
  });

  it('reads the end of a log without the frame', async () => {
    const app = yarn.addApplication({ id: 'application_1_0009' });
    app.logs.set('jobmanager.log', 'line one\nline two\n');
    const read = (file: string) =>
      client(yarn.url).containerLogTail(yarn.address, 'container_1_0009_01_000001', file, 9);
    expect(await read('jobmanager.log')).toBe('line two\n');
    expect(await read('none')).toBeNull();
  });

  it('goes on to the log server for a container that the node does not know, and nowhere else', async () => {
    const app = yarn.addApplication({ id: 'application_1_0009', state: 'FINISHED' });
    app.logs.set('jobmanager.log', 'line one\n');
    const container = 'container_1_0009_01_000001';
    yarn.logsDeleted = true;
    const files = () => client(yarn.url).containerLogs(yarn.address, container);
    const tail = () => client(yarn.url).containerLogTail(yarn.address, container, 'jobmanager.log', 4);
    expect([await files(), await tail()]).toEqual([[], null]);
    // The second cluster plays the log server: its path ends as that of a node does.
    const same = second.addApplication({ id: 'application_1_0009', state: 'FINISHED' });
    same.logs.set('jobmanager.log', 'aggregated\n');
    yarn.logServer = `${second.url}/ws/v1/node`;
    expect([await files(), await tail()]).toEqual([[{ name: 'jobmanager.log', size: 11 }], 'ted\n']);
    yarn.logServer = `${second.url}/anything`;
    await expect(files()).rejects.toMatchObject({ code: 'ClusterUnreachable' });
    await expect(tail()).rejects.toMatchObject({ code: 'ClusterUnreachable' });
  });
});
