/**
 * A launch in five steps: nothing that was chosen is lost on the way, edits of the file are a hotfix, and of two people one wins.
 *
 * Seen to fail: with a draft that lives in the page alone, with an editor that takes a fixed field, with an id for each opening of the last
 * step.
 */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { recordOf } from '../../api/fake-gateway.ts';
import { deployment } from '../../support/deployment.ts';
import { expectFineInEveryLook } from './looks.ts';
import { planOf } from './plans.ts';
import { fileOf, publishFiles } from './releases.ts';
import { useWorld, worldWith } from './use-world.ts';
import { expectAccessible, signInAgain } from './world.ts';

const JOB = 'clicks-prod';
const ownership = { project: 'clicks', team: 'ads-streaming', environment: 'prod' };
const hotfix = {
  ...{ set: { 'taskManager.memory': '4g' }, unset: [], declared: { 'taskManager.memory': '2g' } },
  ...{ actor: 'ann', reason: 'OutOfMemory', at: '2026-01-01T00:00:00.000Z', operationId: 'hotfix-1' },
  ...{ expiresAt: '2099-01-01T00:00:00.000Z', onExpiry: 'remind' as const },
};

const world = useWorld(
  worldWith(async (opened) => {
    opened.gateway.plansSay = ({ request }) => planOf(request.kind);
    const current = { ...deployment, job: JOB, release: 'clicks/1.1.0', hotfix };
    opened.gateway.put(JOB, { state: 'running', ownership, current });
    await publishFiles(opened, 'clicks/1.1.0', { [JOB]: fileOf(JOB) });
  }),
);

const next = (page: Page, name: string) => page.getByRole('button', { name: `Next: ${name}` }).click();
const line = (page: Page, text: string) => page.locator('.cm-line', { hasText: text });

async function typeAtEnd(page: Page, of: string, text: string): Promise<void> {
  await line(page, of).click();
  await page.keyboard.press('End');
  await page.keyboard.type(text);
}

/** As far as the plan, with another parallelism. */
async function editAndPlan(page: Page): Promise<void> {
  await page.getByRole('radio', { name: /clicks\/1\.1\.0/ }).check();
  await next(page, 'values');
  await typeAtEnd(page, 'parallelism: 2', '4');
  await page.getByRole('heading', { name: 'Your hotfix' }).waitFor();
  await next(page, 'start from');
  await next(page, 'plan');
  await page.getByText('Deploy as planned.').waitFor();
}

async function confirm(page: Page): Promise<void> {
  await next(page, 'confirm');
  await page.getByLabel(/^Reason/).fill('more load');
}

const send = (page: Page, release = 'clicks/1.1.0') =>
  page.getByRole('button', { name: `Deploy ${release} to ${JOB}` });

