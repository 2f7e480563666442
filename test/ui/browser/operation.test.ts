/** The page of an operation: in progress, rolled back, refused to a person, of a job that is gone. */
import { describe, expect, test } from 'vitest';
import { endOperation, JOB, putHistory, savepoint, starting } from './history.ts';
import { expectFineInEveryLook } from './looks.ts';
import { useWorld, worldWith } from './use-world.ts';
import { comeBackUntil, expectAccessible } from './world.ts';

const world = useWorld(worldWith(putHistory));

const panel = (name: string) => world.page.getByRole('region', { name });

describe('an operation that was rolled back', () => {
  test('says why, what runs, where the state is, what it brought, and has the evidence', async () => {
    const { page, signIn } = world;
    await signIn(`/jobs/${JOB}/operations/op-2`);
    await page.getByRole('heading', { name: `deploy of ${JOB}` }).waitFor();
    const story = page.getByRole('region', { name: 'The deploy in words' });
    for (const said of [
      'by ann (console)',
      'more workers for the sale',
      'The JVM ran out of heap',
      'OutOfMemoryError: Java heap space',
      'deployment 3 (application_1_0003 on cluster yarn-a) runs',
      `safe in ${savepoint}`,
      'Raise taskManager.memory',
      'revert it when nothing is left',
    ])
      await story.getByText(said).first().waitFor();
    const phases = panel('Phases');
    expect(await phases.getByRole('row').allInnerTexts()).toHaveLength(9);
    await phases.getByRole('rowheader', { name: 'ended here: starting' }).waitFor();
    await panel('What it brought').getByRole('link', { name: 'deployment 2' }).waitFor();
    await panel('What it brought').getByRole('link', { name: 'deployment 3' }).waitFor();
    const difference = panel('Difference that it brought');
    await difference.getByText('1 added · 1 removed lines').waitFor();
    await difference.getByText('changed, hidden').waitFor();
    expect(await page.content()).not.toContain('canary');
    const evidence = panel('Saved evidence');
    await evidence.getByText('Count (1/4)').waitFor();
    await evidence.getByText('jobmanager.log').click();
    await evidence.getByText('INFO starting').waitFor();
    await panel('Request').getByText('job.parallelism').waitFor();
    await expectAccessible(page);
    await page.getByRole('link', { name: 'Launch again…' }).click();
    expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe(`/jobs/${JOB}/launch?from=op-2`);
  });
});

describe('an operation in progress', () => {
  test('goes on by itself: what it waits for, its steps, and how it ends', async () => {
    const { page, gateway, signIn } = world;
    const job = gateway.jobs.get(JOB)!;
    job.taken = starting();
    job.memory = {
      ...job.memory,
      current: { ...job.memory.current!, operationId: 'op-4', number: 4, runningAt: null },
    };
    const told = {
      name: 'awaitRunning',
      seen: 'job RUNNING: Count SCHEDULED',
      at: new Date().toISOString(),
      attempt: 2,
    };
    gateway.pending.set(JOB, [{ ...told, lastFailure: 'the JobManager did not answer' }]);
    await signIn(`/jobs/${JOB}/operations/op-4`);
    const story = page.getByRole('region', { name: 'The deploy in words' });
    await story.getByText('job RUNNING: Count SCHEDULED').waitFor();
    await story.getByText('attempt 2').waitFor();
    await story.getByText('the JobManager did not answer').waitFor();
    await panel('Phases').getByText('of at most 5 min').waitFor();
    await page.getByText('Steps that are under way').click();
    await page.getByRole('rowheader', { name: 'awaitRunning' }).waitFor();
    await page.getByRole('rowheader', { name: 'verifying' }).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Cancel deploy…' }).click();
    const dialog = page.getByRole('dialog', { name: `Cancel the deploy of ${JOB}` });
    await dialog.getByLabel('Reason').fill('wrong release');
    await dialog.getByRole('button', { name: 'Cancel the deploy' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(gateway.cancelled).toMatchObject([{ operation: 'op-4', reason: 'wrong release' }]);
    const now = new Date().toISOString();
    const [checking, start] = job.taken.phases;
    job.taken = starting({
      phase: 'verifying',
      phases: [checking!, { ...start!, endedAt: now }, { name: 'verifying', startedAt: now, endedAt: null }],
    });
    await story.getByText('waits for its first completed checkpoints').waitFor();
    await endOperation(world, 'succeeded');
    await page.getByText('succeeded').waitFor();
    await story.getByText('Took').waitFor();
    await panel('Saved evidence').getByText('nothing was saved').waitFor();
  });
});

describe('an operation', () => {
  test('that never was is not there; a record that S3 has stays when Temporal is away', async () => {
    const { page, gateway, signIn } = world;
    await signIn(`/jobs/${JOB}/operations/never`);
    await page.getByText(`${JOB} has no operation never`).waitFor();
    await page.goto(`/jobs/${JOB}/operations/op-2`);
    const story = page.getByRole('region', { name: 'The deploy in words' });
    await story.waitFor();
    gateway.down();
    await comeBackUntil(page, () => page.getByText('Temporal does not answer since').isVisible());
    await story.getByText('The JVM ran out of heap').waitFor();
    const hint = page.locator('.hinted', { hasText: 'Launch again…' }).getByRole('tooltip', { includeHidden: true });
    expect(await hint.textContent()).toBe('Temporal does not answer');
  });

  test('has no fault and nothing beside the window in any look', async () => {
    const { page, signIn } = world;
    await signIn(`/jobs/${JOB}/operations/op-2`);
    await page.getByText('changed, hidden').waitFor();
    await page.getByText('Count (1/4)').waitFor();
    await expectFineInEveryLook(page);
  });
});
