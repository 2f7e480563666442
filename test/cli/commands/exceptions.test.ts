import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sluice } from '../run.ts';
import { startStubApi, type StubApi } from '../stub-api.ts';

let api: StubApi;
beforeEach(async () => void (api = await startStubApi()));
afterEach(async () => await api.close());

describe('exceptions', () => {
  const exception = {
    at: '2026-01-01T00:00:00.000Z',
    name: 'x',
    task: 'Map',
    host: null,
    rootCause: 'IOException: no',
    stack: 'java.io.IOException: no\n\tat a.B',
  };
  const instance = { operation: 'op-1', application: 'application_1_2', live: true, savedAt: null };

  it('are a line each, with what could not be read beside it', async () => {
    const body = {
      items: [
        { ...instance, exceptions: [exception], problem: null },
        { ...instance, live: false, application: 'application_1_1', exceptions: [], problem: 'cannot be read' },
      ],
      nextCursor: null,
    };
    api.on('GET', '/jobs/clicks-dev/exceptions', { status: 200, body });
    const { stdout, stderr } = await sluice(['exceptions', 'clicks-dev', '--operation', 'op-1'], { api: api.url });
    expect(stdout).toMatch(/application_1_2 \(runs\) +op-1 +Map +IOException: no/);
    expect(stderr).toContain('application_1_1: cannot be read');
    expect(api.asked[0]?.query).toBe('?operation=op-1');
    const stacks = await sluice(['exceptions', 'clicks-dev', '--stack'], { api: api.url });
    expect(stacks.stdout).toContain('\tat a.B');
    const json = await sluice(['exceptions', 'clicks-dev', '-o', 'json'], { api: api.url });
    expect(JSON.parse(json.stdout)).toEqual(body);
  });

  it('may be none', async () => {
    api.on('GET', '/jobs/clicks-dev/exceptions', { status: 200, body: { items: [], nextCursor: null } });
    expect((await sluice(['exceptions', 'clicks-dev'], { api: api.url })).stdout).toBe('No exceptions.\n');
  });
});
