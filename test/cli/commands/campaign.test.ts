/**
 * `sluice campaign`: what it asks for, what people read, and the exit code of a campaign that is waited for.
 *
 * Seen to fail: a campaign that begins although nobody has confirmed it; another id when an answer was lost; a failed campaign with
 * the exit code of a success; a watch without end while the API is silent, which asks without a pause after Ctrl-C; a plan in the JSON of
 * the campaign; canaries of an unset variable taken for none.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CampaignItem } from '../../../src/api/campaign-contract.ts';
import { campaignViewOf } from '../../../src/domain/campaign/view.ts';
import { jobAccepted, jobAsked, jobEnded, type JobEnd } from '../../../src/domain/campaign/transitions.ts';
import { AT, campaignOf } from '../../domain/campaign/plans.ts';
import { sluice } from '../run.ts';
import { problem, startStubApi, type StubApi } from '../stub-api.ts';

const plan = {
  ...{ kind: 'restart', selector: 'label=tier=1', maxParallel: 5, canaries: 1, stopAfter: 3 },
  jobs: ['clicks', 'orders'].map((job, index) => ({
    ...{ job, isCanary: index === 0, cluster: 'yarn-a', runs: `${job}/1.0.0`, release: null, to: null },
  })),
  leftOut: [{ job: 'views', why: 'it is stopped' }],
};

/** A campaign in which the jobs at these places have ended so. */
function campaign(...ends: readonly JobEnd['outcome'][]): CampaignItem {
  const after = ends.reduce(
    (memory, outcome, place) =>
      jobEnded(
        jobAccepted(jobAsked(memory, place, AT), place, AT),
        place,
        { outcome, code: outcome === 'succeeded' ? null : 'StartFailed', detail: 'main() failed', deployment: 2 },
        AT,
      ),
    campaignOf(['clicks', 'orders'], { canaries: 1, leftOut: plan.leftOut }),
  );
  return { ...campaignViewOf(after), hidden: 0, notAllowed: null };
}

let api: StubApi;
beforeEach(async () => {
  api = await startStubApi();
  api.on('POST', '/campaigns', (_request, body, response) => {
    const isPlan = (body as { dryRun?: boolean }).dryRun === true;
    response.writeHead(isPlan ? 200 : 202, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isPlan ? plan : { campaign: campaign() }));
  });
});
afterEach(async () => await api.close());

const run = (words: readonly string[], more: Parameters<typeof sluice>[1] = {}) =>
  sluice(['campaign', ...words], { api: api.url, ...more });
const begun = () => api.asked.filter(({ method, body }) => method === 'POST' && !(body as { dryRun?: boolean }).dryRun);

