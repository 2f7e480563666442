import { afterEach, beforeEach, expect, it } from 'vitest';
import { sluice } from '../run.ts';
import { startStubApi, type StubApi } from '../stub-api.ts';

let api: StubApi;
beforeEach(async () => void (api = await startStubApi()));
afterEach(async () => await api.close());

it('restore points show which were left behind', async () => {
  const point = {
    kind: 'checkpoint',
    taken: 'retained',
    epoch: 1,
    checkpointId: 7,
    completedAt: null,
    deployment: 1,
    flinkVersion: '1.20.1',
    format: null,
    stateBackend: null,
  };
  const items = [
    {
      ...point,
      path: 's3://b/1',
      state: 'verified',
      bytes: 2048,
      sharedBytes: null,
      problem: null,
      abandoned: false,
    },
    {
      ...point,
      path: 's3://b/2',
      state: 'abandoned',
      bytes: null,
      sharedBytes: null,
      problem: null,
      abandoned: true,
    },
  ];
  api.on('GET', '/jobs/clicks-dev/restore-points', { status: 200, body: { items, nextCursor: null } });
  const { stdout } = await sluice(['restore-points', 'clicks-dev'], { api: api.url });
  expect(stdout).toMatch(/^verified .+ 1\.20\.1 +s3:\/\/b\/1$/m);
  expect(stdout).toMatch(/^abandoned .+ - +1\.20\.1 +s3:\/\/b\/2$/m);
});
