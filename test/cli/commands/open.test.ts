/**
 * `sluice open`: the address of a job's page, and the browser for it.
 *
 * Seen to fail: with a browser that is opened for a program that reads the address.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sluice } from '../run.ts';
import { startStubApi, type StubApi } from '../stub-api.ts';

const links = { self: '/api/v1/jobs/clicks-dev', temporal: 'http://temporal/x', yarn: null, flink: null };
let api: StubApi;
let opened: string[];
beforeEach(async () => {
  api = await startStubApi();
  api.on('GET', '/jobs/clicks-dev', { status: 200, body: { name: 'clicks-dev', links } });
  opened = [];
});
afterEach(async () => await api.close());

const open = (args: readonly string[], hasBrowser: boolean | null = true) =>
  sluice(['open', ...args], {
    api: api.url,
    browse: hasBrowser === null ? null : (url) => Promise.resolve(opened.push(url) > 0 && hasBrowser),
  });

describe('open', () => {
  it("opens the console's page, and says its address", async () => {
    const page = `${api.url}/jobs/clicks-dev`;
    expect(await open(['clicks-dev'])).toEqual({ exit: 0, stdout: `${page}\n`, stderr: '' });
    expect(opened).toEqual([page]);
  });

  it('says so where there is no browser', async () => {
    const { exit, stdout, stderr } = await open(['clicks-dev'], false);
    expect([exit, stdout]).toEqual([0, `${api.url}/jobs/clicks-dev\n`]);
    expect(stderr).toContain('No browser could be opened here');
  });

  it.each([
    ['--print', ['--print'], true],
    ['JSON', ['-o', 'json'], true],
    ['no terminal', [], null],
  ])('only prints with %s', async (_why, args, browser) => {
    const { stdout } = await open(['clicks-dev', ...args], browser);
    expect(stdout).toContain(`${api.url}/jobs/clicks-dev`);
    expect(opened).toEqual([]);
  });

  it('opens another place of the job, when there is one', async () => {
    expect((await open(['clicks-dev', 'temporal'])).stdout).toBe('http://temporal/x\n');
    const { exit, stderr } = await open(['clicks-dev', 'flink']);
    expect([exit, stderr]).toEqual([1, expect.stringContaining('clicks-dev has no page in flink now')]);
    expect(opened).toEqual(['http://temporal/x']);
  });

  it('opens nothing for a job that does not exist', async () => {
    const problem = { status: 404, code: 'NotFound', title: 'x', detail: 'There is no job clix', hint: 'y' };
    api.on('GET', '/jobs/clix', { status: 404, body: problem });
    expect((await open(['clix'])).exit).toBe(1);
    expect(opened).toEqual([]);
  });

  it('leaves it to the browser to log in', async () => {
    const problem = { status: 401, code: 'Unauthenticated', title: 'x', detail: 'x', hint: 'y' };
    api.on('GET', '/jobs/clicks-dev', { status: 401, body: problem });
    expect((await open(['clicks-dev'])).exit).toBe(0);
    expect(opened).toHaveLength(1);
    expect((await open(['clicks-dev', 'temporal'])).exit).toBe(5);
  });
});
