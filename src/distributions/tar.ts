/** Writes files into one compressed archive whose bytes depend on nothing but their names and contents. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { SluiceError } from '../domain/errors/errors.ts';

/** A file, and its name in the archive. */
export interface Member {
  readonly name: string;
  readonly file: string;
}

const BLOCK = 512;
/** Two empty blocks end an archive (POSIX ustar). */
const END = Buffer.alloc(2 * BLOCK);
const MAX_NAME_BYTES = 100;

/** The time of every file: class archives compare the times of JARs, so that they must be the same on every node. */
const FIXED_TIME = Date.UTC(2025, 0, 1) / 1000;

/**
 * Writes `.tgz` of POSIX ustar. JARs are compressed already, so that a higher level only takes longer.
 * @returns sha256 (hex) and size of the archive.
 */
export async function writeArchive(
  path: string,
  members: readonly Member[],
): Promise<{ readonly sha256: string; readonly size: number }> {
  const hash = createHash('sha256');
  let size = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      size += chunk.length;
      done(null, chunk);
    },
  });
  await pipeline(Readable.from(blocksOf(members)), createGzip({ level: 1 }), counted, createWriteStream(path));
  return { sha256: hash.digest('hex'), size };
}

async function* blocksOf(members: readonly Member[]): AsyncGenerator<Buffer> {
  for (const { name, file } of members) {
    const { size } = await stat(file);
    yield headerOf(name, size);
    let read = 0;
    for await (const chunk of createReadStream(file)) {
      const bytes = chunk as Buffer; // a stream without an encoding gives buffers
      read += bytes.length;
      yield bytes;
    }
    if (read !== size)
      throw new SluiceError('InvalidRequest', `${file} changed while it was read: it had ${size} bytes, then ${read}`);
    if (size % BLOCK !== 0) yield Buffer.alloc(BLOCK - (size % BLOCK));
  }
  yield END;
}

/** The header of a file (POSIX 1003.1, ustar interchange format). */
function headerOf(name: string, size: number): Buffer {
  if (Buffer.byteLength(name) > MAX_NAME_BYTES)
    throw new SluiceError('InvalidRequest', `the name ${name} is too long for an archive: ${MAX_NAME_BYTES} bytes fit`);
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, '0')}\0`;
  header.write(name, 0);
  header.write(octal(0o644, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(size, 12), 124);
  header.write(octal(FIXED_TIME, 12), 136);
  // The checksum counts its own place as spaces.
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\0', 257);
  header.write('00', 263);
  header.write('root', 265);
  header.write('root', 297);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}
