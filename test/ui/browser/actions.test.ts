/**
 * The operations of a job as a person asks for them: what is offered, what is shown before, what it takes, and every end.
 *
 * Seen to fail: with a new id for each request, with a kill that does not ask for the name, with a plan that is not made again
 * after 412, with a request for each click.
 */
import { beforeEach, describe, expect, test } from 'vitest';
import { recordOf } from '../../api/fake-gateway.ts';
import { planOf, refusedPlan, stopOf } from './plans.ts';
import { useWorld, worldWith } from './use-world.ts';
import { expectAccessible, signInAgain } from './world.ts';

const JOB = 'clicks-prod';
const ownership = { project: 'clicks', team: 'ads-streaming', environment: 'prod' };

const world = useWorld(
  worldWith(({ gateway }) => {
    gateway.put(JOB, { state: 'running', ownership });
    gateway.plansSay = ({ request }) => planOf(request.kind);
  }),
);

const button = (name: string | RegExp) => world.page.getByRole('button', { name });
const dialog = () => world.page.getByRole('dialog');
const inDialog = (name: string | RegExp) => dialog().getByRole('button', { name });
/** The operation of somebody else takes the job. */
function taken(id: string): void {
  const sender = { door: 'api', actor: 'ci' } as const;
  const record = recordOf({ job: JOB, kind: 'restart', request: { id }, sender, start: false } as never);
  world.gateway.jobs.get(JOB)!.taken = record;
}

async function openStop(): Promise<void> {
  await world.signIn(`/jobs/${JOB}`);
  await button('Stop…').click();
  await dialog()
    .getByLabel(/^Reason/)
    .fill('the topic moves');
  await dialog().getByText('Stop as planned.').waitFor();
}

describe('an action', () => {
  test('shows its plan, and is sent once, bound to that plan', async () => {
    const { gateway, page } = world;
    await openStop();
    await dialog().getByText('#9 with a savepoint (application_1700000000000_0009 on yarn-a)').waitFor();
    await dialog().getByText('6 checks pass').click();
    await expectAccessible(page);
    await inDialog(`Stop ${JOB}`).dblclick();
    await page.getByText(`The stop of ${JOB} has begun`).waitFor();
    await dialog().waitFor({ state: 'detached' });
    expect(gateway.submitted).toHaveLength(1);
    expect(gateway.submitted[0]?.request).toMatchObject({
      reason: 'the topic moves',
      id: expect.stringMatching(/^console-/) as unknown,
      ifRevision: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown,
    });
  });

  test('that would be refused says so in red, with what to do', async () => {
    const { gateway } = world;
    gateway.plansSay = () => refusedPlan('restart', 'restorePoint', 'DiscardsNewerState');
    await world.signIn(`/jobs/${JOB}`);
    await button('Restart…').click();
    await dialog().getByText('This would start the job from older state').waitFor();
    await inDialog(`Restart ${JOB}`).focus();
    await dialog()
      .getByRole('tooltip', { name: /see the red checks/ })
      .waitFor();
    // The risk that the check names can be accepted here, and then asks for its own proof.
    gateway.plansSay = () => planOf('restart');
    await inDialog('Accept it').click();
    await dialog().getByText('The job begins from older state than it has had').waitFor();
    expect(gateway.planned.at(-1)?.request).toMatchObject({ kind: 'restart', discardNewerState: true });
    await expectAccessible(world.page);
  });

  test('keeps no risk that was accepted for another choice', async () => {
    const { gateway, page } = world;
    gateway.plansSay = ({ request }) =>
      'acceptStateRisk' in request ? planOf('restart') : refusedPlan('restart', 'restorePoint', 'StateRisk');
    await world.signIn(`/jobs/${JOB}`);
    await button('Restart…').click();
    await dialog().getByText('Start from another state').click();
    await dialog()
      .getByRole('radio', { name: /^Another path/ })
      .check();
    await dialog().getByLabel('Path of the restore point').fill('s3://bucket/savepoints/one');
    await inDialog('Accept it').click();
    const risk = dialog().getByLabel(/^Flink may not be able to read the state/);
    await risk.waitFor();
    await dialog().getByLabel('Path of the restore point').fill('s3://bucket/savepoints/two');
    await risk.waitFor({ state: 'detached' });
    await inDialog('Accept it').waitFor();
    await inDialog('Cancel').click();
    gateway.put(JOB, { state: 'unreachable', ownership });
    await button('Kill…').first().click();
    const loss = dialog().getByLabel(/^An instance that nobody can reach may still run/);
    await dialog()
      .getByLabel(/^By force/)
      .check();
    await dialog()
      .getByLabel(/^Give the instance up/)
      .check();
    await loss.waitFor();
    await dialog()
      .getByLabel(/^By force/)
      .uncheck();
    await loss.waitFor({ state: 'detached' });
    await expectAccessible(page);
  });

  test('that nobody can bring back takes a tick, a reason and the name, and the first key does nothing', async () => {
    const { gateway, page } = world;
    gateway.plansSay = () => planOf('kill', { stop: stopOf('none') });
    await world.signIn(`/jobs/${JOB}`);
    await button('Kill…').click();
    await expect.poll(async () => await page.evaluate<string>('document.activeElement.textContent')).toBe('Cancel');
    const send = inDialog(`Kill ${JOB}`);
    await dialog()
      .getByLabel(/^Reason/)
      .fill('stuck');
    await send.click({ force: true });
    await dialog()
      .getByLabel(/^The application ends at once/)
      .check();
    await send.click({ force: true });
    await dialog().getByLabel(`Type ${JOB} to confirm`).fill('clicks');
    await send.click({ force: true });
    expect(gateway.submitted).toEqual([]);
    await expectAccessible(page);
    await dialog().getByLabel(`Type ${JOB} to confirm`).fill(JOB);
    await send.click();
    await dialog().waitFor({ state: 'detached' });
    expect(gateway.submitted.map(({ kind }) => kind)).toEqual(['kill']);
  });
});

