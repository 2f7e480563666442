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
import { messageOf } from '../../../src/domain/errors/message-of.ts';
import { createYarnClient } from '../../../src/clients/yarn/yarn.ts';
import { startComponent, stopComponent } from '../../../stack/control.ts';
import { readSettings } from '../../../stack/settings.ts';
import { stackFiles } from '../../../stack/layout/stack-files.ts';
import type { Switch } from '../../faults/switches.ts';
import { until } from '../../support/api.ts';
import { liveApplicationsOf } from '../../support/outside/applications.ts';
import { effectCalled, type EffectName } from '../../support/outside/effects.ts';
import { expectAudited } from '../../support/outside/outside.ts';
import { hurried } from '../../support/releases.ts';
import { runningStack } from '../../support/stack.ts';
import { IS_IT_HEALTHY, IS_IT_RUNNING, killPart, UpgradedJob } from '../../support/stories/upgraded-job.ts';

const RESOURCE_MANAGER = 'yarn-a-resourcemanager';
const NODE_MANAGER = 'yarn-a-nodemanager';

let story: UpgradedJob;

beforeAll(async () => {
  story = await UpgradedJob.start('dead', hurried);
});

afterAll(() => story.sluice.down());

beforeEach(() => story.bringBack());

afterEach(() => story.sluice.healthy());

const at = (name: EffectName, when: 'before' | 'after') => ({ effect: effectCalled(name), when });
const STOP = at('the stop with savepoint', 'before');
const SAVEPOINT_RESULT = effectCalled('the result of the savepoint');
const OLD_ENDS = at('the end of the old application', 'before');
const SUBMIT = at('the submit', 'before');

describe('the JobManager of the old instance is killed', () => {
  test('before it hears of the stop: the upgrade ends failed with nothing running, and says why', async () => {
    const { jobManager } = await story.oldParts();
    const operation = await story.upgradeAt(STOP, () => killPart(jobManager), 'cut');
    expect(operation).toMatchObject({ outcome: 'failed', savepoint: null });
    expect(await story.driver.view()).toMatchObject({ state: 'failed' });
    await story.expectClearEnd(operation);
  });

  test('after its savepoint was complete, whose result is lost: the savepoint is found, and the upgrade succeeds', async () => {
    const { jobManager } = await story.oldParts();
    const complete = { ...SAVEPOINT_RESULT, match: { ...SAVEPOINT_RESULT.match, answer: /"COMPLETED"/ } };
    const operation = await story.upgradeAt({ effect: complete, when: 'after' }, () => killPart(jobManager), 'cut');
    expect(operation).toMatchObject({ outcome: 'succeeded', error: null });
    await story.expectClearEnd(operation);
  });
});

test('the TaskManager of the old instance is killed at the stop: the upgrade has a clear end', async () => {
  const { taskManagers } = await story.oldParts();
  await story.expectClearEnd(await story.upgradeAt(STOP, () => killPart(taskManagers[0]!)));
});

describe('of the new instance is killed', () => {
  test('the JobManager while it starts: back to the old program, from the savepoint of this operation', async () => {
    const operation = await story.upgradeAt(
      IS_IT_RUNNING,
      async () => killPart((await story.newParts()).jobManager),
      'cut',
    );
    expect(operation).toMatchObject({ outcome: 'rolledBack' });
    const { deployment } = await story.driver.view();
    expect(deployment).toMatchObject({ release: story.before.release, restorePoint: { path: operation.savepoint } });
    await story.expectClearEnd(operation);
  });

  test('the JobManager while it is verified: a clear end', async () => {
    await story.expectClearEnd(
      await story.upgradeAt(IS_IT_HEALTHY, async () => killPart((await story.newParts()).jobManager), 'cut'),
    );
  });

  test('the TaskManager while it is verified: a clear end', async () => {
    await story.expectClearEnd(
      await story.upgradeAt(IS_IT_HEALTHY, async () => killPart((await story.newParts()).taskManagers[0]!)),
    );
  });
});

