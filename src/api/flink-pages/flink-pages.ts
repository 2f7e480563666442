/**
 * Flink's own pages: the folder `web/` of the flink-dist JAR in a published distribution. A JAR has 130 MB, so the API reads its
 * directory, and then each page when somebody opens it.
 */
import { extname } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { SluiceError } from '../../domain/errors/errors.ts';
import type { S3Client } from '../../clients/s3/s3.ts';
import { DEFLATED, jarEntries, packedBytes, STORED, type JarEntry, type ReadRange } from '../../releases/jar.ts';

/** A distribution that somebody has uploaded again is seen after this time. */
const FRESH_MS = 60_000;
/** The biggest file, TypeScript for an editor, has 1 MB when it is packed. */
const MOST_PACKED_BYTES = 8 * 1024 * 1024;
/** A page that says less of its size than it has is no page of Flink's. */
const MOST_BYTES = 64 * 1024 * 1024;
const FOLDER = 'web/';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.ttf': 'font/ttf',
  '.txt': 'text/plain; charset=utf-8',
};

export interface FlinkPage {
  readonly type: string;
  /** Packed with gzip, or null when it was stored as it is. */
  readonly encoding: 'gzip' | null;
  readonly body: Buffer;
  /** The page as it is without gzip; unpacked once, beside other requests, because anybody may ask. */
  readonly unpacked: () => Promise<Buffer>;
}

/** The pages of one distribution. */
interface Opened {
  readonly at: number;
  readonly identity: string;
  readonly read: ReadRange;
  readonly entries: ReadonlyMap<string, JarEntry>;
  readonly pages: Map<string, Promise<FlinkPage | null>>;
}

export class FlinkPages {
  readonly #s3: Pick<S3Client, 'list' | 'getBytes'>;
  readonly #prefixes: Readonly<Record<string, string>>;
  readonly #now: () => number;
  readonly #opened = new Map<string, Promise<Opened>>();

  /** @param prefixes folder in the bucket of each Flink version. */
  constructor(
    s3: Pick<S3Client, 'list' | 'getBytes'>,
    prefixes: Readonly<Record<string, string>>,
    now: () => number = Date.now,
  ) {
    this.#s3 = s3;
    this.#prefixes = prefixes;
    this.#now = now;
  }

  /**
   * @param path below `web/`, such as `index.html`. Compared with the names in the JAR only, so that it becomes no key.
   * @returns null for a version that is not provided, and for a file that its pages do not have.
   * @throws SluiceError when the bucket does not answer, or holds no JAR.
   */
  async page(version: string, path: string): Promise<FlinkPage | null> {
    const prefix = Object.hasOwn(this.#prefixes, version) ? this.#prefixes[version] : undefined;
    if (prefix === undefined) return null;
    const opened = await this.#open(version, prefix);
    const entry = opened.entries.get(FOLDER + path);
    const type = types[extname(path)];
    if (!entry || type === undefined) return null;
    return await kept(opened.pages, path, () => readPage(opened.read, entry, type));
  }

  async #open(version: string, prefix: string): Promise<Opened> {
    const before = await this.#opened.get(version);
    if (before !== undefined && this.#now() - before.at < FRESH_MS) return before;
    this.#opened.delete(version);
    return await kept(this.#opened, version, () => this.#look(prefix, before));
  }

  /** The pages stay while the JAR is the same one. */
  async #look(prefix: string, before: Opened | undefined): Promise<Opened> {
    const folder = `${prefix.replace(/\/+$/, '')}/lib/flink-dist`;
    for await (const entry of this.#s3.list(folder)) {
      if (entry.kind !== 'object' || !entry.key.endsWith('.jar')) continue;
      const { key, size, etag } = entry;
      const identity = `${key} ${etag}`;
      if (before?.identity === identity) return { ...before, at: this.#now() };
      const read: ReadRange = async (offset, length) =>
        (await this.#s3.getBytes(key, { offset, length })) ?? new Uint8Array();
      return { at: this.#now(), identity, read, entries: await jarEntries(read, size, FOLDER), pages: new Map() };
    }
    throw new SluiceError('UnknownFlinkVersion', `there is no ${folder}*.jar in the bucket`);
  }
}

/** Keeps what was made under a name, but no failure. */
async function kept<T>(made: Map<string, Promise<T>>, name: string, make: () => Promise<T>): Promise<T> {
  const known = made.get(name);
  if (known !== undefined) return await known;
  const making = make();
  made.set(name, making);
  making.catch(() => made.delete(name));
  return await making;
}

async function readPage(read: ReadRange, entry: JarEntry, type: string): Promise<FlinkPage | null> {
  if (entry.packedSize > MOST_PACKED_BYTES) return null;
  const packed = await packedBytes(read, entry);
  if (packed === null) return null;
  if (entry.method === STORED) {
    const body = Buffer.from(packed);
    return { type, encoding: null, body, unpacked: () => Promise.resolve(body) };
  }
  if (entry.method !== DEFLATED) return null;
  const body = gzipOf(packed, entry);
  let unpacking: Promise<Buffer> | undefined;
  return { type, encoding: 'gzip', body, unpacked: () => (unpacking ??= gunzipped(body)) };
}

const gunzipped = (body: Buffer): Promise<Buffer> => promisify(gunzip)(body, { maxOutputLength: MOST_BYTES });

/** A ZIP deflates as gzip does, so only the frame differs (RFC 1952): no page is unpacked to be packed again. */
function gzipOf(deflated: Uint8Array, { crc32, size }: JarEntry): Buffer {
  const head = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
  const tail = Buffer.alloc(8);
  tail.writeUInt32LE(crc32, 0);
  tail.writeUInt32LE(size % 2 ** 32, 4);
  return Buffer.concat([head, deflated, tail]);
}
