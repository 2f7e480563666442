/** Looking into a JAR without fetching it: the central directory at its end names every class. */
import { SluiceError } from '../domain/errors.ts';

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
  const directory =
    directoryOffset >= tailOffset
      ? tail.subarray(directoryOffset - tailOffset, directoryOffset - tailOffset + directorySize)
      : await read(directoryOffset, directorySize);
  return entryNames(directory).has(`${className.replaceAll('.', '/')}.class`);
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function findEndRecord(tail: Uint8Array): number | null {
  const view = viewOf(tail);
  for (let at = tail.byteLength - END_RECORD_BYTES; at >= 0; at -= 1) {
    if (view.getUint32(at, true) === END_RECORD) return at;
  }
  return null;
}

function entryNames(directory: Uint8Array): Set<string> {
  const view = viewOf(directory);
  const names = new Set<string>();
  const decoder = new TextDecoder();
  let at = 0;
  while (at + DIRECTORY_ENTRY_BYTES <= directory.byteLength && view.getUint32(at, true) === DIRECTORY_ENTRY) {
    const nameLength = view.getUint16(at + 28, true);
    const skipped = view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    const nameAt = at + DIRECTORY_ENTRY_BYTES;
    names.add(decoder.decode(directory.subarray(nameAt, nameAt + nameLength)));
    at = nameAt + nameLength + skipped;
  }
  return names;
}
