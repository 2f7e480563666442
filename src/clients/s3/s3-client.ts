/** The interface of a bucket's client. */
import type { ListOptions, S3Entry, TransferOptions } from './list.ts';
import type { UploadOptions } from './upload.ts';

export interface S3Object {
  readonly body: string;
  /** With quotes, as S3 writes it; for `putIfMatch`. */
  readonly etag: string;
}

export interface S3Head {
  readonly size: number;
  /** ms since 1970, whole seconds: what YARN must be given as a local resource's timestamp. */
  readonly lastModified: number;
  readonly etag: string;
  /**
   * Hex digest of the content: the checksum that S3 computed, else the writer's metadata `sha256`; null when neither is
   * there. The checksum of a multipart upload covers its parts, so it does not count.
   */
  readonly sha256: string | null;
}

/**
 * Keys are relative to the bucket. All methods throw `StorageUnavailable` (no answer, 5xx, no such bucket) or
 * `StorageDenied` (credentials). A missing key is null, never an error.
 */
export interface S3Client {
  readonly bucket: string;
  get(key: string): Promise<S3Object | null>;
  /** `length` bytes from `offset` (fewer at the end of the object), or all. */
  getBytes(key: string, range?: { readonly offset: number; readonly length: number }): Promise<Uint8Array | null>;
  head(key: string): Promise<S3Head | null>;
  put(key: string, body: string | Uint8Array, contentType?: string): Promise<void>;
  /**
   * Creates an object unless there is one (`If-None-Match: *`). Answers `created` also when the object there has exactly
   * this body, because an earlier try of the same call wrote it. An object that only one writer may win therefore names
   * its writer.
   */
  putIfAbsent(key: string, body: string | Uint8Array, contentType?: string): Promise<'created' | 'exists'>;
  /** Replaces an object if it still has this etag; `written` also when it already has exactly this body. */
  putIfMatch(
    key: string,
    body: string | Uint8Array,
    etag: string,
    contentType?: string,
  ): Promise<'written' | 'conflict'>;
  /**
   * Uploads a file of at most 5 GB; S3 checks it against the sha256 (hex). A big file goes in parts, and a later try
   * continues an interrupted one. With `ifAbsent`, the answer is `exists` when another object is there.
   */
  putFile(key: string, path: string, sha256: string, options?: UploadOptions): Promise<'created' | 'exists'>;
  /**
   * Copies exactly this content (sha256, hex; at most 5 GB) within the bucket, unless an object is at `to`. Answers
   * `absent` when `from` does not have the content, and `exists` when another object is at `to`.
   */
  copyIfAbsent(
    from: string,
    to: string,
    sha256: string,
    options?: TransferOptions,
  ): Promise<'created' | 'exists' | 'absent'>;
  list(prefix: string, options?: ListOptions): AsyncIterable<S3Entry>;
  /** Reads the whole object; size in bytes, digest in hex. */
  sha256Of(key: string, options?: TransferOptions): Promise<{ sha256: string; size: number } | null>;
  /** Removes a key; fine if it is not there. */
  remove(key: string): Promise<void>;
  /** Removes many keys; fine if some are not there. After a failure any of them may be gone. */
  removeAll(keys: readonly string[]): Promise<void>;
}
