/**
 * Parts of the cluster die while a standby waits beside the instance that runs, or takes over from it. Until the old one is stopped
 * it runs on, whatever becomes of the standby; afterwards the job goes on from the savepoint of the stop. Never two.
 *
 * Seen to fail: a promotion that does not look whether the standby lives waits for its tasks until the deadline of the start.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startComponent, stopComponent } from '../../../../stack/control.ts';
import { liveApplicationsOf } from '../../../support/outside/applications.ts';
import { effectCalled, type EffectName } from '../../../support/outside/effects.ts';
import { expectAudited } from '../../../support/outside/outside.ts';
import { hurried } from '../../../support/releases.ts';
import { killPart, UpgradedJob } from '../../../support/stories/upgraded-job.ts';

let story: UpgradedJob;

beforeAll(async () => {
  const upgrade = { ...(hurried['upgrade'] as object), handover: 'auto' }; // a map, as written there
  story = await UpgradedJob.start('handed', { ...hurried, upgrade });
});

afterAll(() => story.sluice.down());

beforeEach(() => story.bringBack());

afterEach(() => story.sluice.healthy());

const at = (name: EffectName, when: 'before' | 'after') => ({ effect: effectCalled(name), when });
/** The standby is up, and the old one does not know yet that it is to stop. */
const UP = at('the stop with savepoint', 'before');

describe('of the standby, before the old instance is stopped,', () => {
  test('the JobManager is killed: the upgrade goes on, or leaves the old instance running', async () => {
    const operation = await story.upgradeAt(UP, async () => killPart((await story.newParts()).jobManager));
    expect(operation.savepoint).toBeTruthy();
    await story.expectClearEnd(operation);
    expect(await story.driver.view()).toMatchObject({ state: 'running' });
  });

  test('the TaskManager is killed: the upgrade succeeds', async () => {
    const operation = await story.upgradeAt(UP, async () => killPart((await story.newParts()).taskManagers[0]!));
    expect(operation).toMatchObject({ outcome: 'succeeded', error: null });
    await story.expectClearEnd(operation);
  });

  test('the JobManager is killed right after the submit: the old instance runs on, untouched', async () => {
    const operation = await story.upgradeAt(at('the submit', 'after'), async () =>
      killPart((await story.newParts()).jobManager),
    );
    expect(operation).toMatchObject({ outcome: 'failed', savepoint: null });
    expect(await liveApplicationsOf(story.job)).toEqual([story.before.applicationId]);
    const { applicationId, number } = story.before;
    expect(await story.driver.view()).toMatchObject({ state: 'running', deployment: { applicationId, number } });
  });
});

describe('of the old instance, while the standby waits,', () => {
  test('the JobManager is killed before it hears of the stop: nothing runs, nothing waits, and it is said why', async () => {
    const { jobManager } = await story.oldParts();
    const operation = await story.upgradeAt(UP, () => killPart(jobManager), 'cut');
    expect(operation).toMatchObject({ outcome: 'failed', savepoint: null });
    await story.expectClearEnd(operation);
  });

  test('the JobManager is killed once its savepoint is complete: YARN proves its death, and the standby takes over', async () => {
    const { jobManager } = await story.oldParts();
    const operation = await story.upgradeAt(at('the new deployment', 'before'), () => killPart(jobManager));
    expect(operation).toMatchObject({ outcome: 'succeeded', error: null, handover: { how: 'warm' } });
    await story.expectClearEnd(operation);
  });

  test('the TaskManager is killed at the stop: a clear end', async () => {
    const { taskManagers } = await story.oldParts();
    await story.expectClearEnd(await story.upgradeAt(UP, () => killPart(taskManagers[0]!)));
  });
});

describe('of the standby, once the old instance is over,', () => {
  test.each([at('the open gate', 'before'), at('the open gate', 'after')])(
    'the JobManager is killed $when its gate opens: a clear end, with the savepoint of the stop to go on from',
    async (place) => {
      const operation = await story.upgradeAt(place, async () => killPart((await story.newParts()).jobManager));
      expect(operation.savepoint).toBeTruthy();
      await story.expectClearEnd(operation);
    },
  );

  test('the TaskManager is killed as its gate opens: a clear end', async () => {
    const operation = await story.upgradeAt(at('the open gate', 'after'), async () =>
      killPart((await story.newParts()).taskManagers[0]!),
    );
    await story.expectClearEnd(operation);
  });
});

describe.each(['yarn-a-nodemanager', 'yarn-a-resourcemanager'])('%s is killed and comes back', (component) => {
  const restart = async (): Promise<void> => {
    await stopComponent(component, 'SIGKILL');
    await startComponent(component);
  };

  test.each([
    { moment: 'while the standby comes up', place: at('the submit', 'after') },
    { moment: 'while the standby waits', place: UP },
    { moment: 'as the standby takes over', place: at('the open gate', 'before') },
  ])('$moment: the upgrade succeeds', async ({ place }) => {
    const operation = await story.upgradeAt(place, restart);
    expect(operation).toMatchObject({ outcome: 'succeeded', error: null });
    await story.expectClearEnd(operation);
  });
});

test('over all of it one instance ran at every moment, and nothing was lost', async () => {
  await story.bringBack();
  expect((await story.outsider.conclude({ repeats: 'explained' })).problems).toEqual([]);
});

test('each operation is in the audit log once', () => expectAudited(story.driver, story.operations));
