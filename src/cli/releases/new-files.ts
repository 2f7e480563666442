/** Writes files for a person: whole or not at all, and over an existing file only when told to. */
import { link, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UsageError } from '../failures.ts';

/**
 * Writes under a temporary name first, so that the final name never holds half a file.
 * @throws UsageError when the file exists and `overwrite` is false.
 */
export async function writeNewFile(path: string, text: string, overwrite: boolean): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(temporary, text, { flag: 'wx' });
    // A link fails when the name is taken; a rename would replace the file.
    if (overwrite) await rename(temporary, path);
    else await link(temporary, path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause; // fs throws these
    throw new UsageError(`${path} exists already; --force overwrites it`, { cause });
  } finally {
    await rm(temporary, { force: true });
  }
}
