/**
 * Makes the lists of classes that a standby loads while it waits (`java/sluice-agent`, `Warming`): all that the JobManager and the
 * TaskManager of a real job loaded from Flink's and Hadoop's JARs after they could have waited, in any version of Flink.
 *
 *     npm run stack -- up
 *     node --import tsx bench/upgrade/class-lists.ts
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildClicks } from '../../examples/clicks/build.ts';
import { createS3Client } from '../../src/clients/s3/s3.ts';
import { publishRelease } from '../../src/releases/publish.ts';
import { FLINK_VERSIONS, type FlinkVersion } from '../../stack/cache/pins.ts';
import { stackStatus } from '../../stack/control.ts';
import { readSettings } from '../../stack/settings.ts';
import { ask, ended } from '../latency/sluice-api.ts';
import { tell } from '../latency/terminal.ts';
import { namesIn, type Role } from './class-log.ts';

const LISTS = new URL('../../java/sluice-agent/src/main/resources/sluice/agent/', import.meta.url);
const PROJECT = 'class-lists';

const settings = readSettings();
const status = stackStatus(settings);
if (status === undefined) throw new Error('Needs the stack: npm run stack -- up');
const folder = await mkdtemp(join(tmpdir(), 'sluice-classes-'));
const found: Record<Role, Set<string>> = { jobmanager: new Set(), taskmanager: new Set() };
for (const version of FLINK_VERSIONS) {
  for (const log of await logsOf(version)) {
    const { role, names } = namesIn(log);
    for (const name of names) found[role].add(name);
    tell(`  Flink ${version}, ${role}: ${names.length} classes`);
  }
}
for (const [role, names] of Object.entries(found)) {
  await writeFile(
    new URL(`warm-${role}.txt`, LISTS),
    [...names]
      .sort()
      .map((name) => `${name}\n`)
      .join(''),
  );
  tell(`  ${role}: ${names.size} classes`);
}
await rm(folder, { recursive: true });

/** Runs a job, and returns what its JVMs wrote of the classes that they loaded. */
async function logsOf(version: FlinkVersion): Promise<string[]> {
  const job = `classes-${version.replaceAll('.', '-')}`;
  const logs = await mkdtemp(join(folder, 'logs-'));
  const release = await publish(job, version, logs);
  const deploy = await ended(status!, await ask(status!, job, { kind: 'deploy', release, actor: 'bench' }));
  if (deploy.outcome !== 'succeeded') throw new Error(`${job} did not start: ${deploy.error?.detail ?? ''}`);
  await ended(status!, await ask(status!, job, { kind: 'kill', actor: 'bench' }));
  const names = await readdir(logs);
  return Promise.all(names.map((name) => readFile(join(logs, name), 'utf8')));
}

async function publish(job: string, version: FlinkVersion, logs: string): Promise<string> {
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = status!.s3;
  const credentials = { accessKeyId, secretAccessKey };
  const s3 = createS3Client({ endpoint, region, bucket, forcePathStyle: true, credentials });
  const { jars } = await buildClicks({
    version: '1.0.0',
    flinkVersions: [version],
    cacheRoot: settings.cacheDirectory,
  });
  const [jar] = jars;
  if (jar === undefined) throw new Error('examples/clicks was built without a JAR');
  const file = join(folder, `${job}.yaml`);
  await writeFile(
    file,
    `apiVersion: sluice/v1
kind: FlinkJob
name: ${job}
environment: bench
owner: { team: bench }
placement: { cluster: ${status!.clusters[0]?.name ?? ''} }
flink:
  version: '${version}'
  config:
    execution.checkpointing.interval: 2s
    taskmanager.memory.managed.size: 0m
    taskmanager.memory.jvm-metaspace.size: 128m
    env.java.opts.all: -Xlog:class+load:file=${logs}/%p
job: { jar: ${jar.name}, entryClass: com.example.Clicks, parallelism: 1 }
jobManager: { memory: 700m, vcores: 1 }
taskManager: { memory: 896m, vcores: 1, slots: 1 }
`,
  );
  const release = `1.0.0-${Date.now().toString(36)}`;
  await publishRelease(s3, { project: PROJECT, version: release, files: [jar.path, file] });
  return `${PROJECT}/${release}`;
}
