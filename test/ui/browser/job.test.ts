/** The page of a job: why it is in its state, what it waits for, what comes next; its panels and its parts. */
import { beforeAll, describe, expect, test } from 'vitest';
import { deploymentKey, fenceKey } from '../../../src/domain/identity/storage-keys.ts';
import { openWorldOfJobs } from './cluster.ts';
import { deploymentOf, operationOf, putJobsInStates } from './jobs-in-states.ts';
import { expectFineInEveryLook } from './looks.ts';
import { useWorld } from './use-world.ts';
import { expectAccessible } from './world.ts';

const world = useWorld(openWorldOfJobs, 'all tests');
beforeAll(() => world.signIn('/jobs/healthy-prod'));

/** Goes there as a link does. */
const go = async (path: string): Promise<void> => {
  await world.page.evaluate(`history.pushState(null, '', '${path}')`);
};
const why = () => world.page.getByRole('region', { name: 'Why' });

describe('the Why box', () => {
  test.each([
    ['healthy-prod', ['has been RUNNING', 'deployment #6', 'The job runs until somebody stops it']],
    ['degraded-prod', ['no checkpoint has completed for 14 minutes', 'Checkpoint expired before completing.']],
    ['failed-prod', ['a person must find out why', 'ran out of heap', 'OutOfMemoryError', 'Raise taskManager.memory']],
    ['stopped-prod', ['somebody wanted the job stopped', 'stop by ann', 'Resume the job']],
    ['finished-prod', ['reached the end of its bounded input', 'finished']],
    ['unreachable-prod', ['The job may still run', 'Wait until Sluice can tell', 'yarn-a']],
    ['pending-prod', ['A stop has no known outcome yet, so nothing may be started.']],
    ['given-up-prod', ['may still run and write its output', 'the node burnt down']],
    ['new-prod', ['The job was never deployed.', 'Deploy the job, adopt']],
    [
      'starting-prod',
      [
        'deploy of clicks/1.2.1',
        'raise memory',
        'Now starting',
        'of at most 5 min',
        'Source: clicks DEPLOYING',
        'Attempt 2',
        'the JobManager did not answer',
        'verifying: The instance runs',
        'If it fails',
        'starts the deployment that ran before again',
        'Sluice kills the new instance',
        '1 request was refused',
      ],
    ],
  ] as const)('says of %s what is known', async (job, texts) => {
    await go(`/jobs/${job}`);
    await world.page.getByRole('heading', { level: 1, name: job }).waitFor();
    for (const text of texts) await why().getByText(text).first().waitFor();
  });

  test('follows the operation, and says so when it has ended', async () => {
    const { gateway, page } = world;
    await go('/jobs/starting-prod');
    await why().getByText('Now starting').waitFor();
    const job = gateway.jobs.get('starting-prod');
    if (!job?.taken) throw new Error('nothing is in progress');
    const now = new Date().toISOString();
    const before = job.taken.phases.map((span) => ({ ...span, endedAt: span.endedAt ?? now }));
    const phases = [...before, { name: 'verifying' as const, startedAt: now, endedAt: null }];
    job.taken = { ...job.taken, phase: 'verifying', phases };
    await why().getByText('Now verifying').waitFor();
    await page.getByRole('table', { name: 'Phases of the deploy' }).getByText('recording').waitFor();
    gateway.end('starting-prod');
    await why().getByText('has been RUNNING').waitFor();
    await page.getByRole('table', { name: 'Operations' }).getByText('succeeded').first().waitFor();
  });

  test('is dimmed while Temporal is away, and nothing can be asked', async () => {
    const { gateway, page } = world;
    await go('/jobs/failed-prod');
    await why().getByText('ran out of heap').waitFor();
    gateway.down();
    await go('/jobs/stopped-prod');
    await page.getByText('Temporal does not answer since').waitFor();
    await go('/jobs/failed-prod');
    await why().getByText('ran out of heap').waitFor();
    const launch = page.getByRole('group', { name: /^Actions/ }).getByRole('button', { name: 'Launch…' });
    await expect.poll(() => launch.getAttribute('aria-disabled')).toBe('true');
    gateway.down(false);
    await page.getByText('Temporal does not answer since').waitFor({ state: 'detached' });
  });
});

describe('the panels', () => {
  test('have checkpoints as figures, a chart and a table', async () => {
    const { page } = world;
    await go('/jobs/healthy-prod');
    await page.getByText('8 completed, 0 failed').waitFor();
    await page
      .getByRole('img', { name: /The last checkpoints: 8 points, newest Duration 0\.9 s, Size 4\.0 GB/ })
      .waitFor();
    await page.getByText('The same as a table').first().click();
    await page.getByRole('cell', { name: '4.0 GB' }).first().waitFor();
    expect(await page.locator('canvas').count()).toBe(1);
  });

  test('have restore points, deployments, history and upgrades', async () => {
    const { page } = world;
    const deployments = page.getByRole('table', { name: 'Deployments' });
    await deployments.getByRole('link', { name: '#6', exact: true }).waitFor();
    expect(await deployments.getByRole('row').count()).toBe(6);
    const history = page.getByRole('table', { name: 'Operations' });
    await history.getByText('rolled back').waitFor();
    await history.getByText('“more memory for the join”').first().waitFor();
    await page.getByRole('table', { name: 'Restore points' }).getByText('periodic').waitFor();
    await page.getByText(/^Usually \d+ s in all; downtime \d+ s$/).waitFor();
    await expectAccessible(page);
  });

  test('show a hotfix beside the file, and offer to take it back', async () => {
    const { page } = world;
    await go('/jobs/hotfixed-prod');
    const row = page.getByRole('table', { name: 'Values of the hotfix' }).getByRole('row').nth(1);
    await row.getByText('896m').waitFor();
    await row.getByText('1600m').waitFor();
    await page.getByText('OutOfMemoryError since noon').waitFor();
    await page.getByRole('button', { name: 'Revert hotfix…' }).first().click();
    await page.getByRole('dialog', { name: /Revert/ }).waitFor();
    await page.keyboard.press('Escape');
  });
});

