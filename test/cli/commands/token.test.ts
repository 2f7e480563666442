/** Seen to fail: with the text sent as it is given. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sluice } from '../run.ts';
import { startStubApi, type StubApi } from '../stub-api.ts';

const SECRET = 'a'.repeat(43);
let api: StubApi;
beforeEach(async () => void (api = await startStubApi()));
afterEach(async () => await api.close());

it('revoke takes the id out of the text of a token', async () => {
  api.on('DELETE', '/tokens/4f0c', { status: 204, body: null });
  const { exit, stdout, stderr } = await sluice(['token', 'revoke', `slc_4f0c_${SECRET}`], { api: api.url });
  expect([exit, api.asked.map(({ path }) => path)]).toEqual([0, ['/api/v1/tokens/4f0c']]);
  expect(stdout + stderr).not.toContain(SECRET);
});

it.each([`sls_4f0c_${SECRET}`, 'slc_4f0c_short', `x slc_4f0c_${SECRET}`])(
  'revoke sends and shows nothing of %s',
  async (text) => {
    const { exit, stdout, stderr } = await sluice(['token', 'revoke', text], { api: api.url });
    expect([exit, api.asked]).toEqual([2, []]);
    expect(stderr).toContain('`sluice token list` shows the ids');
    expect(stdout + stderr).not.toContain(text);
  },
);
