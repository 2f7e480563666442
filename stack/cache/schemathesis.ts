// Fetches Schemathesis for the test that fuzzes the API, because the stack does without.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../src/domain/errors/message-of.ts';
import { tell } from '../output.ts';
import { readSettings, type StackSettings } from '../settings.ts';
import { runCommand } from './command.ts';
import { ensureEntry } from './entry.ts';
import { SCHEMATHESIS } from './pins.ts';

/**
 * Fetches Schemathesis with its dependencies. Parts of them are compiled for one version of Python, so each has a folder.
 * @returns the folder that Python finds it in.
 * @throws Error where there is no Python that can run it.
 */
export async function prepareSchemathesis(settings: StackSettings = readSettings()): Promise<string> {
  const { cacheDirectory, environment } = settings;
  const python = (...args: readonly string[]): Promise<string> =>
    runCommand('python3', args, { environment }).catch((cause: unknown) => {
      const why = `Schemathesis needs python3 of 3.10 or later, with pip and the network once: ${messageOf(cause)}`;
      throw new Error(why, { cause });
    });
  const version = (await python('-c', 'import sys; assert sys.version_info >= (3, 10); print(sys.version[:4])')).trim();
  mkdirSync(join(cacheDirectory, 'tmp'), { recursive: true });
  return ensureEntry(cacheDirectory, `schemathesis-${SCHEMATHESIS.version}-python-${version}`, async (directory) => {
    tell('Fetching Schemathesis, about 20 MB, once');
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--target', directory];
    await python(...pip, `schemathesis==${SCHEMATHESIS.version}`);
  });
}
