import { afterEach, beforeEach, expect, it } from 'vitest';
import { withoutCheckpoints } from '../../../src/domain/deployment-file/job-type.ts';
import { deployment } from '../../support/deployment.ts';
import { sluice } from '../run.ts';
import { operation, startStubApi, type StubApi } from '../stub-api.ts';

let api: StubApi;
beforeEach(async () => void (api = await startStubApi()));
afterEach(async () => await api.close());

it('kill asks a person first', async () => {
  api.on('POST', '/jobs/clicks-dev/operations', { status: 202, body: { operation: operation() } });
  const no = await sluice(['kill', 'clicks-dev', '--no-wait'], { api: api.url, answer: 'n' });
  const kills = () => api.asked.filter(({ method }) => method === 'POST').length;
  expect([no.exit, kills()]).toEqual([1, 0]);
  expect(no.stderr).toMatch(/Nothing was done: not killed: the answer was not yes/);
  const yes = await sluice(['kill', 'clicks-dev', '--no-wait'], { api: api.url, answer: 'yes' });
  expect([yes.exit, kills()]).toEqual([0, 1]);
  const told = await sluice(['kill', 'clicks-dev', '--no-wait', '--yes'], { api: api.url, answer: 'n' });
  expect([told.exit, kills()]).toEqual([0, 2]);
});

it('kill without a terminal needs --yes', async () => {
  api.on('POST', '/jobs/clicks-dev/operations', { status: 202, body: { operation: operation() } });
  for (const force of [[], ['--force']]) {
    const { exit, stderr } = await sluice(['kill', 'clicks-dev', '--no-wait', ...force], { api: api.url });
    expect(exit).toBe(2);
    expect(stderr).toContain('--yes');
  }
  expect(api.asked).toEqual([]);
});

it('kill asks with the sentence about jobs without checkpoints', async () => {
  const questions: string[] = [];
  const asked = async (checkpointing: boolean) => {
    api.on('GET', '/jobs/clicks-dev', { status: 200, body: { deployment: { ...deployment, checkpointing } } });
    await sluice(['kill', 'clicks-dev'], {
      api: api.url,
      answer: (question) => {
        questions.push(question);
        return 'n';
      },
    });
    return questions.at(-1);
  };
  expect(await asked(true)).toContain('Work since its last completed checkpoint');
  expect(await asked(false)).toContain(withoutCheckpoints({ ...deployment, checkpointing: false }));
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
  expect(refused.map(({ exit }) => exit)).toEqual([2, 2, 2, 1]);
  expect(refused[2]?.stderr).toContain('--yes');
  expect(api.asked).toEqual([]);
  expect((await sluice(decided, { api: api.url, answer: 'y' })).exit).toBe(0);
  expect((await sluice([...decided, '--yes'], { api: api.url })).exit).toBe(0);
  expect(api.asked.map(({ body }) => body)).toEqual([
    expect.objectContaining({ kind: 'kill', force: true, giveUp: true, reason: 'the cluster burned down' }),
    expect.objectContaining({ giveUp: true }),
  ]);
});
