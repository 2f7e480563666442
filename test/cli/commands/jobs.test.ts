import { afterEach, beforeEach, expect, it } from 'vitest';
import { sluice } from '../run.ts';
import { startStubApi, type StubApi } from '../stub-api.ts';

let api: StubApi;
beforeEach(async () => void (api = await startStubApi()));
afterEach(async () => await api.close());

it('jobs passes its filters on', async () => {
  const seen: string[] = [];
  api.on('GET', '/jobs', (request, _body, response) => {
    seen.push(request.url ?? '');
    response.end('{"items":[],"nextCursor":null}');
  });
  const { stdout } = await sluice(['jobs', '--environment', 'prod', '--health', 'degraded', '--limit', '5'], {
    api: api.url,
  });
  expect(seen).toEqual(['/api/v1/jobs?environment=prod&health=degraded&limit=5']);
  expect(stdout).toContain('No job fits these filters');
  const more = [
    '--state',
    'failed,running',
    '-l',
    'tier=1',
    '-l',
    'team',
    '-q',
    'ad clicks',
    '--sort=-since',
    '--attention',
  ];
  await sluice(['jobs', ...more], { api: api.url });
  expect([...new URL(seen[1] ?? '', api.url).searchParams].sort()).toEqual([
    ['attention', 'true'],
    ['label', 'tier=1,team'],
    ['q', 'ad clicks'],
    ['sort', '-since'],
    ['state', 'failed,running'],
  ]);
});
