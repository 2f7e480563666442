import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorOf } from '../../../src/domain/job/account.ts';
import { sluice } from '../run.ts';
import { ended, operation, problem, startStubApi, type StubApi } from '../stub-api.ts';

let api: StubApi;
beforeEach(async () => void (api = await startStubApi()));
afterEach(async () => await api.close());

const OPERATIONS = '/jobs/clicks-dev/operations';
const deploy = ['deploy', 'clicks-dev', '--release', 'clicks/1.0.0'];
const accepted = { status: 202, body: { operation: operation() } };

describe('deploy', () => {
  it('shows each phase and ends with 0', async () => {
    api.on('POST', OPERATIONS, accepted);
    api.on('GET', `${OPERATIONS}/op-1`, { status: 200, body: operation() }, { status: 200, body: ended('succeeded') });
    const { exit, stdout } = await sluice([...deploy, '--reason', 'new'], { api: api.url });
    expect(exit).toBe(0);
    expect(stdout.split('\n')).toEqual([
      'deploy of clicks-dev op-1',
      '  checking      1.2 s',
      '  starting      11 s',
      'deploy of clicks-dev: succeeded after 12 s (deployment 4)',
      '',
    ]);
    expect(api.asked[0]?.body).toMatchObject({
      kind: 'deploy',
      release: 'clicks/1.0.0',
      reason: 'new',
      via: 'cli',
      actor: 'tester',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    });
  });

  it('prints nothing but the shape of the API with -o json', async () => {
    api.on('POST', OPERATIONS, accepted);
    api.on('GET', `${OPERATIONS}/op-1`, { status: 200, body: ended('succeeded') });
    const { stdout, stderr } = await sluice([...deploy, '-o', 'json'], { api: api.url });
    expect(JSON.parse(stdout)).toEqual({ operation: ended('succeeded') });
    expect(stderr).toContain('checking');
  });

  it.each([
    ['failed', 1],
    ['rolledBack', 1],
    ['cancelled', 1],
    ['superseded', 1],
    ['rejected', 4],
  ] as const)('ends %s with %i and says why', async (outcome, exit) => {
    const error = errorOf('StartFailed', 'main() threw');
    api.on('POST', OPERATIONS, accepted);
    api.on('GET', `${OPERATIONS}/op-1`, { status: 200, body: ended(outcome, { error }) });
    const ran = await sluice(deploy, { api: api.url });
    expect(ran.exit).toBe(exit);
    expect(ran.stdout).toContain('StartFailed: main() threw');
  });

  it('ends with 6 when the outcome itself is unknown', async () => {
    const error = errorOf('SavepointUnknown', 'x');
    api.on('POST', OPERATIONS, accepted);
    api.on('GET', `${OPERATIONS}/op-1`, { status: 200, body: ended('failed', { error }) });
    expect((await sluice(deploy, { api: api.url })).exit).toBe(6);
  });

  it.each([
    ['OperationInProgress', 409, 4],
    ['CommandNotAllowed', 409, 4],
    ['InvalidRequest', 422, 2],
    ['InvalidJobName', 422, 2],
    ['OperationIdReused', 422, 2],
    ['NotFound', 404, 1],
    ['Internal', 500, 1],
    ['SomethingNew', 401, 5],
    ['SomethingNew', 403, 5],
    ['SomethingNew', 409, 4],
  ])('is refused by %s (%i) with %i', async (code, status, exit) => {
    api.on('POST', OPERATIONS, { status, body: problem(code, status) });
    const ran = await sluice(deploy, { api: api.url });
    expect(ran.exit).toBe(exit);
    expect(ran.stderr).toContain(`detail of ${code}`);
    expect(ran.stderr).toContain(`hint of ${code}`);
    const asJson = await sluice([...deploy, '-o', 'json'], { api: api.url });
    expect(JSON.parse(asJson.stdout)).toMatchObject({ code, status });
  });

  it('does not wait with --no-wait', async () => {
    api.on('POST', OPERATIONS, accepted);
    const { exit, stdout } = await sluice([...deploy, '--no-wait'], { api: api.url });
    expect([exit, stdout]).toEqual([0, 'deploy op-1 of clicks-dev accepted\n']);
    expect(api.asked).toHaveLength(1);
  });

  it('ends with 3 when it takes longer than --timeout', async () => {
    api.on('POST', OPERATIONS, accepted);
    api.on('GET', `${OPERATIONS}/op-1`, { status: 200, body: operation() });
    const { exit, stderr } = await sluice([...deploy, '--timeout', '1s'], { api: api.url });
    expect(exit).toBe(3);
    expect(stderr).toContain('sluice wait clicks-dev op-1');
  });

  it('ends with 3 when Ctrl-C stops the watching', async () => {
    api.on('POST', OPERATIONS, accepted);
    api.on('GET', `${OPERATIONS}/op-1`, { status: 200, body: operation() });
    const interrupt = new AbortController();
    setTimeout(() => interrupt.abort(), 400);
    const { exit, stderr } = await sluice(deploy, { api: api.url, interrupted: interrupt.signal });
    expect(exit).toBe(3);
    expect(stderr).toContain('Stopped watching; the deploy goes on');
  });
});
