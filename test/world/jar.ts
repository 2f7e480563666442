/** The smallest JARs. */
import { crc32, deflateRawSync } from 'node:zlib';

const ENTRY = 0x02014b50;
const END = 0x06054b50;

/** Empty classes, stored, with a ZIP directory that names them. */
export function jarWith(...classNames: readonly string[]): Buffer {
  const entries = classNames.map((name) => {
    const path = Buffer.from(`${name.replaceAll('.', '/')}.class`);
    const header = Buffer.alloc(46);
    header.writeUInt32LE(ENTRY, 0);
    header.writeUInt16LE(path.length, 28);
    return Buffer.concat([header, path]);
  });
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(END, 0);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  return Buffer.concat([directory, end]);
}

/** A ZIP with files in it, deflated as JARs are. */
export function zipOf(files: Readonly<Record<string, string>>): Buffer {
  const bodies: Buffer[] = [];
  const entries: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const path = Buffer.from(name);
    const plain = Buffer.from(text);
    const packed = deflateRawSync(plain);
    // Method, crc32 and sizes stand in the same order before a file and in the directory.
    const facts = Buffer.alloc(20);
    facts.writeUInt16LE(8, 0);
    facts.writeUInt32LE(crc32(plain), 6);
    facts.writeUInt32LE(packed.length, 10);
    facts.writeUInt32LE(plain.length, 14);
    facts.writeUInt16LE(path.length, 18);
    const header = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4, 20, 0, 0, 0]), facts, Buffer.alloc(2)]);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(ENTRY, 0);
    facts.copy(entry, 10);
    entry.writeUInt32LE(offset, 42);
    bodies.push(header, path, packed);
    entries.push(entry, path);
    offset += header.length + path.length + packed.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(END, 0);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, directory, end]);
}
