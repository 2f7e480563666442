/** Looking into a JAR without fetching it: the central directory at its end names every class. */
import { inflateRawSync } from 'node:zlib';
import { SluiceError } from '../domain/errors/errors.ts';

/** Reads `length` bytes from `offset`; a ranged GET or a file. */
export type ReadRange = (offset: number, length: number) => Promise<Uint8Array>;

const END_RECORD = 0x06054b50;
const END_RECORD_BYTES = 22;
const MAX_COMMENT_BYTES = 0xffff;
/** A comment may contain what looks like an end record; so many of them are tried. */
const MOST_END_RECORDS = 8;
const LOCATOR = 0x07064b50;
const LOCATOR_BYTES = 20;
const END_RECORD_64 = 0x06064b50;
const END_RECORD_64_BYTES = 56;
const EXTRA_ZIP64 = 0x0001;
/** Stands for a number that is in a ZIP64 record. */
const ZIP64 = 0xffffffff;
const DIRECTORY_ENTRY = 0x02014b50;
const DIRECTORY_ENTRY_BYTES = 46;
const MAX_DIRECTORY_BYTES = 64 * 1024 * 1024;

/**
 * Whether a JAR of `size` bytes contains a class, given by its binary name (`com.example.Clicks`).
 * Format: ZIP and ZIP64, APPNOTE 6.3, sections 4.3.12 to 4.3.16.
 * @throws SluiceError `JarMismatch` when the file is no ZIP archive.
 */
export async function jarHasClass(read: ReadRange, size: number, className: string): Promise<boolean> {
  const name = `${className.replaceAll('.', '/')}.class`;
  return entriesOf(await readDirectory(read, size)).has(name);
}

/** @throws SluiceError `JarMismatch` when the file is no ZIP archive. */
export async function refuseNoJar(read: ReadRange, size: number): Promise<void> {
  await readDirectory(read, size);
}

/**
 * Names the classes of a JAR, with slashes; those for a certain version of Java count like others.
 * @throws SluiceError `JarMismatch` when the file is no ZIP archive.
 */
export async function jarClasses(read: ReadRange, size: number): Promise<readonly string[]> {
  const entries = entriesOf(await readDirectory(read, size));
  return [...entries.keys()].flatMap((name) => {
    const [, className] = /^(?:META-INF\/versions\/\d+\/)?(?!META-INF\/)(.+)\.class$/.exec(name) ?? [];
    return className === undefined || className.endsWith('-info') ? [] : [className];
  });
}

const MANIFEST = 'META-INF/MANIFEST.MF';
const LOCAL_HEADER_BYTES = 30;
export const STORED = 0;
export const DEFLATED = 8;
const MAX_MANIFEST_BYTES = 1024 * 1024;

/**
 * The `Main-Class` of a JAR's manifest, or null when it names none.
 * @throws SluiceError `JarMismatch` when the file is no ZIP archive.
 */
export async function jarMainClass(read: ReadRange, size: number): Promise<string | null> {
  const entry = entriesOf(await readDirectory(read, size)).get(MANIFEST);
  if (!entry || entry.packedSize > MAX_MANIFEST_BYTES) return null;
  const packed = await packedBytes(read, entry);
  if (packed === null) return null;
  const text = unpacked(packed, entry.method);
  // A line goes on in the next one if that begins with a space.
  return /^Main-Class: *(\S+) *$/m.exec(text.replace(/\r?\n /g, ''))?.[1] ?? null;
}

/**
 * Lists the files below a folder of a JAR, by their whole names.
 * @throws SluiceError `JarMismatch` when the file is no ZIP archive.
 */
export async function jarEntries(
  read: ReadRange,
  size: number,
  folder: string,
): Promise<ReadonlyMap<string, JarEntry>> {
  const entries = entriesOf(await readDirectory(read, size));
  return new Map([...entries].filter(([name]) => name.startsWith(folder) && !name.endsWith('/')));
}