describe('an end beside success', () => {
  test('412: plans again and marks what has changed', async () => {
    const { gateway, page } = world;
    await openStop();
    gateway.world = 'another one';
    gateway.plansSay = () => planOf('stop', { stop: { ...stopOf('savepoint'), cluster: 'yarn-b' } });
    await inDialog(`Stop ${JOB}`).click();
    await dialog().getByText('Planned again, because something has changed').waitFor();
    await dialog().locator('mark', { hasText: 'yarn-b' }).first().waitFor();
    await expectAccessible(page);
    await inDialog(`Stop ${JOB}`).click();
    await dialog().waitFor({ state: 'detached' });
    expect(gateway.submitted).toHaveLength(1);
  });

  test('412: a plan that reads the same says that it was made anew, and why, and asks again', async () => {
    const { gateway, page } = world;
    await openStop();
    gateway.world = 'another one';
    await inDialog(`Stop ${JOB}`).click();
    await dialog().getByText('its revision is another one').waitFor();
    await dialog().getByText('Nothing was done.').waitFor();
    await expectAccessible(page);
    // The plan that the API makes for the comparison sees a change that is over before the console plans again.
    gateway.world = 'a third one';
    gateway.plansSay = ({ request }) => {
      gateway.world = 'another one';
      return planOf(request.kind);
    };
    await inDialog(`Stop ${JOB}`).click();
    await dialog().getByText('the plan is the one of before').waitFor();
    expect(gateway.submitted).toEqual([]);
    await inDialog(`Stop ${JOB}`).click();
    await dialog().waitFor({ state: 'detached' });
    expect(gateway.submitted).toHaveLength(1);
  });

  test('412: what was accepted of the plan of before counts no more', async () => {
    const { gateway } = world;
    gateway.plansSay = ({ request }) =>
      'acceptStateRisk' in request ? planOf('restart') : refusedPlan('restart', 'restorePoint', 'StateRisk');
    await world.signIn(`/jobs/${JOB}`);
    await button('Restart…').click();
    await inDialog('Accept it').click();
    const risk = dialog().getByLabel(/^Flink may not be able to read the state/);
    await risk.check();
    await dialog()
      .getByLabel(/^Reason/)
      .fill('the topic moves');
    const typed = dialog().getByLabel(`Type ${JOB} to confirm`);
    await typed.fill(JOB);
    await dialog().getByText('Restart as planned.').waitFor();
    gateway.world = 'another one';
    gateway.plansSay = () => planOf('restart', { stop: { ...stopOf('savepoint'), cluster: 'yarn-b' } });
    await inDialog(`Restart ${JOB}`).click();
    await dialog().getByText('Planned again, because something has changed').waitFor();
    expect([await risk.isChecked(), await typed.inputValue()]).toEqual([false, '']);
    expect(gateway.submitted).toEqual([]);
  });

  test('409: says who was first, and offers to plan again when the job is free', async () => {
    const { gateway, page } = world;
    await openStop();
    // The page has not heard of it yet.
    await page.route('**/events*', (route) => route.abort());
    taken('op-of-ci');
    await inDialog(`Stop ${JOB}`).click();
    await dialog().getByText(`ci was first: a restart holds ${JOB}`).waitFor();
    const watch = dialog().getByRole('link', { name: 'Watch it' });
    expect(await watch.getAttribute('href')).toBe(`/jobs/${JOB}/operations/op-of-ci`);
    gateway.end(JOB);
    await inDialog('Plan again').click();
    await inDialog(`Stop ${JOB}`).click();
    await dialog().waitFor({ state: 'detached' });
  });

  test('a lost answer: asks again with the same id, and it is done once', async () => {
    const { gateway, page } = world;
    gateway.loseAnswers = 1;
    await openStop();
    await inDialog(`Stop ${JOB}`).click();
    await dialog().getByText('It is not known whether the API has taken it').waitFor();
    await page.getByText(`The stop of ${JOB} has begun`).waitFor();
    const ids = gateway.submitted.map(({ request }) => request.id);
    expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
  });

  test('403: says which right lacks; before the click where it is known', async () => {
    const { page } = world;
    const operator = await world.tokenFor([{ role: 'operator', teams: ['ads-streaming'] }]);
    await world.signIn(`/jobs/${JOB}`, operator.token);
    await button('Roll back…').focus();
    await page.getByRole('tooltip', { name: /deployer/ }).waitFor();
    await button('Stop…').click();
    await dialog()
      .getByLabel(/^Reason/)
      .fill('the topic moves');
    await dialog().getByText('Stop as planned.').waitFor();
    await operator.become([{ role: 'viewer' }]);
    await inDialog(`Stop ${JOB}`).click();
    await dialog()
      .getByRole('alert')
      .getByText(/operator/)
      .waitFor();
    await expectAccessible(page);
  });

  test('a session that ended in the dialog: all that was typed stays', async () => {
    const { context, page, gateway } = world;
    await openStop();
    await context.clearCookies();
    // Another request of the page may find the session ended first, and the login then lies over this button.
    await inDialog(`Stop ${JOB}`)
      .click({ timeout: 5_000 })
      .catch(() => undefined);
    const login = page.getByRole('dialog', { name: 'Your session has ended' });
    await signInAgain(login, world.token);
    await inDialog(`Stop ${JOB}`).click();
    await page.getByText(`The stop of ${JOB} has begun`).waitFor();
    expect(gateway.submitted[0]?.request).toMatchObject({ reason: 'the topic moves' });
  });
});

