import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sluice } from '../run.ts';
import { ended, operation, problem, startStubApi, type StubApi } from '../stub-api.ts';

let api: StubApi;
beforeEach(async () => void (api = await startStubApi()));
afterEach(async () => await api.close());

describe('wait', () => {
  it('follows what is in progress', async () => {
    api.on('GET', '/jobs/clicks-dev', { status: 200, body: { operation: operation() } });
    api.on('GET', '/jobs/clicks-dev/operations/op-1', { status: 200, body: ended('failed') });
    expect((await sluice(['wait', 'clicks-dev'], { api: api.url })).exit).toBe(1);
    api.on('GET', '/jobs/clicks-dev', { status: 200, body: { operation: null } });
    expect((await sluice(['wait', 'clicks-dev'], { api: api.url })).exit).toBe(0);
  });

  const asked = ['wait', 'clicks-dev', 'op-1', '--appears-within', '20s'];
  const unknown = { status: 404, body: problem('NotFound', 404) };
  const jobThatRefused = (...ids: readonly string[]) => ({
    status: 200,
    body: {
      rejections: { last: ids.map((id) => ({ id, code: 'OperationInProgress', detail: `${id} met x` })), beyond: 0 },
    },
  });

  it('finds an operation that appears a moment after its signal', async () => {
    api.on('GET', '/jobs/clicks-dev', unknown, jobThatRefused('other'));
    api.on('GET', '/jobs/clicks-dev/operations/op-1', unknown, unknown, { status: 200, body: ended('succeeded') });
    expect((await sluice(asked, { api: api.url })).exit).toBe(0);
  });

  it('says what the job answered to a signal that was refused', async () => {
    api.on('GET', '/jobs/clicks-dev', jobThatRefused('op-1', 'other'));
    const { exit, stderr } = await sluice(asked, { api: api.url });
    expect(exit).toBe(4);
    expect(stderr).toContain('op-1 met x');
  });

  it('follows an operation that was taken after an earlier signal with its id was refused', async () => {
    api.on('GET', '/jobs/clicks-dev', jobThatRefused('op-1'));
    api.on('GET', '/jobs/clicks-dev/operations/op-1', { status: 200, body: ended('succeeded') });
    expect((await sluice(asked, { api: api.url })).exit).toBe(0);
  });

  it('does not wait for one that nobody knows, unless told to', async () => {
    expect((await sluice(['wait', 'clicks-dev', 'op-1'], { api: api.url })).exit).toBe(1);
    expect(api.asked.map(({ path }) => path)).toEqual(['/api/v1/jobs/clicks-dev/operations/op-1']);
  });
});
