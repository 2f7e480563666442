// Fetches jars with Maven, because Maven knows the user's mirrors and credentials.
import { readdirSync, renameSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './command.ts';

// Strict checksums turn a jar that differs from its repository's checksum into an error instead of a warning.
const QUIET = ['--quiet', '--batch-mode', '--strict-checksums'];

let turn: Promise<unknown> = Promise.resolve();

/** Runs one Maven at a time, because two could write the same file of the shared local repository. */
export function runMaven(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<unknown> {
  const mine = turn.then(() => runCommand('mvn', [...QUIET, ...args], { environment }));
  turn = mine.catch(() => undefined); // the caller of this run gets the error; the next run only waits for its turn
  return mine;
}

/** Copies one artifact, `group:name:version`, into a folder. */
export async function fetchArtifact(
  artifact: string,
  directory: string,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  await runMaven(['dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${directory}`], environment);
}

// Jars for the daemons only. Containers must not see them, because reload4j would compete with Flink's log4j for SLF4J,
// and because every jar on a class path costs time at each start.
export const DAEMONS_ONLY =
  /^(hadoop-yarn-server-|hadoop-registry|slf4j-reload4j|reload4j|jetty-|jersey-(guice|json|server|servlet)|guice|websocket-|javax[-.]websocket|HikariCP|mssql-jdbc|ehcache|leveldbjni|jsonschema2pojo|codemodel|fst-|bc(pkix|prov|util)|FastInfoset|jaxb-|cache-api|metrics-core|asm-|jna-|javax\.inject|aopalliance|jline|jsp-api)/;

/** Copies Hadoop's jars into `common` (for daemons and containers) and `daemons` (for daemons only). */
export async function fetchHadoop(
  pom: string,
  directory: string,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const common = join(directory, 'common');
  const daemons = join(directory, 'daemons');
  mkdirSync(daemons);
  const copy = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${common}`];
  await runMaven(['--file', pom, ...copy], environment);
  for (const jar of readdirSync(common)) {
    if (DAEMONS_ONLY.test(jar)) renameSync(join(common, jar), join(daemons, jar));
  }
}