describe('sluice campaign start', () => {
  const words = ['start', 'restart', '-l', 'tier=1', '-l', 'blue', '--cluster', 'yarn-a,yarn-b'];

  it('shows the plan, asks, and begins with the options as fields', async () => {
    const limits = [
      '--max-parallel',
      '5',
      '--canaries',
      'clicks,orders',
      '--stop-after',
      '3',
      '--stop-with',
      'checkpoint',
    ];
    const { exit, stdout } = await run([...words, ...limits, '--reason', 'new disks'], { answer: 'y' });
    expect(exit).toBe(0);
    expect(stdout).toContain('plan: restart of 2 jobs (label=tier=1)');
    expect(stdout).toContain('1 canary first, 5 at a time, stops after 3 failures');
    expect(stdout).toMatch(/clicks +yes +yarn-a +clicks\/1\.0\.0 +restart/);
    expect(stdout).toContain('left out: views: it is stopped');
    expect(stdout).toContain('Watch it: sluice campaign status nightly --watch');
    const fields = {
      ...{
        kind: 'restart',
        selector: { label: ['tier=1', 'blue'], cluster: ['yarn-a', 'yarn-b'] },
        reason: 'new disks',
      },
      ...{ maxParallel: 5, canaries: ['clicks', 'orders'], stopAfter: 3, stopWith: 'checkpoint' },
    };
    expect(api.asked[0]?.body).toEqual({ ...fields, dryRun: true });
    expect(begun().map(({ body }) => body)).toEqual([
      { ...fields, id: expect.stringMatching(/^restart-[0-9a-f]{8}$/) as string },
    ]);
  });

  it.each([
    ['nobody confirms', words, { answer: 'n' }, 1],
    ['there is no terminal', words, {}, 2],
    ['only the plan is wanted', [...words, '--dry-run'], {}, 0],
  ])('begins nothing where %s', async (_why, given, more, code) => {
    const { exit } = await run(given, more);
    expect([exit, begun()]).toEqual([code, []]);
  });

  it.each([
    [['start', 'upgrade', '--project', 'clicks', '--release', '1.4.2'], { kind: 'upgrade', release: '1.4.2' }],
    [['start', 'move', '--jobs', 'clicks-*', '--to', 'yarn-b'], { kind: 'move', to: 'yarn-b' }],
    [['start', 'savepoint', '--owner', 'ads', '--canaries', '2'], { kind: 'savepoint', canaries: 2 }],
  ])('%j with --yes begins at once', async (given, fields) => {
    expect((await run([...given, '--yes'])).exit).toBe(0);
    expect(api.asked).toHaveLength(1);
    expect(begun()[0]?.body).toMatchObject(fields);
  });

  it('asks again with the same id when the answer is lost', async () => {
    const answer = { status: 202, body: { campaign: campaign() } };
    api.on('POST', '/campaigns', { status: 503, body: problem('TemporalUnavailable', 503) }, answer);
    const { exit, stderr } = await run([...words, '--yes', '--id', 'nightly']);
    expect([exit, begun().map(({ body }) => (body as { id: string }).id)]).toEqual([0, ['nightly', 'nightly']]);
    expect(stderr).toContain('Asking again with the same id nightly');
  });

  it('shows the plan beside the JSON of the campaign', async () => {
    const { stdout, stderr } = await run([...words, '-o', 'json'], { answer: 'y' });
    expect(JSON.parse(stdout)).toMatchObject({ campaign: { id: 'nightly' } });
    expect(stderr).toContain('plan: restart of 2 jobs (label=tier=1)');
  });

  it('names the id that it chose when the answer stays lost', async () => {
    api.on('POST', '/campaigns', { status: 503, body: problem('TemporalUnavailable', 503) });
    const { exit, stderr } = await run([...words, '--yes', '--retry-for', '0s']);
    const { id } = begun()[0]?.body as { id: string };
    expect([exit, stderr]).toEqual([6, expect.stringContaining(`Ask again with --id ${id}`)]);
  });

  it('refuses canaries without a name', async () => {
    expect(await run([...words, '--yes', '--canaries', ''])).toMatchObject({ exit: 2 });
    expect(begun()).toEqual([]);
  });

  it.each([
    [['succeeded', 'succeeded'], 0],
    [['succeeded', 'failed'], 1],
  ] as const)('with --wait ends as the campaign does: %j', async (ends, code) => {
    api.on('GET', '/campaigns/nightly', { status: 200, body: { campaign: campaign(...ends) } });
    expect((await run([...words, '--yes', '--wait'])).exit).toBe(code);
  });
});

