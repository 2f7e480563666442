/** Publishes a second copy of the distribution, for a client with `yarn.provided.lib.dirs`. */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { s3Client } from '../../stack/components/minio.ts';
import { writeWholeSeconds } from '../../stack/components/whole-seconds.ts';
import type { StackStatus } from '../../stack/control.ts';
import type { ClientHome } from './client-home.ts';

const PREFIX = 'by-hand/bench/flink';

/** Uploads the client's lib/ and plugins/. Returns the folder in the bucket. */
export async function publishProvided({ s3 }: StackStatus, home: ClientHome): Promise<string> {
  const client = s3Client(s3);
  writeWholeSeconds(client);
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
