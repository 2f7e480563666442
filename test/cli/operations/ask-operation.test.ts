import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sluice } from '../run.ts';
import { ended, operation, problem, startStubApi, type StubApi } from '../stub-api.ts';

let api: StubApi;
beforeEach(async () => void (api = await startStubApi()));
afterEach(async () => await api.close());

const OPERATIONS = '/jobs/clicks-dev/operations';
const deploy = ['deploy', 'clicks-dev', '--release', 'clicks/1.0.0'];
const accepted = { status: 202, body: { operation: operation() } };

describe('a lost answer', () => {
  it('is asked for again with the same id', async () => {
    api.on(
      'POST',
      OPERATIONS,
      (_request, _body, response) => void response.destroy(),
      { status: 503, body: problem('TemporalUnavailable', 503) },
      accepted,
    );
    const { exit, stderr } = await sluice([...deploy, '--no-wait'], { api: api.url });
    expect(exit).toBe(0);
    expect(stderr).toContain('Asking again with the same id');
    const ids = new Set(api.asked.map(({ body }) => (body as { id: string }).id));
    expect([api.asked.length, ids.size]).toEqual([3, 1]);
  });

  it('ends with 6 and says to ask again with the same id', async () => {
    const gone = await sluice([...deploy, '--id', 'mine', '--retry-for', '300ms']);
    expect(gone.exit).toBe(6);
    expect(gone.stderr).toContain('Ask again with --id mine');
    api.on('POST', OPERATIONS, { status: 503, body: problem('TemporalUnavailable', 503) });
    const away = await sluice([...deploy, '--retry-for', '300ms'], { api: api.url });
    expect(away.exit).toBe(6);
  });

  it('while watching does not end the watching', async () => {
    api.on('POST', OPERATIONS, accepted);
    api.on(
      'GET',
      `${OPERATIONS}/op-1`,
      (_request, _body, response) => void response.destroy(),
      { status: 503, body: problem('TemporalUnavailable', 503) },
      { status: 200, body: ended('succeeded') },
    );
    expect((await sluice(deploy, { api: api.url })).exit).toBe(0);
  });
});

describe('what is asked for', () => {
  it.each([
    [['restart', 'clicks-dev'], { kind: 'restart' }],
    [['restart', 'clicks-dev', '-s', 's3://b/sp', '-n'], { from: 's3://b/sp', allowNonRestoredState: true }],
    [['restart', 'clicks-dev', '--stop-with', 'checkpoint'], { stopWith: 'checkpoint' }],
    [['rollback', 'clicks-dev'], { kind: 'rollback' }],
    [['rollback', 'clicks-dev', '--to', '7', '--accept-state-risk'], { to: 7, acceptStateRisk: true }],
    [['rollback', 'clicks-dev', '--from', 'latest-checkpoint', '--discard-newer-state'], { discardNewerState: true }],
    [['kill', 'clicks-dev', '--force', '--yes'], { kind: 'kill', force: true }],
    [['stop', 'clicks-dev', '--stop-with', 'checkpoint'], { kind: 'stop', stopWith: 'checkpoint' }],
    [['deploy', 'clicks-dev', '--release', 'c/1', '--accept-state-risk', '-n'], { acceptStateRisk: true }],
    [['resume', 'clicks-dev', '--accept-state-risk', '-s', 's3://b/sp'], { from: 's3://b/sp', acceptStateRisk: true }],
  ] as const)('%j', async (args, asked) => {
    api.on('POST', OPERATIONS, accepted);
    expect((await sluice([...args, '--no-wait'], { api: api.url })).exit).toBe(0);
    expect(api.asked.find(({ method }) => method === 'POST')?.body).toMatchObject(asked);
  });

  it('without flags has no fields but those that say who asks', async () => {
    api.on('POST', OPERATIONS, accepted);
    await sluice(['rollback', 'clicks-dev', '--no-wait', '--id', 'r'], { api: api.url });
    const [request] = api.asked.filter(({ method }) => method === 'POST');
    expect(request?.body).toEqual({ via: 'cli', actor: 'tester', kind: 'rollback', id: 'r' });
  });
});
