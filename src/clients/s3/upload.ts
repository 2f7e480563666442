/**
 * Uploads of files. A big file goes in parts, several at once, and continues an interrupted try of the same file. S3
 * checks each part against its SHA-256, and decides the condition when the parts are put together.
 */
import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { open, readFile, type FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  type CompletedPart,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  type Part as StoredPart,
  PutObjectCommand,
  type S3Client as Sdk,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { SluiceError } from '../../domain/errors/errors.ts';
import { inTurns } from '../../concurrency/in-turns.ts';
import { checksums } from './checksum.ts';
import { noteDigest } from './copy.ts';
import { isAbsent, isConcurrentWrite, isPreconditionFailed, isUploadGone } from './failure.ts';
import { abortable, type TransferOptions } from './list.ts';

/** Files above it go in parts. S3 wants parts of at least 5 MiB; 5 GiB make 320 of these, below its limit of 10,000. */
export const PART_BYTES = 16 * 1024 * 1024;
const PARTS_AT_ONCE = 4;

export interface FileToUpload {
  readonly bucket: string;
  readonly key: string;
  readonly path: string;
  /** bytes */
  readonly size: number;
  /** hex */
  readonly sha256: string;
}

export interface UploadOptions extends TransferOptions {
  readonly ifAbsent?: boolean;
  /** Bytes that are in S3 by now. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

const CONTENT_TYPE = 'application/octet-stream';

const condition = ({ ifAbsent }: UploadOptions): { IfNoneMatch?: '*' } =>
  ifAbsent === true ? { IfNoneMatch: '*' } : {};

interface Part {
  readonly number: number;
  readonly offset: number;
  readonly size: number;
}

/** Looks up the key: its size and the sha256 (hex) of its content. */
type Look = () => Promise<{ readonly size: number; readonly sha256: string | null; readonly etag: string } | null>;

const TRIES = 5;
const CONFLICT_PAUSE_MS = 200;

/** @returns `exists` when another object was there first. @throws what the SDK throws. */
export async function uploadFile(
  sdk: Sdk,
  file: FileToUpload,
  look: Look,
  options: UploadOptions,
): Promise<'created' | 'exists'> {
  const { size, sha256 } = file;
  const isBig = size > PART_BYTES;
  for (let turn = 1; ; turn += 1) {
    try {
      await (isBig ? uploadInParts(sdk, file, options) : uploadAtOnce(sdk, file, options));
      const there = isBig ? await look() : null;
      if (there !== null && there.sha256 !== sha256) await noteDigest(sdk, { ...file, etag: there.etag });
      return 'created';
    } catch (failure) {
      // Another writer of the same file has ended the upload that both continued.
      if (isBig && isUploadGone(failure) && turn < TRIES) continue;
      // Another conditional write of this key is under way: S3 wants the whole file again.
      if (isConcurrentWrite(failure) && turn < TRIES) {
        if (isBig) await forgetParts(sdk, file);
        await sleep(turn * CONFLICT_PAUSE_MS);
        continue;
      }
      if (!isPreconditionFailed(failure)) throw failure;
      if (isBig) await forgetParts(sdk, file);
      const there = await look();
      return there?.sha256 === sha256 && there.size === size ? 'created' : 'exists';
    }
  }
}

/** Uploads in one request. @throws what the SDK throws; a refused condition is its 412. */
async function uploadAtOnce(sdk: Sdk, file: FileToUpload, options: UploadOptions): Promise<void> {
  const { bucket, key, path, size, sha256 } = file;
  const input = {
    Key: key,
    // A file of this size is held in memory, so that the SDK can send it again.
    Body: await readFile(path),
    ContentLength: size,
    ContentType: CONTENT_TYPE,
    ...checksums(bucket, sha256),
    ...condition(options),
  };
  await sdk.send(new PutObjectCommand(input), abortable(options));
  options.onBytes?.(size);
}

/** Uploads part by part; uploaded parts stay for the next try. @throws as `uploadAtOnce`. */
async function uploadInParts(sdk: Sdk, file: FileToUpload, options: UploadOptions): Promise<void> {
  const source = await open(file.path, 'r');
  try {
    const before = await source.stat();
    const upload = (await unfinished(sdk, file, source, options)) ?? (await begin(sdk, file, options));
    const target = { Bucket: file.bucket, Key: file.key, UploadId: upload.id };
    let done = 0;
    const Parts = await inTurns(
      partsOf(file.size),
      async (part) => {
        const completed = upload.stored.get(part.number) ?? (await uploadPart(sdk, target, source, part, options));
        options.onBytes?.((done += part.size));
        return completed;
      },
      PARTS_AT_ONCE,
    );
    // Each part has the checksum of what was read: a file that was written meanwhile would come out as another one.
    if (hasChanged(before, await source.stat())) {
      throw new SluiceError('InvalidRequest', `${file.path} was changed while it was uploaded`);
    }
    const MultipartUpload = { Parts };
    const input = { ...target, MultipartUpload, ...condition(options) };
    await sdk.send(new CompleteMultipartUploadCommand(input), abortable(options));
  } finally {
    await source.close();
  }
}

/** Gives up the uploaded parts of this file, because its key has gone to another object. */
async function forgetParts(sdk: Sdk, file: FileToUpload): Promise<void> {
  const source = await open(file.path, 'r');
  try {
    const upload = await unfinished(sdk, file, source, {});
    if (upload === null) return;
    const input = { Bucket: file.bucket, Key: file.key, UploadId: upload.id };
    await sdk.send(new AbortMultipartUploadCommand(input));
  } finally {
    await source.close();
  }
}

interface Upload {
  readonly id: string;
  /** Parts that are there, by number. */
  readonly stored: ReadonlyMap<number, CompletedPart>;
}

/** An upload of this key that was begun and not ended, has some parts, and has none that this file does not have. */
async function unfinished(
  sdk: Sdk,
  { bucket: Bucket, key: Key, size }: FileToUpload,
  source: FileHandle,
  options: TransferOptions,
): Promise<Upload | null> {
  // The prefix is the key itself: MinIO lists the uploads of one key, not those below a prefix.
  const { Uploads = [] } = await sdk.send(new ListMultipartUploadsCommand({ Bucket, Prefix: Key }), abortable(options));
  const parts = new Map(partsOf(size).map((part) => [part.number, part]));
  for (const { Key: listed, UploadId } of Uploads) {
    if (listed !== Key || UploadId === undefined) continue;
    const stored = await storedParts(sdk, { Bucket, Key, UploadId }, options);
    const isOurs = await inTurns(
      stored,
      async ({ PartNumber = 0, Size, ChecksumSHA256 }) => {
        const part = parts.get(PartNumber);
        return part !== undefined && part.size === Size && checksumOf(await bytesOf(source, part)) === ChecksumSHA256;
      },
      PARTS_AT_ONCE,
    );
    if (stored.length === 0 || isOurs.includes(false)) continue;
    const completed = stored.map(({ PartNumber = 0, ETag, ChecksumSHA256 }) => ({ PartNumber, ETag, ChecksumSHA256 }));
    return { id: UploadId, stored: new Map(completed.map((part) => [part.PartNumber, part])) };
  }
  return null;
}

/** Where parts of an upload go. */
interface Target {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string;
}

async function storedParts(sdk: Sdk, target: Target, options: TransferOptions): Promise<readonly StoredPart[]> {
  const stored: StoredPart[] = [];
  let after: string | undefined;
  try {
    do {
      // Pages are counted by hand: the SDK's own go by a marker, which MinIO also sends with the last page.
      const page = await sdk.send(new ListPartsCommand({ ...target, PartNumberMarker: after }), abortable(options));
      stored.push(...(page.Parts ?? []));
      after = page.IsTruncated === true ? page.NextPartNumberMarker : undefined;
    } while (after !== undefined);
    return stored;
  } catch (failure) {
    if (isAbsent(failure)) return []; // it ended in the meantime
    throw failure;
  }
}

async function begin(sdk: Sdk, { bucket, key, sha256 }: FileToUpload, options: TransferOptions): Promise<Upload> {
  const { UploadId: id } = await sdk.send(
    new CreateMultipartUploadCommand({
      Bucket: bucket,
      Key: key,
      ContentType: CONTENT_TYPE,
      ChecksumAlgorithm: 'SHA256',
      Metadata: { sha256 },
    }),
    abortable(options),
  );
  if (id === undefined) throw new SluiceError('StorageUnavailable', `S3 began no upload of ${key}`);
  return { id, stored: new Map() };
}

async function uploadPart(
  sdk: Sdk,
  target: Target,
  source: FileHandle,
  part: Part,
  options: TransferOptions,
): Promise<CompletedPart> {
  const Body = await bytesOf(source, part);
  const PartNumber = part.number;
  const ChecksumSHA256 = checksumOf(Body);
  const command = new UploadPartCommand({ ...target, PartNumber, Body, ContentLength: part.size, ChecksumSHA256 });
  // The digest that a request is signed with is that of its body, which is known here: the SDK need not hash it again.
  command.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> }; // a request of HTTP, as all of S3's are
      headers['x-amz-content-sha256'] = Buffer.from(ChecksumSHA256, 'base64').toString('hex');
      return next(args);
    },
    { step: 'build', name: 'digestIsKnown' },
  );
  const { ETag } = await sdk.send(command, abortable(options));
  return { PartNumber, ChecksumSHA256, ETag };
}

const checksumOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64');

const hasChanged = (before: Stats, now: Stats): boolean =>
  before.size !== now.size || before.mtimeMs !== now.mtimeMs || before.ino !== now.ino;

const partsOf = (size: number): readonly Part[] =>
  Array.from({ length: Math.ceil(size / PART_BYTES) }, (_, index) => {
    const offset = index * PART_BYTES;
    return { number: index + 1, offset, size: Math.min(PART_BYTES, size - offset) };
  });

async function bytesOf(source: FileHandle, { offset, size }: Part): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(size);
  const { bytesRead } = await source.read(buffer, 0, size, offset);
  if (bytesRead === size) return buffer;
  throw new SluiceError('InvalidRequest', 'the file was shortened while it was uploaded');
}
