// Runs MinIO as the S3 server, with one bucket and a user for each part of Sluice.
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { mkdirSync } from 'node:fs';
import { createBucketUsers } from './bucket-users.ts';
import type { Component } from './component.ts';
import type { S3Access, Stack } from '../stack.ts';

/** Ports of MinIO. */
export const MINIO_PORTS = ['s3', 's3-console'] as const;

/** The S3 server. */
export function minio(stack: Stack): Component {
  return {
    name: 'minio',
    after: [],
    stopOrder: 3,
    stopGraceMilliseconds: 8_000,
    readyWithinMilliseconds: 60_000,
    ports: MINIO_PORTS,
    prepare: () => {
      const directory = stack.files.data('s3');
      mkdirSync(directory, { recursive: true });
      const addresses = [
        ...['--address', `127.0.0.1:${stack.port('s3')}`],
        ...['--console-address', `127.0.0.1:${stack.port('s3-console')}`],
      ];
      return {
        command: stack.tools.minio,
        // The option --anonymous keeps the credentials out of the log.
        args: ['server', '--anonymous', ...addresses, directory],
        environment: {
          ...stack.environment,
          // The environment carries the credentials, because every user of the machine can read a process's arguments.
          MINIO_ROOT_USER: stack.s3.accessKeyId,
          MINIO_ROOT_PASSWORD: stack.s3.secretAccessKey,
          MINIO_UPDATE: 'off',
        },
      };
    },
    isReady: async () => (await createBucket(stack.s3)) && (await createBucketUsers(stack)),
  };
}

/** Creates the bucket if it is missing. Returns false while the server does not serve. */
export async function createBucket(s3: S3Access): Promise<boolean> {
  const client = s3Client(s3, 1);
  try {
    await client.send(new CreateBucketCommand({ Bucket: s3.bucket }));
    return true;
  } catch (error) {
    return error instanceof Error && error.name === 'BucketAlreadyOwnedByYou';
  } finally {
    client.destroy();
  }
}

/** A client of the stack's S3. */
export function s3Client(s3: S3Access, maxAttempts = 3): S3Client {
  return new S3Client({
    endpoint: s3.endpoint,
    region: s3.region,
    forcePathStyle: true,
    maxAttempts,
    credentials: { accessKeyId: s3.accessKeyId, secretAccessKey: s3.secretAccessKey },
  });
}
