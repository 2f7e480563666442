// A folder of the cache is complete as soon as it exists under its name. An interrupted fetch leaves only a folder
// under tmp/, which a later run deletes.
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** Returns the folder `name` of the cache. Calls `fill` to make it when it is missing. */
export async function ensureEntry(
  cacheDirectory: string,
  name: string,
  fill: (directory: string) => Promise<void>,
): Promise<string> {
  const entry = join(cacheDirectory, name);
  if (existsSync(entry)) return entry;
  const temporary = join(cacheDirectory, 'tmp', `${name}-${process.pid}-${randomBytes(4).toString('hex')}`);
  mkdirSync(temporary, { recursive: true });
  try {
    await fill(temporary);
    publish(temporary, entry);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return entry;
}

function publish(temporary: string, entry: string): void {
  try {
    renameSync(temporary, entry);
  } catch (error) {
    if (!existsSync(entry)) throw error; // otherwise another process has fetched the same content meanwhile
  }
}

/** Deletes the leftovers of interrupted fetches, once they are too old to belong to a running fetch. */
export function sweepInterrupted(cacheDirectory: string): void {
  const directory = join(cacheDirectory, 'tmp');
  if (!existsSync(directory)) return;
  const anHourAgo = Date.now() - 3_600_000;
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    if (statSync(path).mtimeMs < anHourAgo) rmSync(path, { recursive: true, force: true });
  }
}

/** Returns the sha256 of a file, in hex. */
export async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** Throws unless the file has one of the expected checksums. */
export async function verifyChecksum(file: string, expected: readonly string[]): Promise<void> {
  const actual = await sha256OfFile(file);
  if (expected.includes(actual)) return;
  throw new Error(
    `${file} is not the file that this repository pins (sha256 ${actual}). ` +
      'A mirror or proxy may have altered it: nothing of it was used. Fetch again, or from another network.',
  );
}