describe('the parts', () => {
  test('are reached by tabs; the history is filtered in the address', async () => {
    const { page } = world;
    await go('/jobs/healthy-prod');
    await page.getByRole('link', { name: 'History' }).click();
    await page.getByRole('button', { name: 'Outcome' }).click();
    await page.getByRole('checkbox', { name: 'rolledBack' }).check();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('table', { name: 'Operations' }).getByRole('row').count()).toBe(2);
    expect(new URL(page.url()).searchParams.get('outcome')).toBe('rolledBack');
    await page.reload();
    await expect.poll(() => page.getByRole('table', { name: 'Operations' }).getByRole('row').count()).toBe(2);
    await expectAccessible(page);
  });

  test('have the end of a log, its lines with a word, and the exceptions', async () => {
    const { page } = world;
    await go('/jobs/healthy-prod/logs');
    const text = page.getByRole('region', { name: 'End of jobmanager.log' });
    await text.getByText('INFO line 39 of the log').waitFor();
    await page.getByLabel('Only lines with').fill('line 7 ');
    await page.getByText('1 of 40 lines').waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Exceptions' }).click();
    await page.getByText('the broker is away').first().waitFor();
    expect(new URL(page.url()).searchParams.get('show')).toBe('exceptions');
  });

  test('have the effective configuration by origin, all restore points and deployments', async () => {
    const { page } = world;
    await go('/jobs/healthy-prod/configuration');
    await page.getByRole('button', { name: 'Origin' }).click();
    await page.getByRole('checkbox', { name: 'hotfix' }).check();
    await page.keyboard.press('Escape');
    await expect
      .poll(() => page.getByRole('table', { name: 'Effective configuration' }).getByRole('row').count())
      .toBe(2);
    await expectAccessible(page);
    await go('/jobs/healthy-prod/deployments');
    await expect.poll(() => page.getByRole('table', { name: 'Deployments' }).getByRole('row').count()).toBe(7);
    await go('/jobs/healthy-prod/restore-points');
    await page.getByRole('button', { name: 'Start here…' }).click();
    await page.getByRole('dialog', { name: /Restart/ }).waitFor();
    await page.keyboard.press('Escape');
  });

  test('say that a job is not there, and offer to recover one that was lost', async () => {
    const { page, s3 } = world;
    await go('/jobs/nobody-prod');
    await page.getByRole('alert').getByText('it was never deployed').first().waitFor();
    expect(await page.getByRole('alert').allTextContents()).toHaveLength(1);
    await s3.put(deploymentKey('lost-prod', 1), JSON.stringify(deploymentOf('lost-prod', { number: 1 })));
    await s3.put(fenceKey('lost-prod'), '{}');
    await go('/jobs/lost-prod');
    await page.getByRole('alert').getByText('S3 has records of its starts').waitFor();
    await page.getByRole('button', { name: 'Recover…' }).waitFor();
    await expectAccessible(page);
  });

  test('lead to all jobs of the owner, whose name is any text', async () => {
    const { page, gateway } = world;
    const team = 'ads & streaming';
    gateway.put('owned-prod', { state: 'running', ownership: { project: 'clicks', team, environment: 'prod' } });
    await go('/jobs/owned-prod');
    await page.getByRole('link', { name: team }).click();
    await page.getByRole('link', { name: 'owned-prod' }).waitFor();
    expect(new URL(page.url()).searchParams.get('owner')).toBe(team);
    expect(await page.getByRole('link', { name: 'stopped-prod' }).count()).toBe(0);
  });

  test('have keys that go somewhere', async () => {
    const { page } = world;
    await go('/jobs/healthy-prod');
    await why().waitFor();
    await page.getByRole('heading', { level: 1 }).focus();
    await page.keyboard.press('e');
    await expect.poll(() => new URL(page.url()).pathname).toBe('/jobs/healthy-prod/history');
    await page.keyboard.press('Escape');
    await expect.poll(() => new URL(page.url()).pathname).toBe('/jobs');
  });
});

describe('the page', () => {
  test('has no fault and nothing beside the window in any look', async () => {
    const { gateway, page } = world;
    putJobsInStates(gateway);
    const job = gateway.jobs.get('starting-prod');
    if (job) job.memory = { ...job.memory, operations: [operationOf('starting-prod', { id: 'deploy-1', since: 900 })] };
    await page.goto('/jobs/starting-prod');
    await page.getByText('Now starting').waitFor();
    await page.getByRole('table', { name: 'Operations' }).waitFor();
    await expectFineInEveryLook(page);
  });
});
