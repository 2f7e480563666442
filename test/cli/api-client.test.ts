import { afterEach, beforeEach, expect, it } from 'vitest';
import { sluice } from './run.ts';
import { startStubApi, type StubApi } from './stub-api.ts';

let api: StubApi;
beforeEach(async () => void (api = await startStubApi()));
afterEach(async () => await api.close());

it('says that an address is not that of the API', async () => {
  api.on('GET', '/jobs', (_request, _body, response) => void response.end('<html>hello</html>'));
  const { exit, stderr } = await sluice(['jobs'], { api: api.url });
  expect(exit).toBe(6);
  expect(stderr).toContain('is not the Sluice API');
});
