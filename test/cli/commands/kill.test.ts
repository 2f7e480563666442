import { afterEach, beforeEach, expect, it } from 'vitest';
import { sluice } from '../run.ts';
import { operation, startStubApi, type StubApi } from '../stub-api.ts';

let api: StubApi;
beforeEach(async () => void (api = await startStubApi()));
afterEach(async () => await api.close());

it('kill asks a person first', async () => {
  api.on('POST', '/jobs/clicks-dev/operations', { status: 202, body: { operation: operation() } });
  const no = await sluice(['kill', 'clicks-dev', '--no-wait'], { api: api.url, answer: 'n' });
  expect([no.exit, api.asked.length]).toEqual([2, 0]);
  const yes = await sluice(['kill', 'clicks-dev', '--no-wait'], { api: api.url, answer: 'yes' });
  expect([yes.exit, api.asked.length]).toEqual([0, 1]);
  const told = await sluice(['kill', 'clicks-dev', '--no-wait', '--yes'], { api: api.url, answer: 'n' });
  expect([told.exit, api.asked.length]).toEqual([0, 2]);
});

it('giving up needs force, a reason and the word of a person', async () => {
  api.on('POST', '/jobs/clicks-dev/operations', { status: 202, body: { operation: operation() } });
  const giveUp = ['kill', 'clicks-dev', '--no-wait', '--give-up'];
  const decided = [...giveUp, '--force', '--reason', 'the cluster burned down'];
  const refused = [
    await sluice([...giveUp, '--yes'], { api: api.url }),
    await sluice([...giveUp, '--force', '--yes'], { api: api.url }),
    await sluice(decided, { api: api.url }),
    await sluice(decided, { api: api.url, answer: 'n' }),
  ];
  expect(refused.map(({ exit }) => exit)).toEqual([2, 2, 2, 2]);
  expect(refused[2]?.stderr).toContain('--yes');
  expect(api.asked).toEqual([]);
  expect((await sluice(decided, { api: api.url, answer: 'y' })).exit).toBe(0);
  expect((await sluice([...decided, '--yes'], { api: api.url })).exit).toBe(0);
  expect(api.asked.map(({ body }) => body)).toEqual([
    expect.objectContaining({ kind: 'kill', force: true, giveUp: true, reason: 'the cluster burned down' }),
    expect.objectContaining({ giveUp: true }),
  ]);
});
