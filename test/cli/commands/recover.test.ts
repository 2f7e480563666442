import { afterEach, beforeEach, expect, it } from 'vitest';
import { sluice } from '../run.ts';
import { ended, operation, problem, startStubApi, type StubApi } from '../stub-api.ts';

let api: StubApi;
beforeEach(async () => void (api = await startStubApi()));
afterEach(async () => await api.close());

it('of all jobs is one document, and goes on after a job that cannot be recovered', async () => {
  api.on('GET', '/lost-jobs', { status: 200, body: { items: [{ name: 'a' }, { name: 'b' }], nextCursor: null } });
  api.on('POST', '/jobs/a/operations', { status: 409, body: problem('OperationInProgress', 409) });
  api.on('POST', '/jobs/b/operations', { status: 202, body: { operation: operation({ job: 'b', kind: 'recover' }) } });
  const recovered = ended('succeeded', { job: 'b', kind: 'recover' });
  api.on('GET', '/jobs/b/operations/op-1', { status: 200, body: recovered });
  const { exit, stdout } = await sluice(['recover', '--all', '-o', 'json'], { api: api.url });
  expect(exit).toBe(4);
  expect(JSON.parse(stdout)).toMatchObject({ items: [{ code: 'OperationInProgress' }, { operation: { job: 'b' } }] });
});

it('of no job is an empty document', async () => {
  api.on('GET', '/lost-jobs', { status: 200, body: { items: [], nextCursor: null } });
  const { exit, stdout } = await sluice(['recover', '--all', '-o', 'json'], { api: api.url });
  expect([exit, JSON.parse(stdout)]).toEqual([0, { items: [] }]);
});

it('a read that fails does not advise about ids', async () => {
  const { exit, stderr } = await sluice(['jobs']);
  expect(exit).toBe(6);
  expect(stderr).not.toContain('--id');
});
