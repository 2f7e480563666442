/** Moving a job in the console: the clusters to choose from, the risk of a silent cluster, and the word that it has moved. */
import { expect, test } from 'vitest';
import { deployment } from '../../support/deployment.ts';
import { planOf, refusedPlan } from './plans.ts';
import { useWorld, worldWith } from './use-world.ts';
import { expectAccessible } from './world.ts';

const JOB = 'clicks-prod';
const ownership = { project: 'clicks', team: 'ads-streaming', environment: 'prod' };
const placed = { cluster: 'yarn-a', backups: ['yarn-b', 'yarn-c'], moved: null };
const current = { ...deployment, job: JOB, placed };
const up = { ownership, current, contact: 'lives', desired: 'running' } as const;

const world = useWorld(
  worldWith(({ gateway }) => {
    gateway.put(JOB, { ...up, state: 'running' });
    gateway.plansSay = ({ request }) => planOf(request.kind);
  }),
);

const dialog = () => world.page.getByRole('dialog');
async function open(name: string): Promise<void> {
  const bar = world.page.getByRole('group', { name: `Actions on ${JOB}` });
  await bar.getByRole('button', { name: 'More actions' }).click();
  await bar.getByRole('button', { name: `${name}…` }).click();
}

test('the clusters are those of the deployment file, and other tools send the same', async () => {
  const { gateway, page } = world;
  await world.signIn(`/jobs/${JOB}`);
  await open('Fail over');
  const to = dialog().getByLabel('To cluster');
  await expect.poll(() => to.locator('option').allTextContents()).toEqual(['yarn-b, the first', 'yarn-c']);
  await to.selectOption('yarn-c');
  await dialog()
    .getByLabel(/^Reason/)
    .fill('yarn-a is slow');
  await dialog().getByText('Failover as planned.').waitFor();
  await dialog().getByText('Copy as CLI').click();
  await dialog().getByText(`sluice failover ${JOB} --to yarn-c`).waitFor();
  await expectAccessible(page);
  await dialog()
    .getByRole('button', { name: `Move ${JOB} to another cluster` })
    .click();
  await dialog().waitFor({ state: 'detached' });
  expect(gateway.submitted).toMatchObject([{ kind: 'failover', request: { to: 'yarn-c', reason: 'yarn-a is slow' } }]);
});

test('the risk of a silent cluster takes a person who accepts it, a reason and the name of the job', async () => {
  const { gateway, page } = world;
  gateway.put(JOB, { ...up, state: 'unreachable', contact: 'silent' });
  gateway.plansSay = ({ request }) =>
    'confirmUnfenced' in request ? planOf('failover', { stop: null }) : refusedPlan('failover', 'fenced', 'NotFenced');
  await world.signIn(`/jobs/${JOB}`);
  await open('Fail over');
  await dialog().getByRole('button', { name: 'Accept it' }).click();
  const send = dialog().getByRole('button', { name: `Move ${JOB} to another cluster` });
  await dialog()
    .getByLabel(/^The old instance, which nobody can reach/)
    .check();
  await dialog()
    .getByLabel(/^Reason/)
    .fill('yarn-a burns');
  await send.click({ force: true });
  expect(gateway.submitted).toEqual([]);
  await dialog().getByLabel(`Type ${JOB} to confirm`).fill(JOB);
  await expectAccessible(page);
  await send.click();
  await dialog().waitFor({ state: 'detached' });
  expect(gateway.submitted[0]?.request).toMatchObject({ confirmUnfenced: true, reason: 'yarn-a burns' });
});

test('a job that was moved says from where and by whom, and is moved back', async () => {
  const { gateway, page } = world;
  const moved = { from: 'yarn-a', by: 'op-of-oncall', at: '2026-01-01T00:00:00.000Z' };
  gateway.put(JOB, {
    ...up,
    state: 'running',
    current: { ...current, cluster: 'yarn-b', placed: { ...placed, moved } },
  });
  await world.signIn(`/jobs/${JOB}`);
  await page.getByText('yarn-b moved from yarn-a by operation op-of-oncall').waitFor();
  await open('Fail back');
  await dialog()
    .getByLabel(/^Reason/)
    .fill('yarn-a is back');
  await dialog().getByText('Failback as planned.').waitFor();
  await expectAccessible(page);
  await dialog()
    .getByRole('button', { name: `Move ${JOB} back` })
    .click();
  await dialog().waitFor({ state: 'detached' });
  expect(gateway.submitted).toMatchObject([{ kind: 'failback' }]);
});
