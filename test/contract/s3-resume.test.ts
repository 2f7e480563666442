/** An upload of a big file that was interrupted, on a real server: the fake keeps no parts. */
import { createHash, randomBytes } from 'node:crypto';
import { truncateSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  S3Client as Sdk,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PART_BYTES } from '../../src/clients/s3/upload.ts';
import { createS3Client } from '../../src/clients/s3/s3.ts';
import { stackStatus } from './stack-status.ts';

const status = stackStatus();
const SIZE = 3 * PART_BYTES + 1;
const sha256 = (content: Buffer) => createHash('sha256').update(content);

describe.skipIf(status === null)('a big file whose upload was interrupted', () => {
  const { endpoint, region, bucket, ...credentials } = status?.s3 ?? {
    endpoint: 'http://127.0.0.1:1',
    region: 'none',
    bucket: 'none',
    accessKeyId: 'none',
    secretAccessKey: 'none',
  };
  const options = { endpoint, region, forcePathStyle: true, credentials };
  const sdk = new Sdk(options);
  const s3 = createS3Client({ ...options, bucket });
  const content = randomBytes(SIZE);
  const digest = sha256(content).digest('hex');
  const root = `contract/${randomBytes(6).toString('hex')}`;
  let directory: string;
  let path: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sluice-s3-'));
    path = join(directory, 'big.jar');
    await writeFile(path, content);
  });
  afterAll(async () => {
    for await (const entry of s3.list(`${root}/`)) if (entry.kind === 'object') await s3.remove(entry.key);
    await rm(directory, { recursive: true });
  });

  const unfinished = async (Key: string) =>
    (await sdk.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: Key }))).Uploads ?? [];

  /** Leaves what a publisher leaves that died. */
  async function begun(Key: string, noted: string, parts: readonly Buffer[]): Promise<string | undefined> {
    const { UploadId } = await sdk.send(
      new CreateMultipartUploadCommand({
        Bucket: bucket,
        Key,
        ChecksumAlgorithm: 'SHA256',
        Metadata: { sha256: noted },
      }),
    );
    for (const [index, Body] of parts.entries()) {
      const ChecksumSHA256 = sha256(Body).digest('base64');
      const part = { Bucket: bucket, Key, UploadId, PartNumber: index + 1, Body, ChecksumSHA256 };
      await sdk.send(new UploadPartCommand(part));
    }
    return UploadId;
  }

  const part = (index: number) => content.subarray(index * PART_BYTES, (index + 1) * PART_BYTES);

  it('goes on with the parts that are there, and sends those that are not', async () => {
    const key = `${root}/resumed.jar`;
    const interrupted = new AbortController();
    const onBytes = () => interrupted.abort();
    await expect(s3.putFile(key, path, digest, { signal: interrupted.signal, onBytes })).rejects.toThrow();
    const [left] = await unfinished(key);
    const { Parts: before = [] } = await sdk.send(
      new ListPartsCommand({ Bucket: bucket, Key: key, UploadId: left?.UploadId }),
    );
    expect(before.length).toBeGreaterThan(0);
    expect(await s3.head(key)).toBeNull();
    expect(await s3.putFile(key, path, digest, { ifAbsent: true })).toBe('created');
    // The upload that was begun is the one that ended.
    expect(await unfinished(key)).toEqual([]);
    expect(await s3.sha256Of(key)).toEqual({ size: SIZE, sha256: digest });
    expect(await s3.head(key)).toMatchObject({ sha256: digest });
  });

  it('goes on with the same first parts of another content, and is what it is', async () => {
    const key = `${root}/prefix.jar`;
    await begun(key, sha256(Buffer.from('other')).digest('hex'), [part(0)]);
    expect(await s3.putFile(key, path, digest, { ifAbsent: true })).toBe('created');
    expect(await unfinished(key)).toEqual([]);
    expect(await s3.sha256Of(key)).toEqual({ size: SIZE, sha256: digest });
    expect(await s3.head(key)).toMatchObject({ sha256: digest });
  });

  it('leaves an upload alone that has a part of another content: somebody else may be at it', async () => {
    const key = `${root}/foreign.jar`;
    const foreign = await begun(key, digest, [part(0), randomBytes(PART_BYTES), part(2)]);
    expect(await s3.putFile(key, path, digest, { ifAbsent: true })).toBe('created');
    expect((await unfinished(key)).map(({ UploadId }) => UploadId)).toEqual([foreign]);
    expect(await s3.sha256Of(key)).toEqual({ size: SIZE, sha256: digest });
  });

  it('is one object, however many send it at the same time', async () => {
    const key = `${root}/racing.jar`;
    await begun(key, digest, [part(0)]);
    const results = await Promise.all([1, 2, 3].map(() => s3.putFile(key, path, digest, { ifAbsent: true })));
    expect(results).toEqual(['created', 'created', 'created']);
    expect(await s3.sha256Of(key)).toEqual({ size: SIZE, sha256: digest });
  });

  it('leaves no parts behind when the key has gone to another content', async () => {
    const key = `${root}/taken.jar`;
    await begun(key, digest, [part(0)]);
    await s3.put(key, 'another');
    expect(await s3.putFile(key, path, digest, { ifAbsent: true })).toBe('exists');
    expect(await unfinished(key)).toEqual([]);
    expect((await s3.get(key))?.body).toBe('another');
  });

  it('does not put a file together that has changed meanwhile', async () => {
    const key = `${root}/shortened.jar`;
    const shorter = join(directory, 'shorter.jar');
    // The content has one part more than travel at once, so that the last is read when another has arrived.
    const longer = Buffer.concat([content, content.subarray(0, PART_BYTES)]);
    await writeFile(shorter, longer);
    const onBytes = () => truncateSync(shorter, PART_BYTES);
    await expect(s3.putFile(key, shorter, sha256(longer).digest('hex'), { onBytes })).rejects.toThrow('shortened');
    expect(await s3.head(key)).toBeNull();
  });
});
