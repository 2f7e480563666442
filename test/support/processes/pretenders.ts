/** A program that brings classes of Sluice's names along: whoever loads them in place of ours asks no gate. */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { prepareCache } from '../../../stack/cache/cached-tools.ts';

const SOURCES = fileURLToPath(new URL('../../e2e/faults/gates/pretenders/sluice/agent/', import.meta.url));
const SERVICES = join('META-INF', 'services');
const run = promisify(execFile);

/** Makes a copy of a JAR with the pretenders in it. @returns its path, whose name is that of the JAR. */
export async function withPretenders(jar: string, folder: string): Promise<string> {
  const { flink } = await prepareCache();
  const classes = join(folder, 'pretenders');
  await mkdir(join(classes, SERVICES), { recursive: true });
  const sources = (await readdir(SOURCES)).map((name) => join(SOURCES, name));
  const flinkDist = join(flink['1.20.1'], 'lib', 'flink-dist-1.20.1.jar');
  await run('javac', ['--release', '11', '-cp', flinkDist, '-d', classes, ...sources]);
  const factory = 'org.apache.flink.metrics.reporter.MetricReporterFactory';
  await writeFile(join(classes, SERVICES, factory), 'sluice.agent.GateReporterFactory\n');
  const copy = join(folder, basename(jar));
  await copyFile(jar, copy);
  await run('jar', ['--update', '--file', copy, '-C', classes, '.']);
  return copy;
}
