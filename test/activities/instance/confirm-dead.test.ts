/**
 * Death needs a positive proof: who was known to host the application says no, or the ResourceManager is able to know.
 *
 * Review found four faults in the code before: it asked every node of the cluster, it could not tell a decommissioned
 * node because YARN blanks its address, a node that was left weeks ago raised a doubt, and a ResourceManager that had
 * forgotten the application was believed as soon as some nodes had reported.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lookForLife, type Suspect } from '../../../src/activities/instance/confirm-dead.ts';
import { noteTraces } from '../../../src/activities/instance/traces.ts';
import { createFakeFlink } from '../../fakes/flink.ts';
import type { FakeApplication, FakeYarn } from '../../fakes/yarn.ts';
import { createWorld, type World } from '../../world/world.ts';

const JOB = 'clicks';
const FLINK_JOB = 'a'.repeat(32);
let world: World;
let yarn: FakeYarn;
let application: FakeApplication;

/** An application of which YARN has told where it runs: its master on the first node, a TaskManager on the second. */
beforeEach(async () => {
  world = await createWorld();
  yarn = world.clusters.get('yarn-a')!;
  const flink = await createFakeFlink();
  flink.addJob({ id: FLINK_JOB });
  application = yarn.addApplication({ id: idNow(), flink, state: 'SUBMITTED' });
  await yarn.advance(application.id);
  await yarn.advance(application.id);
  await note();
});
afterEach(async () => {
  await application.flink?.close();
  await world.close();
});

/** An id of the ResourceManager that runs now. */
const idNow = (): string => `application_${yarn.timestamp()}_0007`;
const reportOf = () => clusterOf().yarn.application(application.id);
const clusterOf = () => world.dependencies.clusters.get('yarn-a')!;
const place = () => ({ job: JOB, cluster: 'yarn-a', applicationId: application.id });
const note = async () => noteTraces(world.dependencies, place(), (await reportOf())!);
const look = async (more: Partial<Suspect> = {}) =>
  lookForLife(world.dependencies, { ...place(), flinkJobId: FLINK_JOB, report: await reportOf(), ...more });
const nodesAsked = (): number => yarn.asked.filter((route) => route === 'nodeApplication').length;
const dead = { doubt: null, believedLost: [] };
/** Takes the JobManager away with its container, so that only the nodes decide. */
const end = async () => {
  await yarn.end(application.id, { state: 'FAILED' });
};

describe('the nodes that hosted an application', () => {
  test('are asked, and no others, however many the cluster has', async () => {
    await end();
    const before = nodesAsked();
    expect(await look()).toEqual(dead);
    expect(nodesAsked() - before).toBe(2);
    expect(yarn.nodes).toHaveLength(2);
  });

  test('raise a doubt while one holds a container', async () => {
    yarn.containersLinger = Infinity;
    await end();
    expect((await look()).doubt).toContain('still holds 1 containers');
    yarn.releaseContainers(application.id);
    expect(await look()).toEqual(dead);
  });

  test('are known by their NodeId when YARN has blanked the address: one that left in good order is no doubt', async () => {
    await yarn.takeNode(1, 'DECOMMISSIONED');
    await end();
    expect(await look()).toEqual(dead);
  });

  test('are doubted when lost, until a person has decided; the decision is told', async () => {
    await yarn.takeNode(0, 'LOST');
    expect((await look()).doubt).toMatch(/does not answer; YARN calls it lost$/);
    expect(await look({ believeLost: true })).toEqual({ doubt: null, believedLost: ['node-1:45454'] });
  });

  test('count no more once the application has long left them', async () => {
    yarn.nodes[1]!.isSilent = true;
    const key = `traces/${JOB}/${application.id}.json`;
    const traces = world.json(key) as { hosts: { http: string }[] };
    const moved = traces.hosts.filter(({ http }) => http !== yarn.nodes[1]!.address);
    await world.s3.put(key, JSON.stringify({ ...traces, hosts: moved }));
    await end();
    expect(await look()).toEqual(dead);
  });
});

describe('a ResourceManager that has forgotten the application', () => {
  test('is not believed while it is younger than the silence of a node, where nobody knows a host', async () => {
    await world.s3.remove(`traces/${JOB}/${application.id}.json`);
    yarn.forgetApplications();
    expect((await look()).doubt).toContain('has not heard of all nodes yet');
    const patient = { ...world.dependencies, nodesReportWithinMs: 0 };
    const suspect = { ...place(), flinkJobId: FLINK_JOB, report: null };
    expect((await lookForLife(patient, suspect)).doubt).toContain('still holds');
    yarn.nodesRegister();
    expect(await lookForLife(patient, suspect)).toEqual(dead);
  });

  test('is outvoted by a host that holds a container, and by a JobManager that answers', async () => {
    yarn.forgetApplications();
    expect((await look()).doubt).toContain('still holds 1 containers');
    application.containers = [];
    expect((await look()).doubt).toContain('the JobManager of');
    await application.flink?.close();
    expect(await look()).toEqual(dead);
  });

  test('is believed at once where it gave the id itself: it has run ever since, and gave no container', async () => {
    const applicationId = `application_${yarn.timestamp()}_0099`;
    expect(await look({ applicationId, report: null })).toEqual(dead);
  });
});

test('an application that was killed before it registered is doubted while its container lingers', async () => {
  const early = yarn.addApplication({ id: `application_${yarn.timestamp()}_0008`, state: 'SUBMITTED' });
  await yarn.advance(early.id);
  expect(early).toMatchObject({ state: 'ACCEPTED', flink: null });
  yarn.containersLinger = Infinity;
  await yarn.end(early.id, { state: 'KILLED' });
  const report = await clusterOf().yarn.application(early.id);
  const suspect = { job: JOB, cluster: 'yarn-a', applicationId: early.id, flinkJobId: FLINK_JOB, report };
  expect((await lookForLife(world.dependencies, suspect)).doubt).toContain('still holds 1 containers');
});

test('a cluster that was taken out of the configuration is silent, which decides nothing', async () => {
  const deps = { ...world.dependencies, clusters: new Map() };
  await expect(lookForLife(deps, { ...place(), flinkJobId: FLINK_JOB, report: null })).rejects.toMatchObject({
    code: 'ClusterUnreachable',
  });
});