describe('the NodeManager is killed', () => {
  const restart = async (): Promise<void> => {
    await stopComponent(NODE_MANAGER, 'SIGKILL');
    await startComponent(NODE_MANAGER);
  };

  test.each([
    { phase: 'savepointing', place: STOP },
    { phase: 'stopping', place: OLD_ENDS },
    { phase: 'submitting', place: SUBMIT },
    { phase: 'starting', place: IS_IT_RUNNING },
  ])('and comes back while $phase: containers that lived on are found again, and the upgrade succeeds', async (row) => {
    const operation = await story.upgradeAt(row.place, restart);
    expect(operation).toMatchObject({ outcome: 'succeeded', error: null });
    await story.expectClearEnd(operation);
  });

  test('and stays away until it counts as lost: its containers may live, so nothing is started before it is back', async () => {
    await stopComponent(NODE_MANAGER, 'SIGKILL');
    try {
      await nodeIsLost();
      // The watcher may have called the job unreachable before, so that the job does not even take the request.
      const said = await story.run('deploy', { release: story.releases[0] }).then(
        ({ outcome, error }) => `${outcome ?? ''}: ${error?.detail ?? ''}`,
        (refusal: unknown) => `refused: ${refusal instanceof Error ? messageOf(refusal.cause) : ''}`,
      );
      expect(said).toMatch(/^failed: .*(node|container)|^refused: .* is unreachable/);
      expect(await story.driver.view()).toMatchObject({ state: 'unreachable' });
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
const foundRunning = () =>
  story.driver.until('the job to be found running', ({ state }) => state === 'running', 90_000);

describe('the ResourceManager is killed', () => {
  const restart = async (): Promise<void> => {
    await stopComponent(RESOURCE_MANAGER, 'SIGKILL');
    await startComponent(RESOURCE_MANAGER);
  };

  test.each([
    { phase: 'savepointing', place: at('the stop with savepoint', 'after') },
    { phase: 'stopping', place: OLD_ENDS },
    { phase: 'submitting, before it hears of it', place: SUBMIT },
    { phase: 'submitting, after it took it', place: at('the submit', 'after') },
    { phase: 'starting', place: IS_IT_RUNNING },
  ])('and comes back while $phase: the upgrade succeeds', async ({ place }) => {
    // A request that it has not answered is lost with its connection.
    const isLost = place.effect.role === 'resourceManager' && place.when === 'before';
    const operation = await story.upgradeAt(place, restart, isLost ? 'cut' : 'release');
    expect(operation).toMatchObject({ outcome: 'succeeded', error: null });
    await story.expectClearEnd(operation);
  });

  test('and comes back while claiming: the upgrade succeeds, or ends because nobody could tell what runs', async () => {
    const operation = await story.upgradeAt(at('the claim', 'after'), restart);
    if (operation.outcome !== 'succeeded') expect(operation.error).toMatchObject({ code: 'ClusterUnreachable' });
    await foundRunning();
    await story.expectClearEnd(operation);
  });

  test('and comes back without its memory: no second instance while the first may live, then nothing is lost', async () => {
    await stopComponent(RESOURCE_MANAGER, 'SIGKILL');
    const memory = join(stackFiles(readSettings().stackDirectory).data('yarn-a'), 'rm-state');
    for (const entry of await readdir(memory)) await rm(join(memory, entry), { recursive: true });
    await startComponent(RESOURCE_MANAGER);
    const operation = await story.run('deploy', { release: story.releases[0] });
    expect(['succeeded', 'failed']).toContain(operation.outcome);
    const live = await story.liveOnceAnswered();
    expect(live.length).toBeLessThanOrEqual(1);
  });
});

describe('the ResourceManager answers', () => {
  const nonsense = [
    { what: 'a login page with 200', on: () => story.sluice.faults.resourceManager.answerHtml({}) },
    { what: 'half of its JSON', on: () => story.sluice.faults.resourceManager.truncate({}) },
    {
      what: 'with a redirect to somebody else',
      on: () => story.sluice.faults.resourceManager.redirect({}, 'http://rm.example.com:8088'),
    },
    {
      what: '404 like somebody who never heard of it',
      on: () =>
        story.sluice.faults.resourceManager.answerJson({ path: /\/cluster\/apps\// }, 404, {
          RemoteException: { exception: 'NotFoundException', message: 'app with id: not found' },
        }),
    },
  ] as const satisfies readonly { readonly what: string; readonly on: () => Switch }[];

  test.each(nonsense)('$what: the upgrade ends failed, and the running instance is untouched', async ({ on }) => {
    const fault = on();
    const operation = await story.run('deploy', { release: story.releases[1] });
    expect(fault.met).toBeGreaterThan(0);
    fault.off();
    expect(operation).toMatchObject({ outcome: 'failed', error: { code: 'ClusterUnreachable' }, savepoint: null });
    expect(await liveApplicationsOf(story.job)).toEqual([story.before.applicationId]);
    // The job was presumed to run, and does: once the cluster answers well again, people may go on.
    await foundRunning();
    expect(await story.run('deploy', { release: story.releases[1] })).toMatchObject({ outcome: 'succeeded' });
  });

  test.each(nonsense.slice(0, 3))('$what for some seconds, in mid-upgrade: the upgrade succeeds', async ({ on }) => {
    for (const place of [STOP, IS_IT_RUNNING]) {
      const operation = await story.upgradeAt(place, () => {
        const fault = on();
        setTimeout(() => fault.off(), 4_000);
      });
      expect(operation).toMatchObject({ outcome: 'succeeded', error: null });
      story.before = await story.driver.deployment();
    }
  });
});

test('over all of it one instance ran at every moment, and nothing was lost', async () => {
  await story.bringBack();
  expect((await story.outsider.conclude({ repeats: 'explained' })).problems).toEqual([]);
});

test('each operation is in the audit log once', () => expectAudited(story.driver, story.operations));
