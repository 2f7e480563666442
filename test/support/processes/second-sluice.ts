/** A second Sluice with a Temporal of its own, on the S3 and the clusters of the stack under test. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { StackStatus } from '../../../stack/control.ts';
import { readSettings } from '../../../stack/settings.ts';
import { runningStack } from '../stack.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));

/** Below the folder of the stack under test, where `npm test` looks for it when a test could not take it down. */
export const secondStackDirectory = (stackDirectory: string): string => join(stackDirectory, 'second');

export interface SecondSluice {
  readonly status: StackStatus;
  down(): Promise<void>;
}

/** Starts it; `environment` are settings of the stack (`SLUICE_STACK_…`). */
export async function startSecondSluice(environment: Readonly<Record<string, string>>): Promise<SecondSluice> {
  const { s3, clusters, token } = runningStack();
  const stack = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', 'stack/main.ts', ...args], {
      cwd: repository,
      env: {
        ...process.env,
        ...environment,
        SLUICE_STACK_DIR: secondStackDirectory(readSettings().stackDirectory),
        SLUICE_STACK_S3_ENDPOINT: s3.endpoint,
        AWS_ACCESS_KEY_ID: s3.accessKeyId,
        AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
        SLUICE_STACK_TOKEN: token,
        SLUICE_STACK_CLUSTERS: JSON.stringify(clusters),
      },
    });
    return stdout;
  };
  const status = JSON.parse(await stack('up', '--json')) as StackStatus; // what the command is documented to print
  return {
    status,
    async down() {
      await stack('down');
    },
  };
}
