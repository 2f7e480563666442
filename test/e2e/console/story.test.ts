/**
 * The console in a real browser on the whole stack: a release appears, is launched with another value, taken back, upgraded and
 * rolled back, while an observer watches; and of two browsers that launch at once one wins.
 */
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api } from '../../support/api.ts';
import { faultsOf, openBrowser, signIn } from '../../support/browser.ts';
import { endApplicationsOf } from '../../support/outside/applications.ts';
import { watch, type Watch } from '../../support/outside/observer.ts';
import { publish } from '../../support/releases.ts';
import { newJobName, runningStack } from '../../support/stack.ts';

/** A guard against what never comes: an operation starts JVMs, on a machine that may be busy. */
const LONG = { timeout: 600_000 };
const VALUE = { path: 'taskManager.memory', declared: '896m', mine: '1000m' };
const REASON = 'the state has grown';

const stack = runningStack();
const api = new Api(stack);
const job = newJobName('console');
let browser: Browser;
let page: Page;
/** Somebody else, with a token and a browser of their own. */
let other: Page;
let outsider: Watch;
const faults: (readonly string[])[] = [];

beforeAll(async () => {
  browser = await openBrowser();
  page = await newPage();
  other = await newPage();
  outsider = await watch(job);
});

afterAll(async () => {
  await browser.close();
  await endApplicationsOf(job);
});

async function newPage(): Promise<Page> {
  // Without a locale the browser of a machine in the POSIX locale has a language that no browser of people has.
  const window = { locale: 'en-US', viewport: { width: 1280, height: 1000 } };
  const context = await browser.newContext({ baseURL: stack.api, ...window });
  context.setDefaultTimeout(120_000);
  const opened = await context.newPage();
  faults.push(faultsOf(opened, stack.api));
  return opened;
}

const next = (of: Page, step: string) => of.getByRole('button', { name: `Next: ${step}` }).click();
const why = () => page.getByRole('region', { name: 'Why' });
const history = () => page.getByRole('table', { name: 'Operations' });

/** Reads the plan, says why, and sends it. */
async function confirm(of: Page, reason: string): Promise<Locator> {
  await next(of, 'plan');
  await of.getByText(/\d+ checks pass/).waitFor();
  await next(of, 'confirm');
  await of.getByLabel(/^Reason/).fill(reason);
  await of.getByText(/\d+ checks pass/).waitFor();
  return of.locator('.action .button.primary');
}

/** Watches on the page of the job how an operation goes on, until it runs. */
async function watchItRun(kind: string): Promise<void> {
  await page.getByRole('heading', { level: 1, name: job }).waitFor();
  const phases = page.getByRole('table', { name: `Phases of the ${kind}` });
  await phases.getByRole('row', { name: /^starting goes on/ }).waitFor(LONG);
  await phases.getByRole('row', { name: /^submitting done/ }).waitFor();
  await why().getByText('Now starting').waitFor();
  await why().getByText('Waiting for', { exact: true }).waitFor();
  await why().getByText('has been RUNNING').waitFor(LONG);
}

/** The newest operation, as the history of the page has it once it has ended. */
async function newest(kind: string, reason: string): Promise<void> {
  const row = history().getByRole('row').nth(1);
  await row.getByRole('link', { name: kind, exact: true }).waitFor();
  await row.getByText(`“${reason}”`).waitFor();
  await row.getByText('succeeded').waitFor();
}

test('a release that somebody publishes appears by itself, and is launched from there with another value', async () => {
  await signIn(page, '/releases', stack.token);
  const release = await publish({ job, version: '1.0.0', fields: { upgrade: { handover: 'auto' } } });
  const row = page.getByRole('row').filter({ hasText: release });
  await row.getByText('new', { exact: true }).waitFor();
  await row.getByRole('link', { name: release }).click();
  await page.getByRole('link', { name: `Launch ${job} with ${release}` }).click();
  await page.getByText('never deployed').waitFor();
  await next(page, 'values');
  await page.locator('.cm-line', { hasText: `memory: ${VALUE.declared}` }).click();
  await page.keyboard.press('End');
  for (const _character of VALUE.declared) await page.keyboard.press('Backspace');
  await page.keyboard.type(VALUE.mine);
  await page.getByRole('heading', { name: 'Your hotfix' }).waitFor();
  await page.getByText('1 of 32 paths').waitFor();
  await next(page, 'start from');
  const button = await confirm(page, REASON);
  expect(await button.innerText()).toBe(`Deploy ${release} to ${job}`);
  await button.click();
  await watchItRun('deploy');
  await newest('deploy', REASON);
  const values = page
    .getByRole('table', { name: 'Values of the hotfix' })
    .getByRole('row')
    .filter({ hasText: VALUE.path });
  await values.getByText(VALUE.declared).waitFor();
  await values.getByText(VALUE.mine).waitFor();
  const { state, hotfix, deployment } = await api.job(job);
  expect({ state, set: hotfix?.set, release: deployment?.release }).toEqual({
    ...{ state: 'running', release },
    set: { [VALUE.path]: VALUE.mine },
  });
  await outsider.counted(deployment?.applicationId ?? '');
});

