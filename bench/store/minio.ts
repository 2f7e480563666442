/** Runs a real S3 server for the bench, on an empty folder. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { prepareCache } from '../../stack/cache/cached-tools.ts';
import { createBucket } from '../../stack/components/minio.ts';
import { choosePorts } from '../../stack/layout/ports.ts';
import type { S3Access } from '../../stack/stack.ts';

export interface BenchStore {
  readonly s3: S3Access;
  end(): Promise<void>;
}

const READY_WITHIN_MS = 30_000;

export async function startStore(): Promise<BenchStore> {
  const { minio } = await prepareCache();
  const ports = await choosePorts({}, ['s3', 'console'], { replaceIfTaken: new Set() });
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-s3-'));
  const secretAccessKey = randomBytes(16).toString('hex');
  const s3 = {
    endpoint: `http://127.0.0.1:${ports['s3']}`,
    region: 'us-east-1',
    bucket: 'sluice',
    accessKeyId: 'bench',
    secretAccessKey,
  };
  const addresses = ['--address', `127.0.0.1:${ports['s3']}`, '--console-address', `127.0.0.1:${ports['console']}`];
  const server = spawn(minio, ['server', '--anonymous', ...addresses, folder], {
    stdio: 'ignore',
    env: { ...process.env, MINIO_ROOT_USER: s3.accessKeyId, MINIO_ROOT_PASSWORD: secretAccessKey, MINIO_UPDATE: 'off' },
  });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const end = async (): Promise<void> => {
    server.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const until = Date.now() + READY_WITHIN_MS;
  while (!(await createBucket(s3).catch(() => false))) {
    if (Date.now() > until || server.exitCode !== null) {
      await end();
      throw new Error('MinIO did not come up');
    }
    await sleep(100);
  }
  return { s3, end };
}
