/**
 * Parts of the cluster die in the middle of an upgrade, or answer nonsense. Each upgrade has a clear end: one instance
 * runs, or none and the record says why and from where to go on; never two. Then the job can be brought back, and in all
 * of it no state is lost.
 *
 * Seen to fail: when a ResourceManager that has not read its memory yet is believed, killing it while stopping ends the
 * upgrade with `NotFound`, and while claiming the job is taken for forgotten.
 */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { withoutAnswer } from '../../../src/domain/errors/errors.ts';
import type { OperationRecord } from '../../../src/domain/operation/operation.ts';
import { createYarnClient } from '../../../src/clients/yarn/yarn.ts';
import { startComponent, stopComponent } from '../../../stack/control.ts';
import { readSettings } from '../../../stack/settings.ts';
import { stackFiles } from '../../../stack/layout/stack-files.ts';
import type { Switch } from '../../faults/switches.ts';
import { until } from '../../support/api.ts';
import { liveApplicationsOf } from '../../support/outside/applications.ts';
import { containersOf, killContainer } from '../../support/outside/containers.ts';
import { effectCalled, type Effect } from '../../support/outside/effects.ts';
import { holdAt } from '../../support/held.ts';
import type { JobDriver } from '../../support/processes/job-driver.ts';
import { watch, type Watch } from '../../support/outside/observer.ts';
import { expectAudited, expectUpgraded } from '../../support/outside/outside.ts';
import { startPrivateSluice, type PrivateSluice } from '../../support/processes/private-sluice.ts';
import { hurried, publish } from '../../support/releases.ts';
import { newJobName, runningStack } from '../../support/stack.ts';

const RESOURCE_MANAGER = 'yarn-a-resourcemanager';
const NODE_MANAGER = 'yarn-a-nodemanager';

const job = newJobName('dead');
let sluice: PrivateSluice;
let driver: JobDriver;
let outsider: Watch;
let releases: readonly string[];
const operations: OperationRecord[] = [];
let asked = 0;

type Deployment = Awaited<ReturnType<JobDriver['deployment']>>;
let before: Deployment;

beforeAll(async () => {
  releases = await Promise.all([
    publish({ job, version: '1.0.0', program: '1.0.0', fields: hurried }),
    publish({ job, version: '1.1.0', program: '1.1.0', fields: hurried }),
  ]);
  outsider = await watch(job);
  sluice = await startPrivateSluice('dead');
  driver = sluice.job(job);
  await run('deploy', { release: releases[0] });
});

afterAll(() => sluice.down());

beforeEach(async () => {
  before = await bringBack();
});

afterEach(() => sluice.healthy());

async function run(kind: 'deploy' | 'resume' | 'kill', fields = {}): Promise<OperationRecord> {
  asked += 1;
  const operation = await driver.run(kind, { id: `${kind}-${asked}`, ...fields });
  operations.push(operation);
  return operation;
}

/** A running instance that counts, however the test before has left the job. */
async function bringBack(): Promise<Deployment> {
  if ((await driver.view()).state === 'unreachable') await run('kill');
  if ((await driver.view()).state !== 'running') {
    const resumed = await run('resume');
    // A JobManager that was killed told nobody how far its job had come, so a person has to decide.
    const isUnknown = resumed.error?.code === 'DiscardsNewerState';
    const decided = isUnknown ? await run('resume', { discardNewerState: true }) : resumed;
    expect(decided).toMatchObject({ outcome: 'succeeded', error: null });
  }
  const deployment = await driver.deployment();
  await outsider.countedOn(deployment.applicationId);
  return deployment;
}

/** Upgrades; when the request of this effect is there, `act` is done before it is let through, or cut. */
async function upgradeAt(
  effect: Effect,
  when: 'before' | 'after',
  act: () => void | Promise<void>,
  then: 'release' | 'cut' = 'release',
): Promise<OperationRecord> {
  asked += 1;
  const id = `upgrade-${asked}`;
  // Questions to the JobManager are also asked of the old one; the new one is there after the submit.
  const late = effect.match.method === 'GET' && effect.name !== SAVEPOINT_RESULT.name;
  const submitted = late ? holdAt(sluice, { effect: effectCalled('the submit'), when: 'after' }) : null;
  let arrival = submitted ?? holdAt(sluice, { effect, when });
  await driver.signal('deploy', { id, release: releases[asked % 2] });
  if (submitted) {
    const held = await submitted();
    arrival = holdAt(sluice, { effect, when });
    held.release();
  }
  const held = await arrival();
  await act();
  held[then]();
  const operation = await driver.ended(id);
  operations.push(operation);
  return operation;
}

const asks = (name: string, path: RegExp): Effect => ({ name, role: 'jobManager', match: { method: 'GET', path } });
const CLAIM = effectCalled('the claim');
const STOP = effectCalled('the stop with savepoint');
const SAVEPOINT_RESULT = effectCalled('the result of the savepoint');
const OLD_ENDS = effectCalled('the end of the old application');
const SUBMIT = effectCalled('the submit');
const IS_IT_RUNNING = asks('the question whether it runs', /\/jobs\/[0-9a-f]+\/status$/);
const IS_IT_HEALTHY = asks('the question for checkpoints', /\/jobs\/[0-9a-f]+\/checkpoints$/);