describe('while an operation runs', () => {
  beforeEach(() => taken('op-of-ci'));

  test('it can be cancelled, with what that does in its phase; all else says why not, but kill by force', async () => {
    const { gateway, page } = world;
    await world.signIn(`/jobs/${JOB}`);
    await button('Stop…').focus();
    await page.getByRole('tooltip', { name: /op-of-ci/ }).waitFor();
    await button('Kill…').click();
    expect(
      await dialog()
        .getByLabel(/^By force/)
        .isChecked(),
    ).toBe(true);
    await dialog().getByText('takes the place of the operation in progress').waitFor();
    await page.keyboard.press('Escape');
    await page
      .getByRole('group', { name: `Actions on ${JOB}` })
      .getByRole('button', { name: 'Cancel restart…' })
      .click();
    await dialog().getByText('Safe: the running instance continues untouched.').waitFor();
    await dialog().getByText('Copy as CLI').click();
    await dialog().getByText(`sluice cancel ${JOB} op-of-ci`).waitFor();
    await expectAccessible(page);
    await dialog()
      .getByLabel(/^Reason/)
      .fill('wrong release');
    await inDialog('Cancel the restart').click();
    await dialog().waitFor({ state: 'detached' });
    expect(gateway.cancelled).toMatchObject([{ operation: 'op-of-ci', reason: 'wrong release' }]);
  });
});
