// Jars fetched with Maven, which knows the user's mirrors and credentials.
import { readdirSync, renameSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './command.ts';

// Strict checksums: a jar that differs from what its repository says is an error, not a warning.
const QUIET = ['--quiet', '--batch-mode', '--strict-checksums'];

let turn: Promise<unknown> = Promise.resolve();

/** One Maven at a time: two could write the same file of the shared local repository. */
export function runMaven(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<unknown> {
  const mine = turn.then(() => runCommand('mvn', [...QUIET, ...args], { environment }));
  turn = mine.catch(() => undefined); // whoever waits for it gets the error; the next one only needs its turn
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

// What only the daemons need. Containers must not see it: reload4j would compete with Flink's log4j for SLF4J, and
// every jar on a class path costs time at each start.
export const DAEMONS_ONLY =
  /^(hadoop-yarn-server-|hadoop-registry|slf4j-reload4j|reload4j|jetty-|jersey-(guice|json|server|servlet)|guice|websocket-|javax[-.]websocket|HikariCP|mssql-jdbc|ehcache|leveldbjni|jsonschema2pojo|codemodel|fst-|bc(pkix|prov|util)|FastInfoset|jaxb-|cache-api|metrics-core|asm-|jna-|javax\.inject|aopalliance|jline|jsp-api)/;

/** Copies Hadoop's jars into `common` (what a container needs too) and `daemons` (only the daemons). */
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
