/** Every action in every state for every role: offered, or disabled with the sentence that the API gives for it. */
import { beforeAll, expect, test } from 'vitest';
import type { JobBody } from '../../../src/api/contract.ts';
import { roles } from '../../../src/domain/access/permissions.ts';
import { operationKinds } from '../../../src/domain/lifecycle.ts';
import { kinds } from '../../../src/ui/parts/action/kinds.ts';
import { putJobsInStates } from './jobs-in-states.ts';
import { useWorld, worldWith } from './use-world.ts';
import type { World } from './world.ts';

const world = useWorld(
  worldWith(({ gateway }) => putJobsInStates(gateway)),
  'all tests',
);
let person: Awaited<ReturnType<World['tokenFor']>>;
beforeAll(async () => {
  person = await world.tokenFor([{ role: 'viewer' }]);
  await world.signIn('/jobs/healthy-prod', person.token);
});

const jobs = [
  'healthy-prod',
  'hotfixed-prod',
  'starting-prod',
  'failed-prod',
  'stopped-prod',
  'finished-prod',
  'unreachable-prod',
  'pending-prod',
  'new-prod',
] as const;

/** The names of the actions that are shown, each with why it is not offered, or null. */
const READ = `(() => {
  const bar = document.querySelector('[aria-label^="Actions on"]');
  const shown = [...bar.querySelectorAll('button, a')].filter((one) => one.textContent.includes('…'));
  return Object.fromEntries(shown.map((one) => {
    const [name, beside] = one.textContent.split('…', 2);
    const about = one.getAttribute('aria-describedby');
    const why = about ? document.getElementById(about).textContent : beside;
    return [name, one.getAttribute('aria-disabled') ? why : null];
  }));
})()`;

async function shownOf(job: string): Promise<Record<string, string | null>> {
  const { page } = world;
  await page.evaluate(`history.pushState(null, '', '/jobs/${job}')`);
  const bar = page.getByRole('group', { name: `Actions on ${job}` });
  await bar.waitFor();
  await bar.getByRole('button', { name: 'More actions' }).click();
  await bar.getByText('Adopt…').waitFor();
  const shown = await page.evaluate<Record<string, string | null>>(READ);
  await page.keyboard.press('Escape');
  return shown;
}

test.each(roles)('a %s', async (role) => {
  await person.become([{ role }]);
  await world.page.reload();
  for (const job of jobs) {
    const headers = { authorization: `Bearer ${person.token}` };
    const { body } = await world.app.send(`/api/v1/jobs/${job}`, { headers });
    const { notAllowed = {}, missingPermissions = {} } = body as unknown as JobBody; // the contract of the API
    const shown = await shownOf(job);
    for (const kind of operationKinds) {
      const isForced = kind === 'kill' && missingPermissions['force'] === undefined;
      const expected = isForced ? null : (notAllowed[kind] ?? null);
      expect([job, kind, shown[kinds[kind].name]]).toEqual([job, kind, expected]);
    }
  }
});
