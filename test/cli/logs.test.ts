/**
 * Logs, exceptions and restore points on the command line. Seen to fail: a follower that compared only the last line printed
 * a repeated line for a new one; with whole texts compared it printed everything again.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addedTo } from '../../src/cli/log-follower.ts';
import { sluice } from './run.ts';
import { problem, startStubApi, textAnswer, type StubApi } from './stub-api.ts';

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
    expect(api.asked[0]?.query).toBe('?operation=op-1&tail=9');
    expect(stderr).toContain('when op-1 ended it');
    const json = await sluice([...args, '-o', 'json'], { api: api.url });
    expect(JSON.parse(json.stdout)).toMatchObject({ operation: 'op-1', application: 'application_1_2', text: 'x' });
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

describe('what was added to a log', () => {
  it.each([
    ['a\nb\n', 'a\nb\nc\n', 'c\n'],
    ['a\nb\n', 'a\nb\n', ''],
    ['a\nb\n', 'b\nc\n', null],
    ['same\nx\nsame\n', 'same\nx\nsame\nnew\nsame\n', 'new\nsame\n'],
    ['', 'a\n', 'a\n'],
    ['of one instance\n', 'of another\n', null],
  ])('to %j in %j is %j', (earlier, later, added) => {
    expect(addedTo(earlier, later)).toBe(added);
  });

  it('is found when the beginning was cut away meanwhile', () => {
    const line = (place: number): string => `line ${place}\n`;
    const lines = (from: number, to: number): string =>
      Array.from({ length: to - from }, (_, place) => line(from + place)).join('');
    expect(addedTo(lines(0, 1000), lines(500, 1003))).toBe(lines(1000, 1003));
  });
});

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

describe('restore points', () => {
  it('show which were left behind', async () => {
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
});