describe('sluice campaign', () => {
  it('status shows each job with its operation or the reason, and the history', async () => {
    api.on('GET', '/campaigns/nightly', { status: 200, body: { campaign: campaign('succeeded', 'failed') } });
    const { exit, stdout } = await run(['status', 'nightly']);
    expect(exit).toBe(0);
    expect(stdout).toContain('nightly: restart is failed: Some job was not done. Each has its reason.');
    expect(stdout).toMatch(/clicks +succeeded \(canary\) .* campaign-nightly/);
    expect(stdout).toMatch(/orders +failed .* campaign-nightly +StartFailed: main\(\) failed/);
    expect(stdout).toContain('canaries succeeded');
    expect((await run(['status', 'nightly', '--watch'])).exit).toBe(1);
    const json = await run(['status', 'nightly', '--watch', '-o', 'json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ campaign: { id: 'nightly', state: 'failed' } });
  });

  it('status --watch stops with Ctrl-C and leaves the campaign alone', async () => {
    api.on('GET', '/campaigns/nightly', { status: 200, body: { campaign: campaign() } });
    const stop = new AbortController();
    stop.abort();
    const { exit, stderr } = await run(['status', 'nightly', '--watch'], { interrupted: stop.signal });
    expect(exit).toBe(3);
    expect(stderr).toContain('the campaign goes on. Watch again: sluice campaign status nightly --watch');
  });

  describe('while the API is silent', () => {
    const silence = { status: 503, body: problem('TemporalUnavailable', 503) };
    const running = { status: 200, body: { campaign: campaign() } };
    const questions = () => api.asked.filter(({ method }) => method === 'GET');

    it('--watch ends with Ctrl-C, and asks nothing more', async () => {
      const stop = new AbortController();
      api.on('GET', '/campaigns/nightly', running, (_request, _body, response) => {
        setTimeout(() => stop.abort(), 50);
        response.writeHead(503, { 'content-type': 'application/json' }).end(JSON.stringify(silence.body));
      });
      const { exit, stderr } = await run(['status', 'nightly', '--watch'], { interrupted: stop.signal });
      expect([exit, stderr]).toEqual([3, expect.stringContaining('Stopped watching; the campaign goes on.')]);
      expect(questions().length).toBeLessThanOrEqual(3);
    });

    it('--wait ends with --timeout, with the campaign as last seen', async () => {
      api.on('GET', '/campaigns/nightly', silence);
      const words = ['start', 'restart', '--jobs', '*', '--yes', '--wait', '--timeout', '1s', '-o', 'json'];
      const { exit, stdout, stderr } = await run(words);
      expect([exit, stderr]).toEqual([3, expect.stringContaining('the campaign goes on.')]);
      expect(JSON.parse(stdout)).toMatchObject({ campaign: { id: 'nightly', state: 'running' } });
    });

    it('--watch ends after a minute, and the end is unknown', async () => {
      vi.useFakeTimers({ toFake: ['Date'] });
      try {
        api.on('GET', '/campaigns/nightly', running, (_request, _body, response) => {
          vi.setSystemTime(Date.now() + 61_000);
          response.writeHead(503, { 'content-type': 'application/json' }).end(JSON.stringify(silence.body));
        });
        const { exit, stderr } = await run(['status', 'nightly', '--watch']);
        expect([exit, stderr]).toEqual([6, expect.stringContaining('the end is unknown')]);
      } finally {
        vi.useRealTimers();
      }
    });
  });

  it('list shows campaigns in lines', async () => {
    const { jobs: _jobs, ...item } = campaign('succeeded');
    api.on('GET', '/campaigns', { status: 200, body: { items: [item], nextCursor: null } });
    expect((await run(['list'])).stdout).toMatch(/nightly +restart +running +1 of 2 +0 +0 .* oncall +label=tier=1/);
    api.on('GET', '/campaigns', { status: 200, body: { items: [], nextCursor: null } });
    expect((await run(['list'])).stdout).toContain('No campaigns.');
  });

  it.each([
    ['pause', ['--reason', 'a look'], { reason: 'a look' }],
    ['resume', [], {}],
    ['stop', [], {}],
  ])('%s tells the campaign', async (command, more, body) => {
    api.on('POST', `/campaigns/nightly/${command}`, {
      status: 200,
      body: { campaign: { ...campaign(), state: 'paused' } },
    });
    expect(await run([command, 'nightly', ...more])).toMatchObject({
      exit: 0,
      stdout: 'Campaign nightly is paused.\n',
    });
    expect(api.asked.at(-1)?.body).toEqual(body);
    api.on('POST', `/campaigns/nightly/${command}`, { status: 409, body: problem('CampaignOver', 409) });
    expect((await run([command, 'nightly'])).exit).toBe(4);
  });
});
