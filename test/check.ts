/** `npm run check` runs each check below, also after one has failed, and then says which failed. */
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { say, tell } from '../stack/output.ts';

const repository = dirname(dirname(fileURLToPath(import.meta.url)));

/** Programs of node_modules with their arguments. */
const checks = [
  { name: 'types', command: ['tsc', '--noEmit', '-p', '.'] },
  { name: 'console types', command: ['tsc', '--noEmit', '-p', 'src/ui'] },
  { name: 'lint', command: ['eslint', '--max-warnings', '0', '.'] },
  { name: 'format', command: ['prettier', '--check', '--log-level', 'warn', '.'] },
  {
    name: 'architecture',
    command: [
      'depcruise',
      '--config',
      '.dependency-cruiser.cjs',
      ...['src', 'stack', 'demo', 'test', 'bench', 'examples', 'observer'],
    ],
  },
  { name: 'unused', command: ['knip', '--no-progress'] },
  { name: 'commits', command: ['tsx', 'test/lint/commit-subjects.ts'] },
] as const;

const failures: string[] = [];
for (const { name, command } of checks) {
  const began = performance.now();
  const { code, output } = await run(command);
  const duration = `${((performance.now() - began) / 1000).toFixed(1)} s`;
  say(`${code === 0 ? '✓' : '✗'} ${name.padEnd(13)} ${duration.padStart(7)}   ${command.slice(0, 2).join(' ')}`);
  if (code === 0) continue;
  failures.push(name);
  tell(output.trim());
}
say(failures.length === 0 ? 'All checks passed.' : `Failed: ${failures.join(', ')}.`);
process.exit(failures.length === 0 ? 0 : 1);

function run([program, ...args]: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(join(repository, 'node_modules', '.bin', program ?? ''), args, {
      cwd: repository,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
    }
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