/** Reads the bytes of a file as they are packed; null when the archive ends before them. */
export async function packedBytes(read: ReadRange, { offset, packedSize }: JarEntry): Promise<Uint8Array | null> {
  const header = await read(offset, LOCAL_HEADER_BYTES);
  if (header.byteLength < LOCAL_HEADER_BYTES) return null;
  const view = viewOf(header);
  const dataAt = offset + LOCAL_HEADER_BYTES + view.getUint16(26, true) + view.getUint16(28, true);
  const packed = await read(dataAt, packedSize);
  return packed.byteLength === packedSize ? packed : null;
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

interface Directory {
  readonly bytes: Uint8Array;
  /** Bytes before the archive itself, such as a script that starts it; offsets in the archive count from behind them. */
  readonly shift: number;
}

/** Reads the directory, which lies right before its end record wherever the archive begins, as Java places it. */
async function readDirectory(fetch: ReadRange, size: number): Promise<Directory> {
  const tailSize = Math.min(size, END_RECORD_BYTES + MAX_COMMENT_BYTES);
  const tailOffset = size - tailSize;
  const tail = await fetch(tailOffset, tailSize);
  const read: ReadRange = (offset, length) =>
    offset < tailOffset
      ? fetch(offset, length)
      : Promise.resolve(tail.subarray(offset - tailOffset, offset - tailOffset + length));
  const ends = endRecordsOf(tail);
  if (ends.length === 0) throw new SluiceError('JarMismatch', 'the file is no JAR: it has no ZIP directory');
  for (const at of ends) {
    const { position, bytes, offset } = await placeOf(read, tail, at, tailOffset);
    const start = position - bytes;
    if (start < 0 || start < offset || bytes > MAX_DIRECTORY_BYTES) continue;
    const directory = await read(start, bytes);
    const isDirectory = bytes >= DIRECTORY_ENTRY_BYTES && viewOf(directory).getUint32(0, true) === DIRECTORY_ENTRY;
    if (bytes === 0 || isDirectory) return { bytes: directory, shift: start - offset };
  }
  throw new SluiceError('JarMismatch', 'the file is no JAR that can be read: its ZIP directory is out of bounds');
}

interface Place {
  /** Where the end record begins in the file. */
  readonly position: number;
  /** Size of the directory. */
  readonly bytes: number;
  /** Where the directory begins in the archive. */
  readonly offset: number;
}

/** Reads an end record, and the ZIP64 one before it where a number did not fit (APPNOTE 4.3.14 and 4.3.15). */
async function placeOf(read: ReadRange, tail: Uint8Array, at: number, tailOffset: number): Promise<Place> {
  const view = viewOf(tail);
  const place = {
    position: tailOffset + at,
    bytes: view.getUint32(at + 12, true),
    offset: view.getUint32(at + 16, true),
  };
  const isFull = view.getUint16(at + 10, true) === 0xffff || place.bytes === ZIP64 || place.offset === ZIP64;
  const locator = place.position - LOCATOR_BYTES;
  if (!isFull || locator < 0) return place;
  const found = viewOf(await read(locator, LOCATOR_BYTES));
  if (found.byteLength < LOCATOR_BYTES || found.getUint32(0, true) !== LOCATOR) return place;
  // The record lies right before its locator, also where data before the archive makes the written offset wrong.
  for (const position of [Number(found.getBigUint64(8, true)), locator - END_RECORD_64_BYTES]) {
    if (position < 0 || position + END_RECORD_64_BYTES > locator) continue;
    const record = viewOf(await read(position, END_RECORD_64_BYTES));
    if (record.byteLength < END_RECORD_64_BYTES || record.getUint32(0, true) !== END_RECORD_64) continue;
    return {
      position,
      bytes: Number(record.getBigUint64(40, true)),
      offset: Number(record.getBigUint64(48, true)),
    };
  }
  return place;
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Places of end records in the end of a file: first those whose comment ends with the file, then others, the last first. */
function endRecordsOf(tail: Uint8Array): number[] {
  const view = viewOf(tail);
  const ends: number[] = [];
  const others: number[] = [];
  for (let at = tail.byteLength - END_RECORD_BYTES; at >= 0; at -= 1) {
    if (view.getUint32(at, true) !== END_RECORD) continue;
    const isLast = at + END_RECORD_BYTES + view.getUint16(at + 20, true) === tail.byteLength;
    (isLast ? ends : others).push(at);
  }
  return [...ends, ...others].slice(0, MOST_END_RECORDS);
}

/** A file of a JAR, as the directory tells of it. */
export interface JarEntry {
  /** 0: stored as it is; 8: deflated (APPNOTE 4.4.5). */
  readonly method: number;
  readonly crc32: number;
  readonly packedSize: number;
  readonly size: number;
  readonly offset: number;
}

function entriesOf({ bytes: directory, shift }: Directory): Map<string, JarEntry> {
  const view = viewOf(directory);
  const entries = new Map<string, JarEntry>();
  const decoder = new TextDecoder();
  let at = 0;
  while (at + DIRECTORY_ENTRY_BYTES <= directory.byteLength && view.getUint32(at, true) === DIRECTORY_ENTRY) {
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const nameAt = at + DIRECTORY_ENTRY_BYTES;
    const extra = directory.subarray(nameAt + nameLength, nameAt + nameLength + extraLength);
    const { size, packedSize, offset } = numbersOf(view, at, extra);
    entries.set(decoder.decode(directory.subarray(nameAt, nameAt + nameLength)), {
      method: view.getUint16(at + 10, true),
      crc32: view.getUint32(at + 16, true),
      packedSize,
      size,
      offset: offset + shift,
    });
    at = nameAt + nameLength + extraLength + view.getUint16(at + 32, true);
  }
  return entries;
}

/** Reads the numbers of an entry; those that do not fit are in the ZIP64 extra field, in this order (APPNOTE 4.5.3). */
function numbersOf(view: DataView, at: number, extra: Uint8Array): Pick<JarEntry, 'size' | 'packedSize' | 'offset'> {
  const fields = viewOf(extra);
  let next = 0;
  let end = 0;
  while (end + 4 <= extra.byteLength && next === 0) {
    const isZip64 = fields.getUint16(end, true) === EXTRA_ZIP64;
    if (isZip64) next = end + 4;
    end += 4 + fields.getUint16(end + 2, true);
  }
  const numberAt = (place: number): number => {
    const short = view.getUint32(at + place, true);
    if (short !== ZIP64 || next === 0 || next + 8 > extra.byteLength) return short;
    next += 8;
    return Number(fields.getBigUint64(next - 8, true));
  };
  return { size: numberAt(24), packedSize: numberAt(20), offset: numberAt(42) };
}
