/** Runs a program to its end, as a child process. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../../', import.meta.url));

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const LONGEST_COMMAND_MS = 600_000;

/** Runs a program to its end, in the checkout unless it is told another folder. */
export function run(
  command: string,
  args: readonly string[],
  environment: Record<string, string>,
  cwd = repository,
  timeout = LONGEST_COMMAND_MS,
): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { cwd, env: { ...process.env, ...environment }, timeout };
    execFile(command, args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
  });
}
