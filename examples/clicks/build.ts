import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { copyFile, mkdir, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const project = dirname(fileURLToPath(import.meta.url));
const defaultCacheRoot = join(project, '..', '..', '.cache');
const run = promisify(execFile);

/** A JAR: its name in a release, and its path. */
export interface BuiltJar {
  readonly name: string;
  readonly path: string;
}

export interface BuildClicksInput {
  /** The version that the JAR carries and each record shows, e.g. `1.1.0`. */
  readonly version: string;
  /** Flink versions to compile against, e.g. `['1.20.1', '2.1.0']`. Each gives a JAR. */
  readonly flinkVersions: readonly string[];
  /** The parent folder of `clicks/`. The default is the repository's `.cache`. */
  readonly cacheRoot?: string;
}

/** Builds the example job with Maven, once for each state of its sources. Returns an earlier build at once. */
export async function buildClicks({
  version,
  flinkVersions,
  cacheRoot = defaultCacheRoot,
}: BuildClicksInput): Promise<{ readonly jars: readonly BuiltJar[] }> {
  requireVersion('version', version);
  const folder = join(cacheRoot, 'clicks', `${await hashOfSources()}-${version}`);
  await mkdir(folder, { recursive: true });
  const jars: BuiltJar[] = [];
  for (const flinkVersion of flinkVersions) {
    requireVersion('flinkVersions', flinkVersion);
    const name = `clicks-flink-${seriesOf(flinkVersion)}.jar`;
    const path = join(folder, flinkVersion, name);
    if (!(await exists(path))) await build({ version, flinkVersion, path });
    jars.push({ name, path });
  }
  return { jars };
}

/** Returns the deployment files of the example, the base included, for publishing with the JARs. */
export async function clicksDeploymentFiles(): Promise<readonly BuiltJar[]> {
  const folder = join(project, 'deployment');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort();
  return names.map((name) => ({ name, path: join(folder, name) }));
}

interface Build {
  readonly version: string;
  readonly flinkVersion: string;
  readonly path: string;
}

async function build({ version, flinkVersion, path }: Build): Promise<void> {
  // Each build works in a separate folder and renames it at the end, so that two builds never see each other's halves.
  const work = join(dirname(dirname(path)), `.work-${randomUUID()}`);
  const series = seriesOf(flinkVersion);
  try {
    await mkdir(work, { recursive: true });
    await maven([
      `-Dclicks.version=${version}`,
      `-Dclicks.target=${work}`,
      `-Dflink.version=${flinkVersion}`,
      `-Dflink.series=${series}`,
    ]);
    await mkdir(dirname(path), { recursive: true });
    const staged = join(work, basename(path));
    await copyFile(join(work, `flink-${series}`, 'clicks.jar'), staged);
    await rename(staged, path);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function maven(properties: readonly string[]): Promise<void> {
  const args = ['--quiet', '--batch-mode', '-Dstyle.color=never', 'package', ...properties];
  try {
    await run('mvn', args, { cwd: project, timeout: 600_000, maxBuffer: 16 * 1024 * 1024 });
  } catch (cause) {
    if (isMissingProgram(cause)) {
      throw new Error('cannot build examples/clicks: Maven (mvn) is not installed; install it with a JDK 11 or newer', {
        cause,
      });
    }
    throw new Error(`cannot build examples/clicks with "mvn ${args.join(' ')}":\n${outputOf(cause)}`, { cause });
  }
}

function isMissingProgram(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}

function outputOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const output = [...('stdout' in cause ? [cause.stdout] : []), ...('stderr' in cause ? [cause.stderr] : [])];
  return output.map(String).join('').trim().slice(-4000) || cause.message;
}

async function hashOfSources(): Promise<string> {
  const hash = createHash('sha256');
  const files = [join(project, 'pom.xml'), ...(await filesBelow(join(project, 'src', 'main')))];
  for (const file of files) {
    const content = await readFile(file);
    hash.update(`${relative(project, file)}\0${String(content.length)}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 16);
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function exists(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** Returns the series of a version, such as `2.1` for `2.1.0`. Flink keeps its API within a series. */
function seriesOf(flinkVersion: string): string {
  return flinkVersion.split('.').slice(0, 2).join('.');
}

function requireVersion(field: string, value: string): void {
  if (!/^\d+\.\d+(\.\d+)?[-.0-9A-Za-z]*$/.test(value)) {
    throw new Error(`${field} must be a version like 1.20.1, got "${value}"`);
  }
}
