/** Runs a separate stack for the bench, with one empty cluster, and deletes it afterwards. */
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

/** The running stack, as the bench needs it. */
export interface BenchStack {
  readonly settings: StackSettings;
  readonly status: StackStatus;
  readonly config: Config;
  readonly s3: S3Client;
  /** The folder for the bench's files. */
  readonly folder: string;
}

/** Settings of the user's own stack, which the bench leaves alone. */
const users = readSettings();
// The supervisor is a separate process and reads its folder from the environment. The folder lies inside the one that
// git ignores.
process.env['SLUICE_STACK_DIR'] = join(users.stackDirectory, 'bench');

/** Reads the settings of the bench's stack. */
export const benchSettings = (): StackSettings => readSettings();

/** Brings the bench's stack up. */
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
  // The folder lies outside the stack's folder, which only its owner may read, because YARN shares between applications
  // only files that everybody may read.
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  await chmod(folder, 0o755);
  return { settings, status, config: loadConfig(stackFiles(settings.stackDirectory).configuration), s3, folder };
}

/** Takes the bench's stack down and deletes it. */
export async function benchDown(settings: StackSettings): Promise<void> {
  await stackDown(settings);
  await rm(settings.stackDirectory, { recursive: true, force: true });
}