describe('a launch', () => {
  test('goes from a release that has just come to the job, step by step', async () => {
    const { page, gateway } = world;
    await world.signIn(`/jobs/${JOB}/launch`);
    await page.getByText('runs now').waitFor();
    await publishFiles(world, 'clicks/1.2.1', { [JOB]: fileOf(JOB, 4) });
    const fresh = page.getByRole('radio', { name: /clicks\/1\.2\.1.*new/ });
    await fresh.check();
    await page.getByText('Files').click();
    await page.getByText('12.3 MB').waitFor();
    await expectAccessible(page);
    await next(page, 'values');
    await typeAtEnd(page, 'parallelism: 4', '0');
    await page.getByText('1 of 32 paths').waitFor();
    await page.getByRole('button', { name: 'Take taskManager.memory back' }).click();
    await expectAccessible(page);
    await next(page, 'start from');
    await expectAccessible(page);
    await next(page, 'plan');
    await page.getByText('Deploy as planned.').waitFor();
    await expectAccessible(page);
    await confirm(page);
    await page.getByText('Copy as CLI').click();
    await page.getByText(/^sluice deploy clicks-prod clicks\/1\.2\.1 .*--set job\.parallelism=40/).waitFor();
    await expectAccessible(page);
    await send(page, 'clicks/1.2.1').click();
    await page.getByRole('heading', { name: JOB, exact: true }).waitFor();
    expect(gateway.submitted.map(({ kind, request }) => ({ kind, request }))).toMatchObject([
      {
        kind: 'deploy',
        request: {
          release: 'clicks/1.2.1',
          reason: 'more load',
          hotfix: { set: { 'job.parallelism': 40, 'taskManager.memory': '2g' } },
          ifRevision: expect.any(String) as unknown,
        },
      },
    ]);
  });

  test('says on the line why a field is fixed, completes names, and takes a change back', async () => {
    const { page } = world;
    await world.signIn(`/jobs/${JOB}/launch?release=clicks/1.1.0&step=values`);
    await typeAtEnd(page, 'cluster: yarn-a', 'b');
    await page.getByText('placement.cluster cannot be hotfixed: deploy a release instead').first().waitFor();
    await page.getByRole('button', { name: 'Next: start from' }).focus();
    await page.getByRole('tooltip').getByText('The file has mistakes').waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Take back', exact: true }).first().click();
    await page.getByRole('heading', { name: 'As released' }).waitFor();
    await typeAtEnd(page, 'memory: 2g', '\nsl');
    await page.getByRole('option', { name: /^slots/ }).click();
    await page.keyboard.type('2');
    await page.getByRole('listitem').filter({ hasText: 'taskManager.slots' }).waitFor();
    await page.getByRole('button', { name: 'Take all back' }).click();
    await page.getByRole('heading', { name: 'As released' }).waitFor();
  });

  test('loses nothing: going back, loading again, and a session that ends in the editor', async () => {
    const { page } = world;
    await world.signIn(`/jobs/${JOB}/launch`);
    await editAndPlan(page);
    await page.goBack();
    await page.goBack();
    await line(page, 'parallelism: 24').waitFor();
    await page.reload();
    await line(page, 'parallelism: 24').waitFor();
    await typeAtEnd(page, 'memory: 2g', ' # more');
    // Only then, because the dialog takes the keys as soon as the page asks for anything.
    await signInAgain(await world.endSession(), world.token);
    await line(page, 'memory: 2g # more').waitFor();
    await page.getByText('1 of 32 paths').waitFor();
    expect(new URL(page.url()).searchParams.get('step')).toBe('values');
  });

  test('of one job by two people at once happens once, and the other is told who was first', async () => {
    const { page, gateway } = world;
    await world.signIn(`/jobs/${JOB}/launch`);
    await editAndPlan(page);
    await confirm(page);
    const other = await (await world.context.browser()!.newContext({ baseURL: world.url })).newPage();
    try {
      await other.goto(`/jobs/${JOB}/launch`);
      await other.getByLabel('Token').fill(world.token);
      await other.getByRole('button', { name: 'Sign in with the token' }).click();
      await editAndPlan(other);
      await confirm(other);
      await Promise.all([send(page).click(), send(other).click()]);
      const both = [page, other].map(async (one) => {
        const lost = one.getByText(`admin was first: a deploy holds ${JOB}`);
        const won = one.getByRole('heading', { name: JOB, exact: true });
        await lost.or(won).waitFor();
        return await lost.isVisible();
      });
      expect((await Promise.all(both)).sort()).toEqual([false, true]);
      expect(gateway.jobs.get(JOB)?.taken?.kind).toBe('deploy');
    } finally {
      await other.context().close();
    }
  });

  test('whose plan is outdated plans again, and one whose answer is lost asks again', async () => {
    const { page, gateway } = world;
    await world.signIn(`/jobs/${JOB}/launch`);
    await editAndPlan(page);
    await confirm(page);
    gateway.world = 'another one';
    gateway.plansSay = () => planOf('deploy', { state: 'failed', stop: null, restorePoint: null });
    await send(page).click();
    await page.locator('mark', { hasText: 'failed' }).first().waitFor();
    await expectAccessible(page);
    gateway.loseAnswers = 1;
    await send(page).click();
    await page.getByText('It is not known whether the API has taken it').waitFor();
    await page.getByRole('heading', { name: JOB, exact: true }).waitFor();
    const ids = gateway.submitted.map(({ request }) => request.id);
    expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
  });
});

describe('a launch whose answer is lost', () => {
  test('is the same operation for whoever goes back and confirms again', async () => {
    const { page, gateway } = world;
    await world.signIn(`/jobs/${JOB}/launch`);
    await editAndPlan(page);
    await confirm(page);
    gateway.loseAnswers = 1_000;
    await send(page).click();
    await page.getByText('It is not known whether the API has taken it').waitFor();
    await page.getByRole('button', { name: 'Back', exact: true }).click();
    // The operation ends meanwhile, so that nothing holds the job that would keep a second one out.
    gateway.end(JOB, 'succeeded');
    await confirm(page);
    await send(page).click();
    gateway.loseAnswers = 0;
    await page.getByRole('heading', { name: JOB, exact: true }).waitFor();
    expect(new Set(gateway.submitted.map(({ request }) => request.id)).size).toBe(1);
  });
});

