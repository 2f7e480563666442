/** Files that a command writes for a person: whole or not at all, and never over what is there unless told to. */
import { link, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UsageError } from '../failures.ts';

/**
 * Writes a file under a name of its own first, so that nothing half-written ever has the right one.
 * @throws UsageError when it exists and `overwrite` is false.
 */
export async function writeNewFile(path: string, text: string, overwrite: boolean): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(temporary, text, { flag: 'wx' });
    // A link fails if the name is taken, which a rename does not.
    if (overwrite) await rename(temporary, path);
    else await link(temporary, path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause; // fs throws these
    throw new UsageError(`${path} exists already; --force writes over it`, { cause });
  } finally {
    await rm(temporary, { force: true });
  }
}
