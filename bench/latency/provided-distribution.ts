/**
 * The distribution once more, for a client with `yarn.provided.lib.dirs`. Flink's client takes modification times from
 * S3A's listing and YARN compares them with S3A's HEAD: MinIO lists milliseconds where HEAD, and AWS everywhere, has
 * whole seconds, so these objects are written with a time in whole seconds (MinIO's header for replicated objects).
 */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { s3Client } from '../../stack/components/minio.ts';
import type { StackStatus } from '../../stack/control.ts';
import type { ClientHome } from './client-home.ts';

const PREFIX = 'bench-client/flink';
const SOURCE_TIME = 'x-minio-source-mtime';

/** Uploads the client's lib/ and plugins/. Returns the folder in the bucket. */
export async function publishProvided({ s3 }: StackStatus, home: ClientHome): Promise<string> {
  const client = s3Client(s3);
  withSourceTime(client, `${new Date().toISOString().slice(0, 19)}Z`);
  try {
    for (const [folder, name] of [
      [home.lib, 'lib'],
      [home.plugins, 'plugins'],
    ] as const) {
      const files = await readdir(folder, { recursive: true, withFileTypes: true });
      for (const file of files.filter((entry) => entry.isFile())) {
        const path = join(file.parentPath, file.name);
        const Key = `${PREFIX}/${name}${path.slice(folder.length)}`;
        const { size } = await stat(path);
        const Body = createReadStream(path);
        await client.send(new PutObjectCommand({ Bucket: s3.bucket, Key, Body, ContentLength: size }));
      }
    }
  } finally {
    client.destroy();
  }
  return PREFIX;
}

function withSourceTime(client: S3Client, time: string): void {
  client.middlewareStack.add(
    (next) => (args) => {
      const { request } = args;
      if (hasHeaders(request)) request.headers[SOURCE_TIME] = time;
      return next(args);
    },
    { step: 'build' },
  );
}

const hasHeaders = (request: unknown): request is { headers: Record<string, string> } =>
  typeof request === 'object' && request !== null && 'headers' in request;