const oldParts = () => containersOf(before.applicationId);
const newParts = async () => {
  const live = await liveApplicationsOf(job);
  expect(live).toHaveLength(1);
  return containersOf(live[0]!);
};

const kill = (container: string): void => expect(killContainer(container)).toBeGreaterThan(0);

/** A ResourceManager that has just begun may not have read its memory yet. */
const liveOnceAnswered = (): Promise<string[]> =>
  until('an answer of YARN', 60_000, () => liveApplicationsOf(job).catch(withoutAnswer));

/** Expects that people see what YARN sees, and are told from where to go on by hand. */
async function expectClearEnd(operation: OperationRecord): Promise<void> {
  expect(operation.endedAt).not.toBeNull();
  const live = await liveOnceAnswered();
  const { state, deployment } = await driver.view();
  expect(['running', 'failed']).toContain(state);
  expect(live).toEqual(state === 'running' ? [deployment?.applicationId] : []);
  if (operation.outcome === 'succeeded') {
    await expectUpgraded(operation, before, deployment!);
    return;
  }
  expect(operation.error?.detail).toBeTruthy();
  if (state === 'failed' && operation.savepoint !== null) {
    expect(operation.error?.detail).toContain(operation.savepoint);
  }
}

describe('the JobManager of the old instance is killed', () => {
  test('before it hears of the stop: the upgrade ends failed with nothing running, and says why', async () => {
    const { jobManager } = await oldParts();
    const operation = await upgradeAt(STOP, 'before', () => kill(jobManager), 'cut');
    expect(operation).toMatchObject({ outcome: 'failed', savepoint: null });
    expect(await driver.view()).toMatchObject({ state: 'failed' });
    await expectClearEnd(operation);
  });

  test('after its savepoint was complete, whose result is lost: the savepoint is found, and the upgrade succeeds', async () => {
    const { jobManager } = await oldParts();
    const complete = { ...SAVEPOINT_RESULT, match: { ...SAVEPOINT_RESULT.match, answer: /"COMPLETED"/ } };
    const operation = await upgradeAt(complete, 'after', () => kill(jobManager), 'cut');
    expect(operation).toMatchObject({ outcome: 'succeeded', error: null });
    await expectClearEnd(operation);
  });
});

test('the TaskManager of the old instance is killed at the stop: the upgrade has a clear end', async () => {
  const { taskManagers } = await oldParts();
  await expectClearEnd(await upgradeAt(STOP, 'before', () => kill(taskManagers[0]!)));
});

describe('of the new instance is killed', () => {
  test('the JobManager while it starts: back to the old program, from the savepoint of this operation', async () => {
    const operation = await upgradeAt(IS_IT_RUNNING, 'before', async () => kill((await newParts()).jobManager), 'cut');
    expect(operation).toMatchObject({ outcome: 'rolledBack' });
    const { deployment } = await driver.view();
    expect(deployment).toMatchObject({ release: before.release, restorePoint: { path: operation.savepoint } });
    await expectClearEnd(operation);
  });

  test('the JobManager while it is verified: a clear end', async () => {
    await expectClearEnd(
      await upgradeAt(IS_IT_HEALTHY, 'before', async () => kill((await newParts()).jobManager), 'cut'),
    );
  });

  test('the TaskManager while it is verified: a clear end', async () => {
    await expectClearEnd(
      await upgradeAt(IS_IT_HEALTHY, 'before', async () => kill((await newParts()).taskManagers[0]!)),
    );
  });
});

describe('the NodeManager is killed', () => {
  const restart = async (): Promise<void> => {
    await stopComponent(NODE_MANAGER, 'SIGKILL');
    await startComponent(NODE_MANAGER);
  };

  test.each([
    { phase: 'savepointing', effect: STOP },
    { phase: 'stopping', effect: OLD_ENDS },
    { phase: 'submitting', effect: SUBMIT },
    { phase: 'starting', effect: IS_IT_RUNNING },
  ])('and comes back while $phase: containers that lived on are found again, and the upgrade succeeds', async (row) => {
    const operation = await upgradeAt(row.effect, 'before', restart);
    expect(operation).toMatchObject({ outcome: 'succeeded', error: null });
    await expectClearEnd(operation);
  });

  test('and stays away until it counts as lost: its containers may live, so nothing is started before it is back', async () => {
    await stopComponent(NODE_MANAGER, 'SIGKILL');
    try {
      await nodeIsLost();
      const operation = await run('deploy', { release: releases[0] });
      expect(operation).toMatchObject({ outcome: 'failed' });
      expect(operation.error?.detail).toMatch(/node|container/);
      expect(await driver.view()).toMatchObject({ state: 'unreachable' });
    } finally {
      await startComponent(NODE_MANAGER);
    }
  });
});

