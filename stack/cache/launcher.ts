// Builds the application master of the launcher shell-runner from java/, once for each state of its sources.
import { createHash } from 'node:crypto';
import { copyFileSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { runMaven } from './maven.ts';

const JAR = 'sluice-launcher.jar';

/** The launcher's JAR and its version. */
export interface CachedLauncher {
  readonly jar: string;
  /** A hash of the sources. The build is reproducible, so the hash also identifies the JAR's bytes. */
  readonly version: string;
}

/** Locates the JAR in its folder of the cache. */
export function launcherIn(repository: string, folder: (entry: string) => string): CachedLauncher {
  return { jar: join(folder(launcherEntry(repository)), JAR), version: hashOfSources(repository) };
}

/** The name of the launcher's folder in the cache. */
export const launcherEntry = (repository: string): string => `launcher-${hashOfSources(repository)}`;

/** Builds the launcher into a folder of the cache. */
export async function buildLauncher(
  repository: string,
  directory: string,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const target = join(directory, 'target');
  await runMaven(
    ['--file', join(repository, 'java', 'pom.xml'), 'package', `-Dlauncher.target=${target}`],
    environment,
  );
  copyFileSync(join(target, JAR), join(directory, JAR));
  rmSync(target, { recursive: true });
}

function hashOfSources(repository: string): string {
  const root = join(repository, 'java');
  const sources = readdirSync(join(root, 'src', 'main'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const hash = createHash('sha256');
  for (const file of [join(root, 'pom.xml'), ...sources.sort()]) {
    const content = readFileSync(file);
    hash.update(`${relative(root, file)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 12);
}
