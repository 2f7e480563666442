/** Asking git what was built. Works in a shallow clone: only the checked-out commit is looked at. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { SluiceError } from '../domain/errors/errors.ts';

export interface Checkout {
  /** Full hash of the commit that is checked out. */
  readonly commit: string;
  /** Whether files differ from that commit, or are there without being part of it or ignored. */
  readonly isDirty: boolean;
}

/** A line for each change: some hundred thousand of them. */
const MOST_OUTPUT_BYTES = 64 * 1024 * 1024;

const run = promisify(execFile);

/**
 * The commit of the checkout that this folder is in.
 * @throws SluiceError `InvalidRequest` when it is in none, or git cannot be asked.
 */
export async function readCheckout(folder: string): Promise<Checkout> {
  const git = async (...args: string[]): Promise<string> =>
    (await run('git', ['-C', folder, ...args], { maxBuffer: MOST_OUTPUT_BYTES })).stdout.trim();
  try {
    const commit = await git('rev-parse', '--verify', 'HEAD^{commit}');
    const changes = await git('--no-optional-locks', 'status', '--porcelain', '--untracked-files=normal');
    return { commit, isDirty: changes !== '' };
  } catch (cause) {
    const stderr = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : '';
    const why = stderr.split('\n', 1)[0] || (cause as Error).message; // execFile rejects with Errors
    throw new SluiceError('InvalidRequest', `git does not say which commit ${folder} is at: ${why}`, { cause });
  }
}
