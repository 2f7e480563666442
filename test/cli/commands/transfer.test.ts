import { afterEach, beforeEach, expect, it } from 'vitest';
import { passed } from '../../../src/domain/plan/preflight.ts';
import { sluice } from '../run.ts';
import { operation, startStubApi, type StubApi } from '../stub-api.ts';

let api: StubApi;
beforeEach(async () => void (api = await startStubApi()));
afterEach(async () => await api.close());

it('transfer sends the new owner', async () => {
  api.on('POST', '/jobs/clicks-dev/operations', { status: 202, body: { operation: operation() } });
  const args = ['transfer', 'clicks-dev', '--project', 'heirs', '--team', 'the heirs', '--no-wait'];
  expect(await sluice(args, { api: api.url })).toMatchObject({ exit: 0 });
  expect(api.asked).toMatchObject([{ body: { kind: 'transfer', project: 'heirs', team: 'the heirs' } }]);
});

it('transfer to nobody is wrong use', async () => {
  const { exit, stderr } = await sluice(['transfer', 'clicks-dev'], { api: api.url });
  expect(exit).toBe(2);
  expect(stderr).toContain('name the new --project, --team or --environment');
});

it('its plan shows what changes hands', async () => {
  const before = { project: 'clicks', team: 'ads', environment: 'prod' };
  const plan = {
    ...{ job: 'clicks-dev', kind: 'transfer', ok: true, revision: 'ab'.repeat(32), state: 'running', summary: 's' },
    ...{ changes: null, stop: null, restorePoint: null, onFailedStart: null, warnings: [], phases: [] },
    checks: [passed('state'), passed('owner')],
    ownership: { before, after: { ...before, project: 'heirs' } },
    foreignState: 'clicks-prod',
  };
  api.on('POST', '/jobs/clicks-dev/plan', { status: 200, body: plan });
  const { stdout } = await sluice(['plan', 'transfer', 'clicks-dev', '--project', 'heirs'], { api: api.url });
  expect(stdout).toContain('changes hands: project clicks → heirs\n');
  expect(stdout).not.toContain('changes hands: owner team');
  expect(stdout).toContain('takes the state of another job: clicks-prod\n');
  expect(stdout).toMatch(/belongs to +project heirs, owner team ads, environment prod/);
});