/** Asked of YARN past the proxies. */
async function nodeIsLost(): Promise<void> {
  // While a component is down `runningStack` refuses, hence the address that was known before.
  await until('the loss of the node', 60_000, async () =>
    (await yarnOutside.nodes()).some(({ state }) => state === 'LOST') ? true : null,
  );
}

const { resourceManager } = runningStack().clusters[0]!;
const yarnOutside = createYarnClient({ name: 'yarn-a', resourceManager, user: 'e2e' });

/** A job of a cluster that was silent is called running again without anybody asking. */
const foundRunning = () => driver.until('the job to be found running', ({ state }) => state === 'running', 90_000);

describe('the ResourceManager is killed', () => {
  const restart = async (): Promise<void> => {
    await stopComponent(RESOURCE_MANAGER, 'SIGKILL');
    await startComponent(RESOURCE_MANAGER);
  };

  test.each([
    { phase: 'savepointing', effect: STOP, when: 'after' },
    { phase: 'stopping', effect: OLD_ENDS, when: 'before' },
    { phase: 'submitting, before it hears of it', effect: SUBMIT, when: 'before' },
    { phase: 'submitting, after it took it', effect: SUBMIT, when: 'after' },
    { phase: 'starting', effect: IS_IT_RUNNING, when: 'before' },
  ] as const)('and comes back while $phase: the upgrade succeeds', async ({ effect, when }) => {
    // A request that it has not answered is lost with its connection.
    const then = effect.role === 'resourceManager' && when === 'before' ? 'cut' : 'release';
    const operation = await upgradeAt(effect, when, restart, then);
    expect(operation).toMatchObject({ outcome: 'succeeded', error: null });
    await expectClearEnd(operation);
  });

  test('and comes back while claiming: the upgrade succeeds, or ends because nobody could tell what runs', async () => {
    const operation = await upgradeAt(CLAIM, 'after', restart);
    if (operation.outcome !== 'succeeded') expect(operation.error).toMatchObject({ code: 'ClusterUnreachable' });
    await foundRunning();
    await expectClearEnd(operation);
  });

  test('and comes back without its memory: no second instance while the first may live, then nothing is lost', async () => {
    await stopComponent(RESOURCE_MANAGER, 'SIGKILL');
    const memory = join(stackFiles(readSettings().stackDirectory).data('yarn-a'), 'rm-state');
    for (const entry of await readdir(memory)) await rm(join(memory, entry), { recursive: true });
    await startComponent(RESOURCE_MANAGER);
    const operation = await run('deploy', { release: releases[0] });
    expect(['succeeded', 'failed']).toContain(operation.outcome);
    const live = await liveOnceAnswered();
    expect(live.length).toBeLessThanOrEqual(1);
  });
});

describe('the ResourceManager answers', () => {
  const nonsense = [
    { what: 'a login page with 200', on: () => sluice.faults.resourceManager.answerHtml({}) },
    { what: 'half of its JSON', on: () => sluice.faults.resourceManager.truncate({}) },
    {
      what: 'with a redirect to somebody else',
      on: () => sluice.faults.resourceManager.redirect({}, 'http://rm.example.com:8088'),
    },
    {
      what: '404 like somebody who never heard of it',
      on: () =>
        sluice.faults.resourceManager.answerJson({ path: /\/cluster\/apps\// }, 404, {
          RemoteException: { exception: 'NotFoundException', message: 'app with id: not found' },
        }),
    },
  ] as const satisfies readonly { readonly what: string; readonly on: () => Switch }[];

  test.each(nonsense)('$what: the upgrade ends failed, and the running instance is untouched', async ({ on }) => {
    const fault = on();
    const operation = await run('deploy', { release: releases[1] });
    expect(fault.met).toBeGreaterThan(0);
    fault.off();
    expect(operation).toMatchObject({ outcome: 'failed', error: { code: 'ClusterUnreachable' }, savepoint: null });
    expect(await liveApplicationsOf(job)).toEqual([before.applicationId]);
    // The job was presumed to run, and does: once the cluster answers well again, people may go on.
    await foundRunning();
    expect(await run('deploy', { release: releases[1] })).toMatchObject({ outcome: 'succeeded' });
  });

  test.each(nonsense.slice(0, 3))('$what for some seconds, in mid-upgrade: the upgrade succeeds', async ({ on }) => {
    for (const effect of [STOP, IS_IT_RUNNING]) {
      const operation = await upgradeAt(effect, 'before', () => {
        const fault = on();
        setTimeout(() => fault.off(), 4_000);
      });
      expect(operation).toMatchObject({ outcome: 'succeeded', error: null });
      before = await driver.deployment();
    }
  });
});

test('over all of it one instance ran at every moment, and nothing was lost', async () => {
  await bringBack();
  expect((await outsider.conclude({ repeats: 'explained' })).problems).toEqual([]);
});

test('each operation is in the audit log once', () => expectAudited(driver, operations));