test('the value is taken back, and the file applies again', async () => {
  await page.getByRole('link', { name: 'Take single values back…' }).click();
  await page.getByRole('button', { name: `Take ${VALUE.path} back` }).click();
  await next(page, 'start from');
  const button = await confirm(page, 'the state is small again');
  expect(await button.innerText()).toBe(`Revert the hotfix of ${job}`);
  await button.click();
  await watchItRun('revertHotfix');
  await newest('revertHotfix', 'the state is small again');
  await page.getByRole('heading', { name: 'Hotfix', exact: true }).waitFor({ state: 'detached' });
  expect(await api.job(job)).toMatchObject({ state: 'running', sync: 'inSync', hotfix: null });
  await outsider.countedOn((await api.deployment(job)).applicationId);
});

test('of two browsers that launch the next version at once one wins, and the other says who holds the job', async () => {
  const rights = { name: 'somebody-else', bindings: [{ role: 'deployer' }] };
  const { token } = JSON.parse((await api.send('POST', '/tokens', rights)).text) as { token: string }; // the Contract's shape
  const release = await publish({ job, version: '2.0.0', program: '1.1.0', fields: { upgrade: { handover: 'auto' } } });
  await page.getByText('newer release', { exact: true }).waitFor();
  const path = `/jobs/${job}/launch?release=${encodeURIComponent(release)}&step=start`;
  await page.goto(path);
  await signIn(other, path, token);
  const [mine, theirs] = [await confirm(page, 'mine'), await confirm(other, 'theirs')];
  await Promise.all([mine.click(), theirs.click()]);
  const lost = (of: Page) => of.getByRole('alert').getByText(new RegExp(`was first: a deploy holds ${job}$`));
  const ends = await Promise.all(
    [page, other].map(async (of) => {
      const won = of.getByRole('heading', { level: 1, name: job, exact: true });
      await lost(of).or(won).first().waitFor();
      return (await lost(of).isVisible()) ? await lost(of).innerText() : 'won';
    }),
  );
  const hasWon = ends[0] === 'won';
  expect(ends).toEqual(
    hasWon
      ? ['won', `admin was first: a deploy holds ${job}`]
      : [`somebody-else was first: a deploy holds ${job}`, 'won'],
  );
  await page.goto(`/jobs/${job}`);
  await watchItRun('deploy');
  await newest('deploy', hasWon ? 'mine' : 'theirs');
  expect(await history().getByRole('link', { name: 'deploy', exact: true }).count()).toBe(2);
  await outsider.countedOn((await api.deployment(job)).applicationId);
});

test('it is rolled back: the first version goes on with the state of the second, and none was lost', async () => {
  await page.getByRole('button', { name: 'Roll back…' }).click();
  const dialog = page.getByRole('dialog', { name: `Roll ${job} back` });
  await dialog.getByText(/\d+ checks pass/).waitFor();
  await dialog.getByLabel(/^Reason/).fill('numbers look wrong');
  await dialog.getByRole('button', { name: `Roll ${job} back` }).click();
  await watchItRun('rollback');
  await newest('rollback', 'numbers look wrong');
  await page
    .getByRole('link', { name: `${job}/1.0.0`, exact: true })
    .first()
    .waitFor();
  const { release, applicationId } = await api.deployment(job);
  expect(release).toBe(`${job}/1.0.0`);
  await outsider.countedOn(applicationId);
  expect((await outsider.conclude({ repeats: 'none' })).problems).toEqual([]);
  expect(faults).toEqual([[], []]);
});
