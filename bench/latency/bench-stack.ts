/** A stack of the bench's own, with one empty cluster, that leaves nothing behind. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createS3Client, type S3Client } from '../../src/clients/s3/s3.ts';
import { loadConfig, type Config } from '../../src/config.ts';
import { stackDown, stackUp } from '../../stack/commands.ts';
import { isUp, stackStatus, type StackStatus } from '../../stack/control.ts';
import { readSettings, type StackSettings } from '../../stack/settings.ts';
import { stackFiles } from '../../stack/layout/stack-files.ts';
import { tell } from './terminal.ts';

/** The running stack and what the bench needs of it. */
export interface BenchStack {
  readonly settings: StackSettings;
  readonly status: StackStatus;
  readonly config: Config;
  readonly s3: S3Client;
  /** For files of the bench. */
  readonly folder: string;
}

/** The user's own stack, which the bench leaves alone. */
const users = readSettings();
// The supervisor is a process of its own and reads its folder from the environment: one inside that which git ignores.
process.env['SLUICE_STACK_DIR'] = join(users.stackDirectory, 'bench');

/** The settings of the bench's stack. */
export const benchSettings = (): StackSettings => readSettings();

/** Brings it up. */
export async function benchUp(settings: StackSettings, signal: AbortSignal): Promise<BenchStack> {
  if (isUp(stackStatus(users))) {
    tell('Another stack of yours is up: its processes share the machine and blur the figures.');
  }
  await stackUp(settings, { clusters: 1, signal });
  const status = stackStatus(settings);
  if (status === undefined) throw new Error('The stack is up but left no description');
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = status.s3;
  const s3 = createS3Client({
    endpoint,
    region,
    bucket,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });
  // Not in the stack's folder, which only its owner may read: YARN shares between applications what everybody may read.
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  await chmod(folder, 0o755);
  return { settings, status, config: loadConfig(stackFiles(settings.stackDirectory).configuration), s3, folder };
}

/** Takes it down and deletes it. */
export async function benchDown(settings: StackSettings): Promise<void> {
  await stackDown(settings);
  await rm(settings.stackDirectory, { recursive: true, force: true });
}
