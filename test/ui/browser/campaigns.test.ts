/**
 * Campaigns in the console: the list, the page of one with its jobs and commands, and the drain of a cluster.
 *
 * Seen to fail: a command that is offered to those who may not; a drain without its plan; a failed job without its reason.
 */
import { describe, expect, test } from 'vitest';
import { jobAccepted, jobAsked, jobEnded, jobRefused } from '../../../src/domain/campaign/transitions.ts';
import { deploymentKey } from '../../../src/domain/identity/storage-keys.ts';
import { plan } from '../../domain/campaign/plans.ts';
import { deployment } from '../../support/deployment.ts';
import { openAdminWorld } from './admin-world.ts';
import { expectFineInEveryLook } from './looks.ts';
import { useWorld } from './use-world.ts';
import { expectAccessible } from './world.ts';

const world = useWorld(openAdminWorld);
const JOBS = ['clicks-prod', 'orders-prod', 'views-prod', 'rides-prod'];

/** The jobs have succeeded, failed, been busy, and are waiting, in this order. */
async function begin(more: Parameters<typeof plan>[1] = {}): Promise<void> {
  const { campaigns } = world;
  const leftOut = [{ job: 'stopped-prod', why: 'it is stopped' }];
  await campaigns.start(plan(JOBS, { canaries: 1, stopAfter: 3, reason: 'new disks', leftOut, ...more }));
  const at = new Date().toISOString();
  const end = { deployment: 3, code: null, detail: null };
  const failed = { outcome: 'rolledBack', deployment: 4, code: 'StartFailed', detail: 'main() failed' } as const;
  let memory = campaigns.memories.get('nightly')!;
  for (const place of [0, 1]) memory = jobAccepted(jobAsked(memory, place, at), place, at);
  memory = jobEnded(jobEnded(memory, 0, { outcome: 'succeeded', ...end }, at), 1, failed, at);
  memory = jobRefused(jobAsked(memory, 2, at), 2, { code: 'OperationInProgress', detail: 'held by a deploy' }, at);
  campaigns.memories.set('nightly', memory);
}

const row = (name: string) => world.page.getByRole('row').filter({ hasText: name });

describe('campaigns', () => {
  test('are listed with how far they have come, and each has a page with its jobs and history', async () => {
    const { page } = world;
    await world.signIn('/campaigns');
    await page.getByText('No campaign was ever begun.').waitFor();
    await expectAccessible(page);
    await begin();
    await page.getByRole('link', { name: 'Clusters' }).click();
    await page.getByRole('link', { name: 'Campaigns' }).click();
    await row('nightly').getByText('1 of 4 · 1 failed').waitFor();
    await expectFineInEveryLook(page);

    await page.getByRole('link', { name: 'nightly' }).click();
    await page.getByText('1 of 4 succeeded · 1 failed · 2 waiting').waitFor();
    await page.getByText('1 canary first, 2 at a time, stops after 3 failures').waitFor();
    await row('clicks-prod').getByText('canary').waitFor();
    await row('orders-prod').getByText('main() failed').waitFor();
    const operation = row('orders-prod').getByRole('link', { name: 'its operation' });
    expect(await operation.getAttribute('href')).toBe('/jobs/orders-prod/operations/campaign-nightly');
    await row('views-prod')
      .getByText(/held by a deploy/)
      .waitFor();
    await row('stopped-prod').getByText('it is stopped').waitFor();
    const history = page.getByRole('table', { name: 'History of the campaign' });
    await history.getByRole('row').filter({ hasText: 'started' }).getByText('oncall').waitFor();
    await expectFineInEveryLook(page);
  });

  test('are paused, resumed and stopped with a reason that the history shows', async () => {
    const { page } = world;
    await begin();
    await world.signIn('/campaigns/nightly');
    await page.getByRole('button', { name: 'Pause…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Operations that are under way go on.').waitFor();
    await expectAccessible(page);
    await dialog.getByLabel('Reason').fill('a look');
    await dialog.getByRole('button', { name: 'Pause the campaign' }).click();
    await row('a look').getByText('admin').waitFor();
    await page.getByRole('button', { name: 'Resume…' }).click();
    await dialog.getByRole('button', { name: 'Resume the campaign' }).click();
    await page.getByRole('button', { name: 'Stop…' }).click();
    await dialog.getByRole('button', { name: 'Stop the campaign' }).click();
    await page.getByText('Somebody stopped it before all jobs were done.').waitFor();
    await page.getByRole('button', { name: 'Stop…' }).hover();
    await page.getByText('The campaign has ended: stopped').filter({ visible: true }).waitFor();
  });

  test('of others show numbers, and the jobs that somebody may see; their commands say why not', async () => {
    const { page } = world;
    await begin();
    const { token } = await world.tokenFor([{ role: 'deployer', teams: ['ads-streaming'] }]);
    await world.signIn('/campaigns/nightly', token);
    await page.getByText('3 of its jobs are not shown, because you may not see them.').waitFor();
    expect(await page.getByText('orders-prod').count()).toBe(0);
    const button = page.getByRole('button', { name: 'Pause…' });
    await button.hover();
    await page
      .getByText(/Only oncall, who began it/)
      .first()
      .waitFor();
    expect(await button.getAttribute('aria-disabled')).toBe('true');
  });
});

test('a drain shows which jobs move and which stay, and leads to its campaign', async () => {
  const { page, s3, gateway, campaigns } = world;
  const ownership = { project: 'clicks', team: 'ads-streaming', environment: 'prod' };
  for (const [job, backups] of [
    ['clicks-prod', ['yarn-b']],
    ['clicks-alone', []],
  ] as const) {
    const placed = { cluster: 'yarn-a', backups: [...backups], moved: null };
    const current = { ...deployment, job, placed, release: 'clicks/1.0.0' };
    await s3.put(deploymentKey(job, current.number), JSON.stringify(current));
    gateway.put(job, { state: 'running', current, ownership });
  }
  await world.signIn('/clusters/yarn-a');
  await page.getByRole('button', { name: 'Drain…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Show the plan' }).hover();
  await dialog.getByText('Say why').waitFor();
  await dialog.getByLabel('Reason').fill('new disks');
  await dialog.getByLabel('Jobs at a time').fill('5');
  await dialog.getByRole('button', { name: 'Show the plan' }).click();
  const moves = dialog.getByRole('table', { name: 'Jobs that move' });
  await moves.getByRole('row').filter({ hasText: 'clicks-prod' }).getByText('yarn-b').waitFor();
  const stays = dialog.getByRole('table', { name: 'Jobs that stay' });
  await stays.getByText('its deployment file names no cluster besides yarn-a').waitFor();
  await expectFineInEveryLook(page);
  expect(campaigns.started).toEqual([]);
  await dialog.getByRole('button', { name: 'Drain the cluster' }).click();
  await page.waitForURL(/\/campaigns\/drain-/);
  await page.getByText('Moves each job to another cluster').waitFor();
  expect(campaigns.started).toMatchObject([{ kind: 'move', reason: 'new disks', maxParallel: 5, by: 'admin' }]);
  await page.goto('/clusters/yarn-a');
  await page.getByText(/by admin: new disks/).waitFor();
});
