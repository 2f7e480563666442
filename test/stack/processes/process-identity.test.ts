import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  endProcesses,
  identify,
  isAlive,
  parseStartTime,
  processesWithEnvironment,
  signalProcess,
} from '../../../stack/processes/process-identity.ts';

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

async function start(script: string, environment: Record<string, string> = {}): Promise<number> {
  const child = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'], env: environment });
  children.push(child);
  await once(child.stdout, 'data');
  return child.pid!;
}

describe('identity of a process', () => {
  it('holds while the process lives and ends with it', async () => {
    const identity = identify(await start('echo up; exec sleep 60'))!;
    expect(isAlive(identity)).toBe(true);
    await endProcesses([identity], 2_000);
    expect(isAlive(identity)).toBe(false);
  });

  it('does not pass on to another process that got the same pid', () => {
    const recycled = { pid: process.pid, startTime: 'long ago' };
    expect(isAlive(recycled)).toBe(false);
    expect(signalProcess(recycled, 'SIGKILL')).toBe(false);
  });

  it('ends a process that does not listen', async () => {
    const identity = identify(await start('trap "" TERM; echo up; while :; do sleep 1; done'))!;
    await endProcesses([identity], 200);
    expect(isAlive(identity)).toBe(false);
  });

  it.each([
    ['a plain name', `1 (java) S ${'0 '.repeat(18)}4711 9`, '4711'],
    ['a name with spaces and parentheses', `1 (a) (b c) R ${'0 '.repeat(18)}4711 9`, '4711'],
    ['a zombie, which has ended', `1 (java) Z ${'0 '.repeat(18)}4711 9`, undefined],
  ])('is read from the line of %s', (_, line, expected) => {
    expect(parseStartTime(line)).toBe(expected);
  });

  it('finds marked processes even when their parent has gone, and only those', async () => {
    const mark = `mark-${process.pid}-${Date.now()}`;
    await start('(exec sleep 61 >/dev/null) & echo up; exit 0', { MARK: mark, PATH: '/usr/bin:/bin' });
    await start('echo up; exec sleep 61', { MARK: `${mark}-another`, PATH: '/usr/bin:/bin' });
    // The shell that began it is there for a moment after its last word.
    const found = await vi.waitFor(() => {
      const marked = processesWithEnvironment('MARK', mark);
      expect(marked).toHaveLength(1);
      return marked;
    }, 10_000);
    await endProcesses(found, 2_000);
    expect(processesWithEnvironment('MARK', mark)).toEqual([]);
  });
});
