import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sluice } from '../run.ts';
import { problem, startStubApi, textAnswer, type StubApi } from '../stub-api.ts';

let api: StubApi;
beforeEach(async () => void (api = await startStubApi()));
afterEach(async () => await api.close());

const LOG = '/jobs/clicks-dev/logs/jobmanager.log';
const of = { 'x-sluice-application': 'application_1_2', 'x-sluice-operation': 'op-1' };

describe('logs', () => {
  it('prints the text alone, and beside it whose it is', async () => {
    api.on('GET', LOG, textAnswer('one\ntwo\n', of));
    const { exit, stdout, stderr } = await sluice(['logs', 'clicks-dev'], { api: api.url });
    expect([exit, stdout]).toEqual([0, 'one\ntwo\n']);
    expect(stderr).toContain('of application_1_2, which runs, started by op-1');
  });

  it('passes on what is asked for', async () => {
    api.on(
      'GET',
      '/jobs/clicks-dev/logs/taskmanager.out',
      textAnswer('x', { ...of, 'x-sluice-saved-at': '2026-01-01' }),
    );
    const args = ['logs', 'clicks-dev', '--operation', 'op-1', '--file', 'taskmanager.out', '--tail', '9'];
    const { stderr } = await sluice(args, { api: api.url });
    expect(api.asked[0]?.query).toBe('?operation=op-1&tail=1048576');
    expect(stderr).toContain('when op-1 ended it');
    const json = await sluice([...args, '-o', 'json'], { api: api.url });
    expect(JSON.parse(json.stdout)).toMatchObject({ operation: 'op-1', application: 'application_1_2', text: 'x' });
  });

  it('names the TaskManager whose log it prints', async () => {
    const container = 'container_1_0001_01_000002';
    const headers = { ...of, 'x-sluice-container': container };
    api.on('GET', '/jobs/clicks-dev/logs/taskmanager.log', textAnswer('x\n', headers));
    const { stdout, stderr } = await sluice(['logs', 'clicks-dev', '--container', container], { api: api.url });
    expect([stdout, api.asked[0]?.query]).toEqual(['x\n', `?container=${container}`]);
    expect(stderr).toContain(`of ${container} of application_1_2`);
  });

  it('counts --tail in lines', async () => {
    api.on('GET', LOG, textAnswer('one\ntwo\nthree\n', of));
    const { stdout } = await sluice(['logs', 'clicks-dev', '--tail', '2'], { api: api.url });
    expect(stdout).toBe('two\nthree\n');
  });

  it('lists the files, and says why those of the one that runs are missing', async () => {
    const body = {
      items: [
        {
          operation: 'op-0',
          application: 'application_1_1',
          file: 'exceptions.json',
          size: 2048,
          live: false,
          savedAt: '2026-01-01T00:00:00.000Z',
        },
      ],
      nextCursor: null,
      live: { operation: 'op-1', application: 'application_1_2', reachable: false, problem: 'does not answer' },
    };
    api.on('GET', '/jobs/clicks-dev/logs', { status: 200, body });
    const { stdout, stderr } = await sluice(['logs', 'clicks-dev', '--list'], { api: api.url });
    expect(stdout).toMatch(/application_1_1 +op-0 +exceptions.json +2.0 KiB/);
    expect(stderr).toContain('application_1_2: does not answer');
    const json = await sluice(['logs', 'clicks-dev', '--list', '-o', 'json'], { api: api.url });
    expect(JSON.parse(json.stdout)).toEqual(body);
  });

  it('that are not there are said so', async () => {
    const { exit, stderr } = await sluice(['logs', 'clicks-dev', '--file', '../x'], { api: api.url });
    expect(exit).toBe(1);
    expect(stderr).toContain('detail of NotFound');
    expect(api.asked[0]?.path).toBe('/api/v1/jobs/clicks-dev/logs/..%2Fx');
  });

  it('are followed: only whole lines, each once, across a moment of silence', async () => {
    const interrupt = new AbortController();
    api.on(
      'GET',
      LOG,
      textAnswer('one\nhal'),
      { status: 503, body: problem('FlinkUnreachable', 503) },
      (request, body, response) => {
        textAnswer('one\nhalf\ntwo\n')(request, body, response);
        setTimeout(() => interrupt.abort(), 300);
      },
    );
    const { exit, stdout, stderr } = await sluice(['logs', 'clicks-dev', '-f'], {
      api: api.url,
      interrupted: interrupt.signal,
    });
    expect([exit, stdout]).toEqual([0, 'one\nhalf\ntwo\n']);
    expect(stderr).toContain('asking again');
  });
});
