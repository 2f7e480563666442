/** The containers of a living application are noted, so that somebody finds their logs when YARN has forgotten them. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { noteTraces } from '../../../src/activities/instance/traces.ts';
import { withPlaced } from '../../../src/domain/deployment/placed-containers.ts';
import { containersKey, tracesKey } from '../../../src/domain/identity/storage-keys.ts';
import { createFakeFlink } from '../../fakes/flink.ts';
import type { FakeApplication, FakeYarn } from '../../fakes/yarn.ts';
import { createWorld, type World } from '../../world/world.ts';

const JOB = 'clicks';
let world: World;
let yarn: FakeYarn;
let application: FakeApplication;

/** An application whose master runs on the first node, and its TaskManager on the second. */
beforeEach(async () => {
  world = await createWorld();
  yarn = world.clusters.get('yarn-a')!;
  const id = `application_${yarn.timestamp()}_0007`;
  application = yarn.addApplication({ id, flink: await createFakeFlink(), state: 'SUBMITTED' });
  await yarn.advance(id);
  await yarn.advance(id);
});
afterEach(async () => {
  await application.flink?.close();
  await world.close();
});

const key = () => containersKey(JOB, application.id);
const noted = () => (world.json(key()) as { readonly containers: readonly { id: string; http: string }[] }).containers;
async function note(): Promise<void> {
  const report = await world.dependencies.clusters.get('yarn-a')!.yarn.application(application.id);
  await noteTraces(world.dependencies, { job: JOB, cluster: 'yarn-a', applicationId: application.id }, report!);
}

test('with their nodes, and those that are gone stay beside those that come', async () => {
  await note();
  const [master, taskManager] = application.containers;
  expect(noted()).toEqual([
    { id: master, http: yarn.nodes[0]!.address },
    { id: taskManager, http: yarn.nodes[1]!.address },
  ]);
  await yarn.takeNode(1, 'LOST'); // Flink gets another TaskManager
  await note();
  expect(noted().map(({ id }) => id)).toEqual([master, taskManager, application.containers[1]]);
});

test('and a record of them that nobody can read keeps no traces from being written', async () => {
  await world.s3.put(key(), 'no record');
  await note();
  expect(world.json(tracesKey(JOB, application.id))).toMatchObject({ hosts: [{}, {}] });
});

test('the newest are kept of a job that crashes for weeks', () => {
  const of = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, place) => ({ id: `container_${from + place}`, http: 'node-1:8042' }));
  const before = of(0, 300);
  expect(withPlaced(before, before.slice(7))).toBeNull();
  expect(withPlaced(before, of(299, 310))).toEqual(of(10, 310));
});
