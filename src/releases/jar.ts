/** Looking into a JAR without fetching it: the central directory at its end names every class. */
import { inflateRawSync } from 'node:zlib';
import { SluiceError } from '../domain/errors/errors.ts';

/** Reads `length` bytes from `offset`; a ranged GET or a file. */
export type ReadRange = (offset: number, length: number) => Promise<Uint8Array>;

const END_RECORD = 0x06054b50;
const END_RECORD_BYTES = 22;
const MAX_COMMENT_BYTES = 0xffff;
const DIRECTORY_ENTRY = 0x02014b50;
const DIRECTORY_ENTRY_BYTES = 46;
const MAX_DIRECTORY_BYTES = 64 * 1024 * 1024;

/**
 * Whether a JAR of `size` bytes contains a class, given by its binary name (`com.example.Clicks`).
 * Format: ZIP, APPNOTE 6.3, sections 4.3.12 and 4.3.16; ZIP64 is not read.
 * @throws SluiceError `JarMismatch` when the file is no ZIP archive.
 */
export async function jarHasClass(read: ReadRange, size: number, className: string): Promise<boolean> {
  const name = `${className.replaceAll('.', '/')}.class`;
  return entriesOf(await readDirectory(read, size)).has(name);
}

const MANIFEST = 'META-INF/MANIFEST.MF';
const LOCAL_HEADER_BYTES = 30;
const STORED = 0;
const DEFLATED = 8;
const MAX_MANIFEST_BYTES = 1024 * 1024;

/**
 * The `Main-Class` of a JAR's manifest, or null when it names none.
 * @throws SluiceError `JarMismatch` when the file is no ZIP archive.
 */
export async function jarMainClass(read: ReadRange, size: number): Promise<string | null> {
  const entry = entriesOf(await readDirectory(read, size)).get(MANIFEST);
  if (!entry || entry.packedSize > MAX_MANIFEST_BYTES) return null;
  const header = await read(entry.offset, LOCAL_HEADER_BYTES);
  if (header.byteLength < LOCAL_HEADER_BYTES) return null;
  const view = viewOf(header);
  const dataAt = entry.offset + LOCAL_HEADER_BYTES + view.getUint16(26, true) + view.getUint16(28, true);
  const text = unpacked(await read(dataAt, entry.packedSize), entry.method);
  // A line goes on in the next one if that begins with a space.
  return /^Main-Class: *(\S+) *$/m.exec(text.replace(/\r?\n /g, ''))?.[1] ?? null;
}

function unpacked(bytes: Uint8Array, method: number): string {
  if (method !== STORED && method !== DEFLATED) return '';
  try {
    const plain = method === STORED ? bytes : inflateRawSync(bytes, { maxOutputLength: MAX_MANIFEST_BYTES });
    return new TextDecoder().decode(plain).replaceAll('\r\n', '\n');
  } catch (cause) {
    throw new SluiceError('JarMismatch', 'the file is no JAR that can be read: its manifest is broken', { cause });
  }
}

async function readDirectory(read: ReadRange, size: number): Promise<Uint8Array> {
  const tailSize = Math.min(size, END_RECORD_BYTES + MAX_COMMENT_BYTES);
  const tailOffset = size - tailSize;
  const tail = await read(tailOffset, tailSize);
  const end = findEndRecord(tail);
  if (end === null) throw new SluiceError('JarMismatch', 'the file is no JAR: it has no ZIP directory');
  const view = viewOf(tail);
  const directorySize = view.getUint32(end + 12, true);
  const directoryOffset = view.getUint32(end + 16, true);
  if (directoryOffset + directorySize > size || directorySize > MAX_DIRECTORY_BYTES) {
    throw new SluiceError('JarMismatch', 'the file is no JAR that can be read: its ZIP directory is out of bounds');
  }
  return directoryOffset >= tailOffset
    ? tail.subarray(directoryOffset - tailOffset, directoryOffset - tailOffset + directorySize)
    : await read(directoryOffset, directorySize);
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function findEndRecord(tail: Uint8Array): number | null {
  const view = viewOf(tail);
  for (let at = tail.byteLength - END_RECORD_BYTES; at >= 0; at -= 1) {
    if (view.getUint32(at, true) === END_RECORD) return at;
  }
  return null;
}

interface Entry {
  readonly method: number;
  readonly packedSize: number;
  readonly offset: number;
}

function entriesOf(directory: Uint8Array): Map<string, Entry> {
  const view = viewOf(directory);
  const entries = new Map<string, Entry>();
  const decoder = new TextDecoder();
  let at = 0;
  while (at + DIRECTORY_ENTRY_BYTES <= directory.byteLength && view.getUint32(at, true) === DIRECTORY_ENTRY) {
    const nameLength = view.getUint16(at + 28, true);
    const skipped = view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    const nameAt = at + DIRECTORY_ENTRY_BYTES;
    entries.set(decoder.decode(directory.subarray(nameAt, nameAt + nameLength)), {
      method: view.getUint16(at + 10, true),
      packedSize: view.getUint32(at + 20, true),
      offset: view.getUint32(at + 42, true),
    });
    at = nameAt + nameLength + skipped;
  }
  return entries;
}
