// Builds Sluice's own JARs from java/, which has a folder for each, once for each state of its sources.
import { createHash } from 'node:crypto';
import { copyFileSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { runMaven } from './maven.ts';

/** The JARs that the pom of each folder `java/sluice-…` makes. */
const JARS = {
  launcher: ['sluice-launcher.jar'],
  agent: ['sluice-agent.jar', 'sluice-entry.jar'],
} as const satisfies Record<string, readonly string[]>;

export type JarsOf = keyof typeof JARS;

/** JARs that were built together, and their version. */
export interface CachedJars {
  /** The folder of the JARs, which keep their names. */
  readonly folder: string;
  /** A hash of the sources. The build is reproducible, so the hash also identifies the bytes of the JARs. */
  readonly version: string;
}

/** Locates JARs in their folder of the cache. */
export function jarsIn(repository: string, name: JarsOf, folder: (entry: string) => string): CachedJars {
  return { folder: folder(jarsEntry(repository, name)), version: hashOfSources(repository, name) };
}

/** The name of the folder of JARs in the cache. */
export const jarsEntry = (repository: string, name: JarsOf): string => `${name}-${hashOfSources(repository, name)}`;

/** Builds JARs into a folder of the cache. */
export async function buildJars(
  repository: string,
  name: JarsOf,
  directory: string,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const target = join(directory, 'target');
  await runMaven(
    ['--file', join(sourcesOf(repository, name), 'pom.xml'), 'package', `-Dtarget=${target}`],
    environment,
  );
  for (const jar of JARS[name]) copyFileSync(join(target, jar), join(directory, jar));
  rmSync(target, { recursive: true });
}

const sourcesOf = (repository: string, name: JarsOf): string => join(repository, 'java', `sluice-${name}`);

function hashOfSources(repository: string, name: JarsOf): string {
  const root = sourcesOf(repository, name);
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
