// Fetches the linters for the tests of the CI templates. The first of these tests fetches them, because the stack does
// without.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { tell } from '../output.ts';
import { readSettings, type StackSettings } from '../settings.ts';
import { ensureEntry } from './entry.ts';
import { buildGoProgram } from './go.ts';
import { fetchArtifact } from './maven.ts';
import { ACTIONLINT, GROOVY, SHELLCHECK } from './pins.ts';
import { fetchProgramOfWheel } from './python.ts';

/** Paths of the linters. */
export interface CachedLinters {
  readonly actionlint: string;
  /** Undefined where no pinned wheel exists for the platform. */
  readonly shellcheck: string | undefined;
  /** The JAR whose `groovy.ui.GroovyMain` runs a script. */
  readonly groovy: string;
}

/** Fetches the missing linters, which includes ten seconds of compiling, and returns the paths. */
export async function prepareLinters(settings: StackSettings = readSettings()): Promise<CachedLinters> {
  const { cacheDirectory, environment } = settings;
  const names = {
    actionlint: `actionlint-${ACTIONLINT.version}`,
    shellcheck: `shellcheck-${SHELLCHECK.version}`,
    groovy: `groovy-${GROOVY.version}`,
  };
  const hasShellcheck = process.platform === 'darwin' || (process.platform === 'linux' && process.arch === 'x64');
  mkdirSync(join(cacheDirectory, 'tmp'), { recursive: true });
  if (!existsSync(join(cacheDirectory, names.actionlint)))
    tell('Fetching the linters of the CI templates, about 30 MB, once');
  const [actionlint, shellcheck, groovy] = await Promise.all([
    ensureEntry(cacheDirectory, names.actionlint, (directory) => buildGoProgram(ACTIONLINT, directory, environment)),
    hasShellcheck
      ? ensureEntry(cacheDirectory, names.shellcheck, (directory) =>
          fetchProgramOfWheel({ ...SHELLCHECK, sha256: SHELLCHECK.wheels, directory, environment }),
        )
      : undefined,
    ensureEntry(cacheDirectory, names.groovy, (directory) =>
      fetchArtifact(`org.apache.groovy:groovy:${GROOVY.version}`, directory, environment),
    ),
  ]);
  return {
    actionlint: join(actionlint, 'actionlint'),
    shellcheck: shellcheck === undefined ? undefined : join(shellcheck, SHELLCHECK.member),
    groovy: join(groovy, `groovy-${GROOVY.version}.jar`),
  };
}
