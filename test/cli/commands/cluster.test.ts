/** `sluice cluster`: what it asks for, and what people read. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sluice } from '../run.ts';
import { startStubApi, type StubApi } from '../stub-api.ts';

const cordoned = { at: '2026-01-01T00:00:00.000Z', by: 'oncall', reason: 'new disks' };
let api: StubApi;
beforeEach(async () => {
  api = await startStubApi();
  api.on('POST', '/clusters/yarn-a/cordon', { status: 200, body: { name: 'yarn-a', cordoned } });
  api.on('POST', '/clusters/yarn-a/uncordon', { status: 200, body: { name: 'yarn-a', cordoned: null } });
});
afterEach(async () => await api.close());

it('cordons with a reason, and says since when and by whom', async () => {
  const { exit, stdout } = await sluice(['cluster', 'cordon', 'yarn-a', '--reason', 'new disks'], { api: api.url });
  expect(exit).toBe(0);
  expect(stdout).toBe('Cluster yarn-a takes no new starts since 2026-01-01 00:00:00Z, by oncall: new disks\n');
  expect(api.asked.at(-1)?.body).toEqual({ reason: 'new disks' });
});

it('refuses to cordon without a reason', async () => {
  expect(await sluice(['cluster', 'cordon', 'yarn-a'], { api: api.url })).toMatchObject({ exit: 2 });
  expect(api.asked).toEqual([]);
});

it('uncordons, and prints JSON for programs', async () => {
  const people = await sluice(['cluster', 'uncordon', 'yarn-a'], { api: api.url });
  expect(people.stdout).toBe('Cluster yarn-a takes starts.\n');
  const programs = await sluice(['cluster', 'uncordon', 'yarn-a', '-o', 'json'], { api: api.url });
  expect(JSON.parse(programs.stdout)).toEqual({ name: 'yarn-a', cordoned: null });
});

it('lists which clusters take starts', async () => {
  const item = {
    ...{ name: 'yarn-a', zone: 'a', resourceManager: 'http://rm', launchers: ['direct'], version: '3', problem: null },
    ...{ activeNodes: 1, runningApplications: 0, memoryMb: null, reachable: true },
  };
  api.on('GET', '/clusters', {
    status: 200,
    body: {
      items: [
        { ...item, cordoned },
        { ...item, name: 'yarn-b', cordoned: null },
      ],
      nextCursor: null,
    },
  });
  const { stdout, stderr } = await sluice(['clusters'], { api: api.url });
  expect(stdout).toMatch(/yarn-a +a +yes +no /);
  expect(stdout).toMatch(/yarn-b +a +yes +yes /);
  expect(stderr).toContain('yarn-a: cordoned since 2026-01-01 00:00:00Z by oncall: new disks');
});
