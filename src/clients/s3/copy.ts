/** Copies within a bucket; no content goes over our network. */
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  type S3Client as Sdk,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { abortable, type TransferOptions } from './list.ts';

/** An object as HEAD tells it, with the sha256 (hex) of its content. */
interface Source {
  readonly bucket: string;
  readonly key: string;
  readonly etag: string;
  readonly sha256: string;
}

const CONTENT_TYPE = 'application/octet-stream';

/**
 * Makes a copy unless there is an object, as an upload of one part, since only the end of an upload takes a condition on
 * every S3. @throws what the SDK throws: 404 when there is no source, 412 when it has changed or the key is taken.
 */
export async function copyIfAbsent(sdk: Sdk, source: Source, to: string, options: TransferOptions): Promise<void> {
  const { bucket: Bucket, key, etag: CopySourceIfMatch, sha256 } = source;
  const begun = { Bucket, Key: to, ContentType: CONTENT_TYPE, Metadata: { sha256 } };
  const { UploadId } = await sdk.send(new CreateMultipartUploadCommand(begun), abortable(options));
  const upload = { Bucket, Key: to, UploadId };
  try {
    const part = { ...upload, PartNumber: 1, CopySource: copySource(Bucket, key), CopySourceIfMatch };
    const { CopyPartResult } = await sdk.send(new UploadPartCopyCommand(part), abortable(options));
    const { ETag, ChecksumSHA256 } = CopyPartResult ?? {};
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag, ChecksumSHA256 }] };
    const end = { ...upload, MultipartUpload, IfNoneMatch: '*' };
    await sdk.send(new CompleteMultipartUploadCommand(end), abortable(options));
  } catch (failure) {
    await sdk.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined); // the failure says more
    throw failure;
  }
}

/**
 * Copies an object onto itself with the right digest in its metadata. An upload in parts notes its digest at the
 * beginning, so an upload that was begun for other content (with the same first parts, say) ends with a wrong one.
 */
export async function noteDigest(sdk: Sdk, { bucket, key, etag, sha256 }: Source): Promise<void> {
  const input = {
    Bucket: bucket,
    Key: key,
    CopySource: copySource(bucket, key),
    CopySourceIfMatch: etag,
    MetadataDirective: 'REPLACE',
    ContentType: CONTENT_TYPE,
    Metadata: { sha256 },
  } as const;
  await sdk.send(new CopyObjectCommand(input));
}

/** The header is a URL path: S3 decodes it. */
const copySource = (bucket: string, key: string): string =>
  [bucket, ...key.split('/')].map(encodeURIComponent).join('/');
