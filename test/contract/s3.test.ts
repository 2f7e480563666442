/** Holds what Sluice relies on in S3 against the fake always, and against a real server when the stack is up. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTurns } from '../../src/concurrency/in-turns.ts';
import { createS3Client, type S3Client, type S3Entry } from '../../src/clients/s3/s3.ts';
import { createFakeS3 } from '../fakes/s3.ts';
import { stackStatus } from './stack-status.ts';

const RACERS = 20;

function s3Contract(open: () => { s3: S3Client; denied: S3Client }): void {
  const { s3, denied } = open();
  const root = `contract/${randomBytes(6).toString('hex')}`;
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sluice-s3-'));
  });

  afterAll(async () => {
    for await (const entry of s3.list(`${root}/`)) if (entry.kind === 'object') await s3.remove(entry.key);
    await rm(directory, { recursive: true });
  });

  const all = async (entries: AsyncIterable<S3Entry>): Promise<string[]> => {
    const names: string[] = [];
    for await (const entry of entries) names.push(entry.kind === 'object' ? entry.key : entry.prefix);
    return names.map((name) => name.slice(root.length + 1));
  };

  const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');

  it('says null for what is not there', async () => {
    const key = `${root}/none`;
    expect([await s3.get(key), await s3.head(key), await s3.getBytes(key), await s3.sha256Of(key)]).toEqual([
      null,
      null,
      null,
      null,
    ]);
    await s3.remove(key);
  });

  it('removes many at once, more than fit one request, whether they are there or not', async () => {
    const there = [`${root}/many/_metadata`, `${root}/many/a b+ü`];
    for (const key of there) await s3.put(key, 'x');
    await s3.put(`${root}/other`, 'stays');
    await s3.removeAll([...Array.from({ length: 1_500 }, (_, index) => `${root}/many/${index}`), ...there]);
    expect(await all(s3.list(`${root}/many/`))).toEqual([]);
    expect((await s3.get(`${root}/other`))?.body).toBe('stays');
    await s3.removeAll([]);
  });

  it('keeps text, its size and its digest', async () => {
    const key = `${root}/text`;
    await s3.put(key, 'grüße');
    expect((await s3.get(key))?.body).toBe('grüße');
    const head = await s3.head(key);
    expect(head).toMatchObject({ size: 7, sha256: sha256('grüße') });
    expect((head?.lastModified ?? 1) % 1_000).toBe(0);
    expect(head?.etag).toBe((await s3.get(key))?.etag);
    expect(await s3.sha256Of(key)).toEqual({ size: 7, sha256: sha256('grüße') });
  });

  it('lets one of many create an object', async () => {
    for (let round = 0; round < 5; round += 1) {
      const key = `${root}/create-${round}`;
      const results = await Promise.all(
        Array.from({ length: RACERS }, async (_, racer) => await s3.putIfAbsent(key, `racer ${racer}`)),
      );
      const winner = results.indexOf('created');
      expect(results.filter((result) => result === 'created')).toHaveLength(1);
      expect((await s3.get(key))?.body).toBe(`racer ${winner}`);
    }
  });

  it('lets one of many replace an object', async () => {
    const key = `${root}/replace`;
    await s3.put(key, 'first');
    const etag = (await s3.get(key))?.etag ?? '';
    const results = await Promise.all(
      Array.from({ length: RACERS }, async (_, racer) => await s3.putIfMatch(key, `racer ${racer}`, etag)),
    );
    expect(results.filter((result) => result === 'written')).toHaveLength(1);
    expect((await s3.get(key))?.body).toBe(`racer ${results.indexOf('written')}`);
  });

  it('takes a repeated conditional write with the same body for the same write', async () => {
    const key = `${root}/again`;
    expect(await s3.putIfAbsent(key, 'mine')).toBe('created');
    expect(await s3.putIfAbsent(key, 'mine')).toBe('created');
    expect(await s3.putIfAbsent(key, 'yours')).toBe('exists');
    const etag = (await s3.get(key))?.etag ?? '';
    expect(await s3.putIfMatch(key, 'next', etag)).toBe('written');
    expect(await s3.putIfMatch(key, 'next', etag)).toBe('written');
    expect(await s3.putIfMatch(key, 'other', etag)).toBe('conflict');
    expect(await s3.putIfMatch(`${root}/absent`, 'x', etag)).toBe('conflict');
  });

  it('reads a range, and less at the end', async () => {
    const key = `${root}/range`;
    await s3.put(key, '0123456789');
    const text = async (offset: number, length: number) =>
      Buffer.from((await s3.getBytes(key, { offset, length })) ?? []).toString();
    expect([await text(0, 4), await text(8, 10), await text(10, 5), await text(3, 0)]).toEqual(['0123', '89', '', '']);
  });

  it('sends a big file in parts, and none of them takes the place of another file', async () => {
    const content = randomBytes(40 * 1024 * 1024);
    const path = join(directory, 'big.jar');
    await writeFile(path, content);
    const key = `${root}/big.jar`;
    const told: number[] = [];
    const options = { ifAbsent: true, onBytes: (bytes: number) => told.push(bytes) };
    expect(await s3.putFile(key, path, sha256(content), options)).toBe('created');
    expect(told.at(-1)).toBe(content.length);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(await s3.head(key)).toMatchObject({ size: content.length, sha256: sha256(content) });
    expect(await s3.sha256Of(key)).toEqual({ size: content.length, sha256: sha256(content) });
    expect(await s3.putFile(key, path, sha256(content), { ifAbsent: true })).toBe('created');
    content[0]! ^= 1;
    await writeFile(path, content);
    expect(await s3.putFile(key, path, sha256(content), { ifAbsent: true })).toBe('exists');
    expect(await s3.putFile(key, path, sha256(content))).toBe('created');
    expect(await s3.sha256Of(key)).toEqual({ size: content.length, sha256: sha256(content) });
  });

  it('copies what is exactly this content, and replaces nothing', async () => {
    const [from, to] = [`${root}/from a+b.jar`, `${root}/to.jar`];
    await s3.put(from, 'content');
    expect(await s3.copyIfAbsent(from, to, sha256('other'))).toBe('absent');
    expect(await s3.copyIfAbsent(`${root}/none`, to, sha256('content'))).toBe('absent');
    expect(await s3.head(to)).toBeNull();
    expect(await s3.copyIfAbsent(from, to, sha256('content'))).toBe('created');
    expect(await s3.copyIfAbsent(from, to, sha256('content'))).toBe('created');
    expect(await s3.head(to)).toMatchObject({ size: 7, sha256: sha256('content') });
    await s3.put(from, 'another');
    expect(await s3.copyIfAbsent(from, to, sha256('another'))).toBe('exists');
    expect((await s3.get(to))?.body).toBe('content');
  });

  it('uploads a file, checks its digest, and never replaces another one', async () => {
    const content = randomBytes(3_000_000);
    const path = join(directory, 'job.jar');
    await writeFile(path, content);
    const key = `${root}/job.jar`;
    expect(await s3.putFile(key, path, sha256(content), { ifAbsent: true })).toBe('created');
    expect(await s3.putFile(key, path, sha256(content), { ifAbsent: true })).toBe('created');
    expect(await s3.head(key)).toMatchObject({ size: 3_000_000, sha256: sha256(content) });
    await writeFile(path, 'something else');
    expect(await s3.putFile(key, path, sha256('something else'), { ifAbsent: true })).toBe('exists');
    await expect(s3.putFile(`${root}/bad.jar`, path, sha256('a lie'))).rejects.toMatchObject({
      code: 'StorageUnavailable',
    });
    expect(await s3.head(`${root}/bad.jar`)).toBeNull();
  });

  it('lists in order, by prefix, after a key, up to a delimiter and a limit', async () => {
    for (const key of ['b/1', 'a/2', 'a/1', 'c']) await s3.put(`${root}/list/${key}`, key);
    const list = (options: Parameters<S3Client['list']>[1] = {}) => all(s3.list(`${root}/list/`, options));
    expect(await list()).toEqual(['list/a/1', 'list/a/2', 'list/b/1', 'list/c']);
    expect(await list({ startAfter: `${root}/list/a/2` })).toEqual(['list/b/1', 'list/c']);
    expect(await list({ delimiter: '/' })).toEqual(['list/c', 'list/a/', 'list/b/']);
    expect(await list({ delimiter: '/', limit: 1 })).toEqual(['list/a/']);
    expect(await list({ delimiter: '/', startAfter: `${root}/list/a0` })).toEqual(['list/c', 'list/b/']);
    expect(await list({ limit: 2 })).toEqual(['list/a/1', 'list/a/2']);
    expect(await all(s3.list(`${root}/nothing/`))).toEqual([]);
  });

  it('tells the folders of a directory with thousands of files, page by page, and removes them page by page', async () => {
    const chk = [100, 99, 9].map((id) => `${root}/pages/chk-${id}/_metadata`);
    const shared = Array.from(
      { length: 2_100 },
      (_, index) => `${root}/pages/shared/${String(index).padStart(5, '0')}`,
    );
    await inTurns([...chk, ...shared], (key) => s3.put(key, 'x'));
    const folders = await all(s3.list(`${root}/pages/`, { delimiter: '/' }));
    expect(folders).toEqual(['chk-100/', 'chk-9/', 'chk-99/', 'shared/'].map((name) => `pages/${name}`));
    expect((await all(s3.list(`${root}/pages/`))).length).toBe(2_103);
    const sizes: number[] = [];
    for (;;) {
      const page = await all(s3.list(`${root}/pages/`, { limit: 1_000 }));
      if (page.length === 0) break;
      sizes.push(page.length);
      await s3.removeAll(page.map((key) => `${root}/${key}`));
    }
    expect(sizes).toEqual([1_000, 1_000, 103]);
  });

  it('says that it refuses the credentials, and never "absent"', async () => {
    const key = `${root}/denied`;
    const calls = [
      () => denied.get(key),
      () => denied.head(key),
      () => denied.putIfAbsent(key, 'x'),
      () => all(denied.list(root)),
    ];
    for (const call of calls) await expect(call()).rejects.toMatchObject({ code: 'StorageDenied' });
    expect(await s3.head(key)).toBeNull();
  });
}

describe('the fake S3', () => {
  s3Contract(() => {
    const denied = createFakeS3();
    denied.denied();
    return { s3: createFakeS3(), denied };
  });
});

const status = stackStatus();
describe.skipIf(status === null)('the real S3', () => {
  s3Contract(() => {
    const { endpoint, region, bucket, accessKeyId, secretAccessKey } = status?.s3 ?? {
      endpoint: 'http://127.0.0.1:1',
      region: 'none',
      bucket: 'none',
      accessKeyId: 'none',
      secretAccessKey: 'none',
    };
    const options = { endpoint, region, bucket, forcePathStyle: true };
    return {
      s3: createS3Client({ ...options, credentials: { accessKeyId, secretAccessKey } }),
      denied: createS3Client({ ...options, credentials: { accessKeyId, secretAccessKey: 'wrong' } }),
    };
  });
});

describe('S3 that does not answer', () => {
  it('is unavailable, also without credentials that could be wrong', async () => {
    const s3 = createS3Client({
      endpoint: 'http://127.0.0.1:1',
      region: 'us-east-1',
      bucket: 'none',
      forcePathStyle: true,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
    await expect(s3.get('x')).rejects.toMatchObject({ code: 'StorageUnavailable' });
    await expect(s3.putIfAbsent('x', 'y')).rejects.toMatchObject({ code: 'StorageUnavailable' });
  });
});
