/**
 * Hostile files are read by a process with a heap of 128 MB, which must end by itself, with the right error for each. The
 * time after which it is killed is a bound that no machine needs, not a measurement: what is wrong takes hours, or dies. Seen to
 * fail: without the bounds on open levels and on signs, and `redact` as it was: it had not ended after 100 s.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { bombs, crowds, slowPatterns } from './bad-deployment-files/hostile.ts';

const script = fileURLToPath(new URL('./bad-deployment-files/read-hostile.ts', import.meta.url));
const KILLED_AFTER_MS = 600_000;

interface Answer {
  readonly began?: string;
  readonly name?: string;
  readonly said?: string;
}

async function readAll(list: string): Promise<readonly Answer[]> {
  const child = spawn(process.execPath, ['--max-old-space-size=128', '--import', 'tsx', script, list], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: KILLED_AFTER_MS,
    killSignal: 'SIGKILL',
  });
  let output = '';
  let complaints = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (complaints += chunk));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]; // as Node documents it
  const lines = output.trimEnd().split('\n');
  const last = lines.at(-1) ?? '';
  expect({ code, signal }, `${last}\n${complaints.slice(-2000)}`).toEqual({ code: 0, signal: null });
  return lines.map((line) => JSON.parse(line) as Answer); // written by the script
}

describe.each(Object.entries({ bombs, crowds, slowPatterns }))('hostile files: %s', (list, cases) => {
  it('are all refused within a small heap', { timeout: KILLED_AFTER_MS + 20_000 }, async () => {
    const answers = (await readAll(list)).filter(({ said }) => said !== undefined);
    expect(answers.map(({ name }) => name)).toEqual(cases.map(({ name }) => name));
    for (const { name, says } of cases) {
      const said = answers.find((answer) => answer.name === name)?.said ?? '';
      expect(said, name).toContain(says);
      expect(said.split('\n').length, name).toBeLessThanOrEqual(100);
    }
  });
});
