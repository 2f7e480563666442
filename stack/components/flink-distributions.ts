// Publishes Flink's distributions and Sluice's own JARs to S3, from where YARN localizes them. Each key is written
// once, because its meaning never changes.
import { HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { createReadStream, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FLINK_VERSIONS, type FlinkVersion } from '../cache/pins.ts';
import { sha256OfFile } from '../cache/entry.ts';
import type { Stack } from '../stack.ts';
import { createBucket, s3Client } from './minio.ts';
import { writeWholeSeconds } from './whole-seconds.ts';

/**
 * Leaves Scala's own API out of lib/, because Flink 2 is about to drop it and no Java job loads it. Everything else of
 * Flink's lib/ is published, SQL included, so that users find what they know.
 */
const LEFT_OUT = /^flink-scala_/;

/** The folder of a version in the bucket. Its objects have times in whole seconds; those below `flink/…` have not. */
export function distributionPrefix(version: FlinkVersion): string {
  return `dist/flink-${version}`;
}

/** The key of the launcher's JAR in the bucket. */
export function launcherKey(stack: Stack): string {
  return `dist/launcher-${stack.tools.launcher.version}/sluice-launcher.jar`;
}

/**
 * The keys of the JARs of Sluice's part in the JVMs of jobs. They are two objects, because YARN 3.4.3 localizes an object
 * under one name only.
 */
export function agentKeys(stack: Stack): { readonly plugin: string; readonly entry: string } {
  const prefix = `sluice/agent/${stack.tools.agent.version}`;
  return { plugin: `${prefix}/plugins/sluice/sluice-agent.jar`, entry: `${prefix}/lib/sluice-entry.jar` };
}

interface Publication {
  readonly key: string;
  readonly file: string;
}

/** Uploads the files that the bucket lacks. Returns their number. */
export async function publishFlinkDistributions(stack: Stack, signal: AbortSignal): Promise<number> {
  const client = s3Client(stack.s3);
  writeWholeSeconds(client);
  const publications = [
    ...FLINK_VERSIONS.flatMap((version) => listPublications(stack, version)),
    { key: launcherKey(stack), file: join(stack.tools.launcher.folder, 'sluice-launcher.jar') },
    { key: agentKeys(stack).plugin, file: join(stack.tools.agent.folder, 'sluice-agent.jar') },
    { key: agentKeys(stack).entry, file: join(stack.tools.agent.folder, 'sluice-entry.jar') },
  ];
  try {
    // Our own server has the bucket already; an external one may lack it.
    if (!(await createBucket(stack.s3)))
      throw new Error(`${stack.s3.endpoint} has no bucket ${stack.s3.bucket} for us.`);
    const uploaded = await Promise.all(publications.map((one) => publish(client, stack.s3.bucket, one, signal)));
    return uploaded.filter(Boolean).length;
  } finally {
    client.destroy();
  }
}

function listPublications(stack: Stack, version: FlinkVersion): Publication[] {
  const prefix = distributionPrefix(version);
  const folder = (from: string, to: string): Publication[] =>
    readdirSync(from)
      .filter((name) => name.endsWith('.jar') && !LEFT_OUT.test(name))
      .map((name) => ({ key: `${prefix}/${to}/${name}`, file: join(from, name) }));
  const distribution = stack.tools.flink[version];
  return [
    ...folder(join(distribution, 'lib'), 'lib'),
    ...folder(join(distribution, 'plugins/s3-fs-hadoop'), 'plugins/s3-fs-hadoop'),
    { key: `${prefix}/conf/log4j.properties`, file: join(stack.settings.repository, 'stack/flink/log4j.properties') },
  ];
}

/**
 * Never overwrites an existing object, even if the local content differs by now. YARN compares the modification time of
 * a local resource, so a new time would break applications that are about to start containers.
 */
async function publish(client: S3Client, bucket: string, one: Publication, signal: AbortSignal): Promise<boolean> {
  const size = statSync(one.file).size;
  const object = { Bucket: bucket, Key: one.key };
  const options = { abortSignal: signal };
  try {
    const head = await client.send(new HeadObjectCommand(object), options);
    if (head.ContentLength === size && head.Metadata?.['sha256'] !== undefined) return false;
    throw new Error(
      `${one.key} in bucket ${bucket} is not what this version of the stack publishes. ` +
        'Take the stack down and delete that object, or the folder of the stack, to have it published anew.',
    );
  } catch (error) {
    if (!(error instanceof Error && error.name === 'NotFound')) throw error;
  }
  const sha256 = await sha256OfFile(one.file);
  const content = { Body: createReadStream(one.file), ContentLength: size, Metadata: { sha256 } };
  await client.send(new PutObjectCommand({ ...object, ...content, IfNoneMatch: '*' }), options);
  return true;
}
