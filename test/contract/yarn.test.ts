/** Holds what Sluice relies on in YARN against the fake always, and against real daemons when the stack is up. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toldByTheScheduler } from '../../src/activities/check/check-resources.ts';
import { type ApplicationReport, isTerminal, LIVE_STATES } from '../../src/clients/yarn/replies.ts';
import type { SubmissionContext } from '../../src/clients/yarn/submission.ts';
import { createYarnClient, type YarnClient } from '../../src/clients/yarn/yarn.ts';
import { createFakeYarn } from '../fakes/yarn.ts';
import { stackStatus } from './stack-status.ts';

interface Cluster {
  readonly resourceManager: string;
  readonly close: () => Promise<void>;
  /** Writes what the command of a sleeper writes on a real node. */
  readonly write?: (id: string) => void;
}

const WAIT = { timeout: 30_000, interval: 200 };

function yarnContract(open: () => Promise<Cluster>): void {
  let cluster: Cluster;
  let yarn: YarnClient;
  const started: string[] = [];

  beforeAll(async () => {
    cluster = await open();
    yarn = createYarnClient({ name: 'contract', resourceManager: cluster.resourceManager, user: 'sluice' });
  });

  afterAll(async () => {
    await Promise.all(started.map((id) => yarn.kill(id).catch(() => undefined)));
    await cluster.close();
  });

  /** An application that sleeps; its master never registers, so it stays ACCEPTED in real YARN. */
  async function sleeper(more: Partial<SubmissionContext> = {}): Promise<SubmissionContext> {
    const { applicationId } = await yarn.newApplication();
    return {
      applicationId,
      name: `contract-${applicationId}`,
      type: 'Sluice Contract',
      queue: 'default',
      priority: null,
      tags: [],
      memoryMb: 128,
      vcores: 1,
      maxAttempts: 1,
      keepContainersAcrossAttempts: false,
      attemptFailuresValidityMs: null,
      nodeLabel: null,
      localResources: {},
      environment: { GREETING: 'hello' },
      command: 'echo $GREETING 1> <LOG_DIR>/greeting.txt; sleep 60',
      acls: { view: null, modify: null },
      ...more,
    };
  }

  async function submitted(more: Partial<SubmissionContext> = {}): Promise<string> {
    const context = await sleeper(more);
    started.push(context.applicationId);
    await yarn.submit(context);
    return context.applicationId;
  }

  const report = async (id: string): Promise<ApplicationReport> => {
    const app = await yarn.application(id);
    if (app === null) throw new Error(`YARN does not know ${id}`);
    return app;
  };

  const withContainer = (id: string) =>
    expect.poll(async () => (await report(id)).runningContainers, WAIT).toBeGreaterThan(0);

  it('has no node labels, and refuses a submission that names one', async () => {
    expect(await yarn.nodeLabels()).toEqual([]);
    await expect(yarn.submit(await sleeper({ nodeLabel: 'gpu' }))).rejects.toMatchObject({
      code: 'ClusterRejected',
      message: expect.stringMatching(/node label/) as string,
    });
  });

  it('tells of its queues whether they are leaves, and which labels they may use', async () => {
    const queues = await yarn.queues();
    expect(queues.filter(({ leaf }) => leaf).every(({ nodeLabels }) => nodeLabels?.includes('*') ?? true)).toBe(true);
    expect(queues.find(({ name }) => name === 'default')).toMatchObject({ leaf: true, mayCreate: false });
    expect(queues.find(({ name }) => name === 'root')).toMatchObject({ leaf: false });
  });

  it('describes itself', async () => {
    expect(await yarn.info()).toMatchObject({
      state: 'STARTED',
      haState: 'ACTIVE',
      version: expect.any(String) as string,
    });
    expect((await yarn.metrics()).totalMb).toBeGreaterThan(0);
    expect((await yarn.nodes())[0]).toMatchObject({
      state: 'RUNNING',
      httpAddress: expect.stringMatching(/:\d+$/) as string,
    });
  });

  it('has leaf queues below root, by path and name', async () => {
    const queues = await yarn.queues();
    expect(queues[0]).toMatchObject({ path: 'root', leaf: false });
    expect(queues).toContainEqual(
      expect.objectContaining({ name: 'default', path: 'root.default', leaf: true, state: 'RUNNING' }),
    );
  });

  it('tells of its queues how much is in use, and of its nodes how many there are', async () => {
    const leaf = (await yarn.queues()).find(({ name }) => name === 'default');
    const number = expect.any(Number) as number;
    expect(leaf?.load).toEqual({
      ...{ capacity: number, maxCapacity: number, usedCapacity: number },
      ...{ absoluteCapacity: number, absoluteMaxCapacity: number, absoluteUsedCapacity: number },
      ...{ used: { memoryMb: number, vcores: number }, allocatedContainers: number, pendingContainers: number },
      ...{ runningApplications: number, pendingApplications: number },
    });
    const { activeNodes, unhealthyNodes, lostNodes, decommissionedNodes, totalVcores } = await yarn.metrics();
    expect(activeNodes).toBeGreaterThan(0);
    expect(totalVcores).toBeGreaterThan(0);
    expect([unhealthyNodes, lostNodes, decommissionedNodes]).toEqual([number, number, number]);
  });

  it('tells its largest container without giving an id too', async () => {
    expect(await toldByTheScheduler(yarn)).toEqual((await yarn.newApplication()).maximum);
  });

  it('reserves ids, each another one, that are unknown until they are submitted', async () => {
    const [one, two] = [await yarn.newApplication(), await yarn.newApplication()];
    expect(one.applicationId).toMatch(/^application_\d+_\d{4,}$/);
    expect(one.applicationId).not.toBe(two.applicationId);
    expect(one.maximum.memoryMb).toBeGreaterThanOrEqual(128);
    expect(await yarn.application(one.applicationId)).toBeNull();
  });

  it('takes one application for many submissions of one id', async () => {
    const context = await sleeper({ tags: [`race-${randomBytes(6).toString('hex')}`] });
    started.push(context.applicationId);
    await Promise.all(Array.from({ length: 5 }, async () => await yarn.submit(context)));
    await yarn.submit({ ...context, name: 'another name' });
    const found = await yarn.applications({ tags: context.tags });
    expect(found.map(({ id, name }) => ({ id, name }))).toEqual([{ id: context.applicationId, name: context.name }]);
  });

  it('finds applications by tag, whatever its case, by state and by name', async () => {
    const tag = `Contract-${randomBytes(6).toString('hex')}`;
    const id = await submitted({ tags: ['sluice', tag] });
    const app = await report(id);
    expect([...app.tags].sort()).toEqual([tag.toLowerCase(), 'sluice']);
    const ids = async (filter: Parameters<YarnClient['applications']>[0]) =>
      (await yarn.applications(filter)).map((found) => found.id);
    expect(await ids({ tags: [tag], states: LIVE_STATES })).toEqual([id]);
    expect(await ids({ tags: [tag, 'no-such-tag'] })).toEqual([id]);
    expect(await ids({ tags: [tag], states: ['FINISHED'] })).toEqual([]);
    expect(await ids({ names: [app.name] })).toEqual([id]);
    expect(await ids({ tags: [] })).toEqual([]);
  });

  it('accepts an unknown queue and fails the application', async () => {
    const id = await submitted({ queue: 'no-such-queue' });
    await expect.poll(async () => (await report(id)).state, WAIT).toBe('FAILED');
    expect((await report(id)).diagnostics).toContain('unknown queue: no-such-queue');
  });

  it.each<[string, Partial<SubmissionContext>, RegExp]>([
    ['more memory than the maximum', { memoryMb: 9_999_999 }, /more memory than configured max/],
    ['an id that is none', { applicationId: 'nonsense' }, /application id/],
    ['11 tags', { tags: Array.from({ length: 11 }, (_, index) => `tag-${index}`) }, /Too many applicationTags/],
  ])('refuses %s with its reason', async (_, more, reason) => {
    const refused = yarn.submit(await sleeper(more));
    await expect(refused).rejects.toMatchObject({
      code: 'ClusterRejected',
      message: expect.stringMatching(reason) as string,
    });
  });

  it('says definitely that it does not know an application', async () => {
    expect(await yarn.application('application_1_0001')).toBeNull();
    expect(await yarn.attempts('application_1_0001')).toEqual([]);
    await expect(yarn.kill('application_1_0001')).rejects.toMatchObject({ code: 'NotFound' });
    await expect(yarn.application('nonsense')).rejects.toMatchObject({ code: 'ClusterRejected' });
  });

  it('shows where an application runs, and kills it until no container is left', { timeout: 90_000 }, async () => {
    const id = await submitted();
    await withContainer(id);
    const [attempt] = await yarn.attempts(id);
    expect(attempt).toMatchObject({ number: 1, amContainerId: expect.stringMatching(/^container_/) as string });
    const node = attempt?.nodeHttpAddress ?? '';
    const containers = await yarn.containers(id, attempt?.id ?? '');
    expect(containers.map(({ id: container }) => container)).toEqual([attempt?.amContainerId]);
    await expect.poll(async () => await yarn.containersOnNode(node, id), WAIT).toEqual([attempt?.amContainerId]);

    expect(await yarn.kill(id)).toBe('requested');
    await expect.poll(async () => isTerminal((await report(id)).state), WAIT).toBe(true);
    expect(await report(id)).toMatchObject({
      state: 'KILLED',
      finalStatus: 'KILLED',
      amAddress: null,
      runningContainers: 0,
    });
    await expect.poll(async () => await yarn.containersOnNode(node, id), WAIT).toEqual([]);
    expect(await yarn.kill(id)).toBe('terminal');
    expect((await report(id)).finishedAt).toBeGreaterThan(0);
  });

  it(
    'serves log files of a container, also after its end, and knows no files of others',
    { timeout: 90_000 },
    async () => {
      const id = await submitted();
      await withContainer(id);
      cluster.write?.(id);
      const [attempt] = await yarn.attempts(id);
      const node = attempt?.nodeHttpAddress ?? '';
      const container = attempt?.amContainerId ?? '';
      const names = async (of: string): Promise<string[]> =>
        (await yarn.containerLogs(node, of)).map(({ name }) => name);
      await expect.poll(() => names(container), WAIT).toContain('greeting.txt');
      await yarn.kill(id);
      await expect.poll(async () => await yarn.containersOnNode(node, id), WAIT).toEqual([]);
      expect(await yarn.containerLogs(node, container)).toContainEqual({ name: 'greeting.txt', size: 6 });
      expect(await yarn.containerLogTail(node, container, 'greeting.txt', 4)).toBe('llo\n');
      expect(await yarn.containerLogTail(node, container, 'none.txt', 4)).toBeNull();
      // Another container of the application, and one of an application that the node never saw.
      expect(await names(container.replace(/1$/, '7'))).toEqual([]);
      for (const strange of ['container_1_0001_01_000001', 'container_e07_1_0001_01_000002']) {
        expect(await names(strange)).toEqual([]);
        expect(await yarn.containerLogTail(node, strange, 'greeting.txt', 4)).toBeNull();
      }
    },
  );
}

describe('the fake YARN', () => {
  yarnContract(async () => {
    const fake = await createFakeYarn();
    return {
      resourceManager: fake.url,
      close: () => fake.close(),
      write: (id) => void fake.applications.get(id)?.logs.set('greeting.txt', 'hello\n'),
    };
  });
});

const status = stackStatus();
describe.skipIf(status === null)('the real YARN', () => {
  yarnContract(() =>
    Promise.resolve({ resourceManager: status?.clusters[0]?.resourceManager ?? '', close: () => Promise.resolve() }),
  );
});