describe('a launch begins', () => {
  test('at its last step, which shows the whole plan to whoever has not seen it', async () => {
    const { page } = world;
    await world.signIn(`/jobs/${JOB}/launch?release=clicks/1.1.0&step=confirm`);
    const phases = page.getByRole('list', { name: 'Phases' });
    await phases.waitFor();
    await page.getByRole('navigation', { name: 'Steps' }).getByText('Plan', { exact: true }).click();
    await phases.waitFor();
    await next(page, 'confirm');
    await page.getByLabel(/^Reason/).waitFor();
    expect(await phases.count()).toBe(0);
  });

  test('at a release with several jobs, for a job that never was', async () => {
    const { page, gateway } = world;
    await publishFiles(world, 'clicks/2.0.0', {
      'clicks-new': fileOf('clicks-new'),
      'clicks-old': fileOf('clicks-old'),
    });
    await world.signIn('/launch');
    await page.getByRole('radio', { name: /clicks\/2\.0\.0/ }).check();
    await page.getByRole('button', { name: /Launch clicks-new/ }).click();
    await line(page, 'name: clicks-new').waitFor();
    await page.getByText('never deployed').waitFor();
    await next(page, 'start from');
    await page.getByText('The job has never run, so there is none.').waitFor();
    await next(page, 'plan');
    await next(page, 'confirm');
    await page.getByRole('button', { name: 'Deploy clicks/2.0.0 to clicks-new' }).click();
    await page.getByRole('heading', { name: 'clicks-new', exact: true }).waitFor();
    expect(gateway.submitted).toMatchObject([{ job: 'clicks-new', start: true, request: { release: 'clicks/2.0.0' } }]);
  });

  test('again from the history, with the values of then', async () => {
    const { page, gateway } = world;
    const request = {
      ...{ id: 'op-old', reason: 'then', release: 'clicks/1.1.0', from: 'latest-checkpoint', stopWith: 'checkpoint' },
      hotfix: { set: { 'job.parallelism': 8 } },
    };
    const sender = { door: 'api', actor: 'ann' } as const;
    const old = recordOf({ job: JOB, kind: 'deploy', request, sender, start: false } as never);
    const job = gateway.jobs.get(JOB)!;
    job.memory = {
      ...job.memory,
      operations: [{ ...old, outcome: 'succeeded', endedAt: old.acceptedAt, phase: null }],
    };
    await world.signIn('/settings');
    // A draft of some other time is not what somebody asks for.
    const draft = JSON.stringify({ overrides: { set: { 'job.parallelism': 64 }, unset: [] } });
    await page.evaluate(`sessionStorage.setItem('sluice.launch.${JOB}.clicks/1.1.0', '${draft}')`);
    await page.goto(`/jobs/${JOB}/launch?from=op-old`);
    await line(page, 'parallelism: 8').waitFor();
    await page.getByRole('navigation', { name: 'Steps' }).getByText('newest checkpoint').waitFor();
    await next(page, 'start from');
    expect(await page.getByRole('radio', { name: /^Newest checkpoint/ }).isChecked()).toBe(true);
  });

  test('as a hotfix of what runs, and reverts the hotfix when all of it is taken back', async () => {
    const { page, gateway } = world;
    await world.signIn(`/jobs/${JOB}/launch?kind=hotfix`);
    await page.getByRole('button', { name: 'Take taskManager.memory back' }).click();
    await next(page, 'start from');
    await next(page, 'plan');
    await page.getByText('RevertHotfix as planned.').waitFor();
    await page.getByRole('navigation', { name: 'Steps' }).getByText('Values').click();
    await typeAtEnd(page, 'parallelism: 2', '0');
    await next(page, 'start from');
    await next(page, 'plan');
    await confirm(page);
    await page.getByRole('button', { name: `Hotfix ${JOB}` }).click();
    await page.getByRole('heading', { name: JOB, exact: true }).waitFor();
    expect(gateway.submitted).toMatchObject([
      { kind: 'hotfix', request: { set: { 'job.parallelism': 20, 'taskManager.memory': '2g' } } },
    ]);
  });

  test('without a fault and nothing beside the window in any look', async () => {
    const { page } = world;
    await world.signIn(`/jobs/${JOB}/launch`);
    await editAndPlan(page);
    await expectFineInEveryLook(page, async (check) => {
      for (const step of ['Release', 'Values', 'Start from', 'Plan', 'Confirm']) {
        await page.getByRole('navigation', { name: 'Steps' }).getByText(step, { exact: true }).click();
        await page.getByRole('region', { name: step.split(' ')[0]!.toLowerCase() }).waitFor();
        if (step === 'Values') await line(page, 'parallelism: 24').waitFor();
        await check();
      }
    });
  });
});
