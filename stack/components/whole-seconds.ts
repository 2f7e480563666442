// Writes objects with times in whole seconds, for readers that take the time from a listing.
import type { S3Client } from '@aws-sdk/client-s3';

/** MinIO's header for replicated objects. */
const SOURCE_TIME = 'x-minio-source-mtime';

/**
 * Makes the client write whole seconds, so that a listing and HEAD show the same time. Flink's client takes
 * modification times from S3A's listing, and YARN compares them with S3A's HEAD. MinIO lists milliseconds but answers
 * HEAD with whole seconds; AWS uses whole seconds in both.
 */
export function writeWholeSeconds(client: S3Client): void {
  const time = `${new Date().toISOString().slice(0, 19)}Z`;
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
