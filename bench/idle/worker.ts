/** Runs the real worker in a separate process, so that its memory can be measured alone. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { S3Access } from '../../stack/stack.ts';

export interface BenchWorker {
  readonly pid: number;
  /** Returns the resident memory in MiB. */
  memory(): Promise<number>;
  stop(): Promise<void>;
}

const repository = fileURLToPath(new URL('../../', import.meta.url));

/** Starts the worker with this configuration, and the key of its bucket. Its log goes to stderr. */
export async function startWorker(
  configuration: unknown,
  { accessKeyId, secretAccessKey }: Pick<S3Access, 'accessKeyId' | 'secretAccessKey'>,
): Promise<BenchWorker> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-idle-'));
  const file = join(folder, 'sluice.json');
  await writeFile(file, JSON.stringify(configuration));
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/worker.ts'], {
    cwd: repository,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      SLUICE_CONFIG: file,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    },
  });
  return {
    pid: child.pid ?? 0,
    async memory() {
      const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(child.pid)]);
      return Number(stdout.trim()) / 1024;
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit');
        child.kill('SIGTERM');
        await ended;
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}
